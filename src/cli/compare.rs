//! `populace compare`: two results files against each other.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::complain;
use super::files::{Files, Others, Wanted};
use super::printing::print;
use super::results::read;
use crate::config::{Diagnostics, render};
use crate::report::Exit;
use crate::report::compare::{Comparison, Settings, compare};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The results file of the run to compare with, as `--json FILE` wrote it
    a: PathBuf,
    /// The results file of the run that is judged
    b: PathBuf,
    /// How much longer a percentile may be; without it, whatever is longer for sure is too much
    #[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = percent, allow_hyphen_values = true)]
    max_regression: f64,
    /// How sure all intervals together shall be: of a hundred comparisons of equal runs one finds a difference
    #[arg(long, value_name = "PERCENT", default_value = "99%", value_parser = confidence, allow_hyphen_values = true)]
    confidence: f64,
    /// Write the comparison for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Write the comparison as a page for a browser, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the comparison for programs
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// `10%` or `10`.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse::<f64>().ok();
    let percent = number.filter(|percent| (0.0..=10_000.0).contains(percent));
    percent
        .map(|percent| percent / 100.0)
        .ok_or_else(|| "expected a percentage from 0% to 10000%, as 10%".to_owned())
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
    let files =
        match Files::find(&[("A.json", &args.a), ("B.json", &args.b)], &Others::default(), args.wanted()) {
            Ok(files) => files,
            Err(why) => return failed(&[why]),
        };
    let names = [&args.a, &args.b].map(|path| path.display().to_string());
    let settings = Settings { max_regression: args.max_regression, confidence: args.confidence };
    let comparison = compare([&names[0], &names[1]], a, b, settings);
    let exit = comparison.exit().or(print(&comparison.text()));
    let faults = files.write(&comparison);
    if faults.is_empty() { exit } else { exit.or(failed(&faults)) }
}

impl Args {
    fn wanted(&self) -> [Wanted<'_, Comparison>; 3] {
        [
            ("--markdown", self.markdown.as_deref(), |made, place| place.write_text(&made.markdown())),
            ("--html", self.html.as_deref(), |made, place| {
                place.write_text(&made.html().map_err(|why| why.to_string())?)
            }),
            ("--json", self.json.as_deref(), |made, place| place.write_json(made)),
        ]
    }
}

fn failed(faults: &[String]) -> Exit {
    faults.iter().for_each(|why| complain(&format!("error: {why}\n")));
    Exit::Usage
}
