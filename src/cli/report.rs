//! `populace report`: what the results file of an earlier run says, in other forms.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::complain;
use super::outputs::Outputs;
use crate::config::{At, Diagnostics, KeyPath, Source, render};
use crate::report::{Exit, Results, SCHEMA};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The results file, as `--json` of `run` or `rehearse` has written it
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,
    #[command(flatten)]
    outputs: Outputs,
}

/// The largest results file, bytes: those of long runs with many labels are a few hundred kilobytes.
const LARGEST: u64 = 64 * 1024 * 1024;

const WAY_OUT: &str =
    "give it the file that `populace run --json FILE` or `populace rehearse --json FILE` has written";

pub fn main(args: &Args) -> Exit {
    let diags = Diagnostics::new();
    let Some(results) = read(&args.results, &diags) else {
        complain(&render(&diags));
        return Exit::Usage;
    };
    if args.outputs.are_none() {
        complain(
            "error: nothing is to be written\n  = help: say what: --html, --csv, --junit or --markdown FILE\n",
        );
        return Exit::Usage;
    }
    let faults = args.outputs.find(None).map_or_else(|why| vec![why], |files| files.write(&results));
    faults.iter().for_each(|why| complain(&format!("error: {why}\n")));
    if faults.is_empty() { Exit::Pass } else { Exit::Usage }
}

/// The results in a file; what is wrong with it is told.
pub fn read(path: &Path, diags: &Diagnostics) -> Option<Results> {
    let name = path.display().to_string();
    match bounded(path) {
        Ok(text) => parse(&name, &text, diags),
        Err(why) => {
            diags.error(&At::named(name), why);
            None
        }
    }
}

fn bounded(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|why| format!("cannot open the file: {why}"))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|why| format!("cannot read the file: {why}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("the file is larger than {} MiB", LARGEST / (1024 * 1024)));
    }
    String::from_utf8(bytes).map_err(|_| "the text is not valid UTF-8".to_owned())
}

/// What every form of a results file begins with.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

fn parse(name: &str, text: &str, diags: &Diagnostics) -> Option<Results> {
    let source = Source::text(name, text);
    let place = |fault: &serde_json::Error| {
        let at = source.offset(fault.line(), fault.column().max(1));
        At::span(&source, at..at, KeyPath::default())
    };
    if let Err(fault) = serde_json::from_str::<IgnoredAny>(text) {
        diags.error(&place(&fault), format!("malformed JSON: {}", without_place(&fault))).help(WAY_OUT);
        return None;
    }
    let start = || At::span(&source, 0..0, KeyPath::default());
    let Ok(Head { schema: Some(schema) }) = serde_json::from_str::<Head>(text) else {
        diags.error(&start(), "this is no results file: it has no `schema`").help(WAY_OUT);
        return None;
    };
    if schema != SCHEMA {
        let at = text
            .find("\"schema\"")
            .map_or_else(start, |at| At::span(&source, at..at + 8, KeyPath::default()));
        let shown: String = schema.chars().take(60).collect();
        diags
            .error(&at, format!("this file has the form `{shown}`; this program reads `{SCHEMA}`"))
            .help("take the version of populace that wrote it, or do the run again with this one");
        return None;
    }
    match serde_json::from_str(text) {
        Ok(results) => Some(results),
        Err(fault) => {
            let what = without_place(&fault);
            diags.error(&place(&fault), format!("not as a results file is: {what}")).help(WAY_OUT);
            None
        }
    }
}

/// What serde_json says, without the place, which is told better.
fn without_place(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let diags = Diagnostics::new();
        assert!(parse("r.json", text, &diags).is_none());
        render(&diags)
    }

    #[test]
    fn what_is_no_results_file_is_told_with_its_place() {
        for (text, place, words) in [
            ("{\n  \"schema\": 7,,\n}", "r.json:2:15", "malformed JSON"),
            ("[1, 2]", "r.json:1:1", "no results file"),
            ("{\"a\": 1}", "r.json:1:1", "has no `schema`"),
            ("{\n\"schema\": \"populace.results/9\"}", "r.json:2:1", "has the form `populace.results/9`"),
            ("{\"schema\": \"populace.results/1\",\n \"run\": 5}", "r.json:2:9", "not as a results file is"),
            ("", "r.json:1:1", "malformed JSON"),
        ] {
            let said = said(text);
            assert!(said.contains(place) && said.contains(words) && said.contains("help:"), "{text}: {said}");
        }
    }
}
