//! `populace plan`: what a run will do by itself, and when.

use std::io::{BufWriter, Write};
use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use super::complain;
use super::options::ScenarioArgs;
use super::printing::printed;
use super::reading::read;
use crate::config::Seconds;
use crate::report::Exit;
use crate::scenario::{Scenario, seed};
use crate::simulation::{Plan, Planned};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Begin here, since the start of the run
    #[arg(long, value_name = "TIME", default_value = "0", allow_hyphen_values = true)]
    from: Seconds,
    /// End before this [default: the end of the run; without one, an hour after --from]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<Seconds>,
    /// Columns for people, or one JSON object a line
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Ndjson,
}

/// A line of NDJSON.
#[derive(Serialize)]
struct Line<'a> {
    /// Since the start of the run, seconds.
    due_s: f64,
    user: u32,
    client: u32,
    account: &'a str,
    software: &'a str,
    population: &'a str,
    /// What its chance is drawn for, which with `n` tells it from all others.
    purpose: &'a str,
    /// What it is counted under.
    label: &'a str,
    n: u32,
}

pub fn main(args: &Args) -> Exit {
    let Some(scenario) = read(&args.scenario.options()) else { return Exit::Usage };
    let end = args.to.map(|to| to.0).or(scenario.timing.phases.end());
    let end = end.unwrap_or(args.from.0 + Duration::from_secs(3600));
    if args.from.0 >= end {
        let (from, end, what) = (args.from, Seconds(end), if args.to.is_some() { "--to" } else { "the run" });
        complain(&format!(
            "error: nothing is left: --from is {from}, and {what} ends at {end}\n  = help: give --from an earlier time, \
             or --to a later one\n"
        ));
        return Exit::Usage;
    }
    complain(&format!("seed {}\n", seed(&scenario)));
    match print(&scenario, args, end) {
        Err(why) => printed(Err(why)),
        Ok(hash) => {
            complain(&format!("plan_hash {hash} of what is due before {} s\n", end.as_secs_f64()));
            Exit::Pass
        }
    }
}

/// Prints what is due from `--from` to `end`; then the hash of all that is due before `end`, which is that of a run of
/// this length.
fn print(scenario: &Scenario, args: &Args, end: Duration) -> std::io::Result<Plan> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    if args.format == Format::Table {
        writeln!(
            out,
            "{:>12} {:>7} {:>7} {:<12} {:<14} {:<24} {:>5}",
            "due", "user", "client", "account", "population", "what", "n"
        )?;
    }
    let populations = scenario.outline();
    let mut forecast = scenario.forecast(&populations);
    while let Some(planned) = forecast.next_before(end) {
        if planned.due >= args.from.0 {
            match args.format {
                Format::Table => row(&planned, &mut out)?,
                Format::Ndjson => line(&planned, &mut out)?,
            }
        }
    }
    out.flush()?;
    Ok(forecast.hash())
}

fn row(planned: &Planned, out: &mut impl Write) -> std::io::Result<()> {
    let who = &planned.who;
    writeln!(
        out,
        "{:>12.3} {:>7} {:>7} {:<12} {:<14} {:<24} {:>5}",
        planned.due.as_secs_f64(),
        who.user,
        who.client,
        who.uid,
        who.title,
        planned.label,
        planned.n
    )
}

fn line(planned: &Planned, out: &mut impl Write) -> std::io::Result<()> {
    let who = &planned.who;
    let line = Line {
        due_s: planned.due.as_secs_f64(),
        user: who.user,
        client: who.client,
        account: &who.uid,
        software: &who.software,
        population: &who.title,
        purpose: &planned.purpose,
        label: planned.label,
        n: planned.n,
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
