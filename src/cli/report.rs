//! `populace report`: what the results file of an earlier run says, in other forms.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::complain;
use super::files::{Files, Others, Wanted};
use super::outputs::Outputs;
use super::results::read;
use crate::config::{Diagnostics, render};
use crate::report::{Exit, Results, csv};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The results file, as `--json` of `run` or `rehearse` has written it
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,
    /// Write the course of the run as comma-separated values, a line for each row of its timeline: a second, in runs of over
    /// 34 minutes longer (`--csv` of `run` and `rehearse` has every second)
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    #[command(flatten)]
    outputs: Outputs,
}

pub fn main(args: &Args) -> Exit {
    let diags = Diagnostics::new();
    let Some(results) = read(&args.results, &diags) else {
        complain(&render(&diags));
        return Exit::Usage;
    };
    if args.csv.is_none() && args.outputs.are_none() {
        complain(
            "error: nothing is to be written\n  = help: say what: --html, --csv, --junit or --markdown FILE\n",
        );
        return Exit::Usage;
    }
    let table: Wanted<'_, Results> =
        ("--csv", args.csv.as_deref(), |results, place| place.write_text(&csv(results)));
    let wanted = std::iter::once(table).chain(args.outputs.wanted());
    let faults = Files::find(&[("RESULTS.json", &args.results)], &Others::default(), wanted)
        .map_or_else(|why| vec![why], |files| files.write(&results));
    faults.iter().for_each(|why| complain(&format!("error: {why}\n")));
    if faults.is_empty() { Exit::Pass } else { Exit::Usage }
}
