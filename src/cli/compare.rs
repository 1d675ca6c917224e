//! `populace compare`: two results files against each other.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde::Deserialize;

use super::results::Place;
use super::{complain, print};
use crate::config::{At, Diagnostics, KeyPath, Source, render};
use crate::report::compare::{Settings, compare};
use crate::report::{Exit, Results, SCHEMA};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The results file of the run to compare with, as `--json FILE` wrote it
    a: PathBuf,
    /// The results file of the run that is judged
    b: PathBuf,
    /// How much longer a percentile may be; without it, whatever is longer for sure is too much
    #[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = percent, allow_negative_numbers = true)]
    max_regression: f64,
    /// How sure all intervals together shall be: of a hundred comparisons of equal runs one finds a difference
    #[arg(long, value_name = "PERCENT", default_value = "99%", value_parser = confidence)]
    confidence: f64,
    /// Write the comparison for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the comparison for programs
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// `10%` or `10`.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    let percent = number.filter(|percent| (0.0..=10_000.0).contains(percent));
    percent.map(|percent| percent / 100.0).ok_or_else(|| "expected a percentage from 0%, as 10%".to_owned())
}

fn confidence(text: &str) -> Result<f64, String> {
    let part = percent(text).ok().filter(|part| (0.5..=0.99999).contains(part));
    part.ok_or_else(|| "expected a percentage from 50% to 99.999%, as 99%".to_owned())
}

pub fn main(args: &Args) -> Exit {
    let diags = Diagnostics::new();
    let sides = [&args.a, &args.b].map(|path| read(path, &diags));
    complain(&render(&diags));
    let [Some(a), Some(b)] = &sides else { return Exit::Usage };
    let places = [&args.markdown, &args.json].map(|path| path.as_deref().map(Place::find).transpose());
    let [markdown, json] = match places {
        [Ok(markdown), Ok(json)] => [markdown, json],
        [Err(why), _] | [_, Err(why)] => return failed(&why),
    };
    let names = [&args.a, &args.b].map(|path| path.display().to_string());
    let settings = Settings { max_regression: args.max_regression, confidence: args.confidence };
    let comparison = compare([&names[0], &names[1]], a, b, settings);
    print(&comparison.text());
    let markdown = markdown.map_or(Ok(()), |place| place.write_text(&comparison.markdown()));
    let json = json.map_or(Ok(()), |place| place.write_json(&comparison));
    match markdown.and(json) {
        Ok(()) => comparison.exit(),
        Err(why) => comparison.exit().or(failed(&why)),
    }
}

fn failed(why: &str) -> Exit {
    complain(&format!("error: {why}\n"));
    Exit::Usage
}

/// No results file is larger.
const MOST_BYTES: u64 = 256 << 20;

/// Reads a results file; what is wrong with it goes to `diags`.
fn read(path: &Path, diags: &Diagnostics) -> Option<Results> {
    let name = path.display().to_string();
    let text = match bounded(path) {
        Ok(text) => text,
        Err(why) => {
            diags.error(&At::named(name), why).help("give the file that `populace run --json FILE` wrote");
            return None;
        }
    };
    // What is of another version need not make sense otherwise.
    let schema = serde_json::from_str::<Head>(&text).ok().and_then(|head| head.schema);
    let source = Source::text(name, text.as_str());
    if let Some(schema) = schema.filter(|schema| schema != SCHEMA) {
        let at = text.find(&schema).unwrap_or(0);
        let at = At::span(&source, at..at + schema.len(), KeyPath::default());
        let message = format!("this is {schema:?}, and not {SCHEMA:?}");
        diags.error(&at, message).help("compare the files of runs with the version of populace that wrote them");
        return None;
    }
    match serde_json::from_str::<Results>(&text) {
        Ok(results) => Some(results),
        Err(fault) => {
            let at = source.offset(fault.line(), fault.column());
            let message = fault.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            diags
                .error(&At::span(&source, at..at, KeyPath::default()), format!("no results file: {message}"))
                .help("give the file that `populace run --json FILE` wrote");
            None
        }
    }
}

/// The part of a results file that says what it is.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
}

fn bounded(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|fault| format!("cannot open the file: {fault}"))?;
    let mut text = String::new();
    file.take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|fault| format!("cannot read the file: {fault}"))?;
    if text.len() as u64 > MOST_BYTES {
        return Err(format!("the file is larger than {} MiB", MOST_BYTES >> 20));
    }
    Ok(text)
}
