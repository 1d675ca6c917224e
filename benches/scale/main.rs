//! Many clients on one machine, together with the embedded server: the usual mix with a 15-minute poll.
//!
//! `cargo bench --bench scale [-- --clients N] [--ramp SECONDS] [--after SECONDS] [--idle-close SECONDS] [--workers N]`
//!
//! Prints failures, lag, requests, processor time and memory; a run that does not pass or has a failure ends it with
//! status 1. `--compare` runs the same population with one and with two worker processes, and prints how many requests
//! each has answered a second of its workers' processor time, their ratio, and what the manager costs.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command |
//! | `program.rs` | the program under measurement and its property lists |
//! | `figures.rs` | what is read from its results, and printed |

mod figures;
#[path = "../shared/histogram.rs"]
mod histogram;
mod program;
#[path = "../shared/program.rs"]
mod shared;

use std::process::ExitCode;

/// What is run.
#[derive(Clone)]
pub struct Plan {
    clients: u32,
    ramp: u32,
    after: u32,
    idle_close: u32,
    workers: Option<u32>,
    compare: bool,
}

fn main() -> ExitCode {
    let done = plan(std::env::args().skip(1)).and_then(|plan| match plan.compare {
        true => compare(&plan),
        false => measure(&plan).map(|_| ()),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn plan(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan =
        Plan { clients: 10_000, ramp: 60, after: 60, idle_close: 5, workers: None, compare: false };
    while let Some(word) = words.next() {
        let mut number =
            || words.next().and_then(|text| text.parse::<u32>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--clients" => plan.clients = number()?,
            "--ramp" => plan.ramp = number()?,
            "--after" => plan.after = number()?,
            "--idle-close" => plan.idle_close = number()?,
            "--workers" => plan.workers = Some(number()?),
            "--compare" => plan.compare = true,
            // Cargo says this to every benchmark.
            "--bench" => {}
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(plan)
}

/// Runs it once; gives the requests a second of the workers' processor time.
fn measure(plan: &Plan) -> Result<f64, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let (results, status) = program::run(plan, folder.path())?;
    let rate = figures::print(plan, &results)?;
    figures::judge(&results, status)?;
    Ok(rate)
}

fn compare(plan: &Plan) -> Result<(), String> {
    let run = |workers| {
        println!("with --workers {workers}");
        measure(&Plan { workers: Some(workers), ..plan.clone() })
    };
    let (one, two) = (run(1)?, run(2)?);
    println!(
        "requests a second of the workers' CPU: one {one:.0}, two {two:.0}; two bring {:.2} of one",
        two / one
    );
    if (two / one).is_finite() { Ok(()) } else { Err("a run has no figures of its workers".to_owned()) }
}
