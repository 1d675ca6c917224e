//! The results file of an earlier run, read for a command.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::config::{At, Diagnostics, KeyPath, Source, json_fault, read_text};
use crate::report::{Results, SCHEMA};

/// The largest results file, bytes: those of long runs with many labels are a few hundred kilobytes.
const LARGEST: u64 = 64 * 1024 * 1024;

const WAY_OUT: &str =
    "give it the file that `populace run --json FILE` or `populace rehearse --json FILE` has written";

/// The results in a file; what is wrong with it is told.
pub fn read(path: &Path, diags: &Diagnostics) -> Option<Results> {
    let name = path.display().to_string();
    match read_text(path, LARGEST) {
        Ok(text) => parse(&name, &text, diags),
        Err(why) => {
            diags.error(&At::named(name), why);
            None
        }
    }
}

/// What every form of a results file begins with.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

fn parse(name: &str, text: &str, diags: &Diagnostics) -> Option<Results> {
    let source = Source::text(name, text);
    if let Err(fault) = serde_json::from_str::<IgnoredAny>(text) {
        let (at, what) = json_fault(&source, &fault);
        diags.error(&at, format!("malformed JSON: {what}")).help(WAY_OUT);
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
            let (at, what) = json_fault(&source, &fault);
            diags.error(&at, format!("not as a results file is: {what}")).help(WAY_OUT);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::render;

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
