//! `populace status` and `populace stop`: from a second terminal to a run that goes on.
//!
//! A run listens on a unix socket, which only its user can reach: one line asks, one line of JSON answers. Whether that works
//! or not, the run is the same.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the two commands |
//! | `place.rs` | the folder of the sockets |
//! | `told.rs` | what a run tells of itself |
//! | `listening.rs` | the end in the run |
//! | `asking.rs` | the end in the second terminal |

mod asking;
mod listening;
mod place;
mod told;

pub use listening::{Control, Stopped};

use clap::Args as ClapArgs;

use self::asking::Going;
use self::told::Told;
use super::complain;
use super::lists::Format;
use super::printing::print;
use crate::report::Exit;

/// Which run is meant.
#[derive(Debug, ClapArgs)]
struct Whom {
    /// The process of the run; need not be said where only one goes on
    #[arg(long, value_name = "NUMBER")]
    pid: Option<u32>,
}

#[derive(Debug, ClapArgs)]
pub struct StatusArgs {
    #[command(flatten)]
    whom: Whom,
    /// For people, or for programs: then a line of JSON for each run
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, ClapArgs)]
pub struct StopArgs {
    #[command(flatten)]
    whom: Whom,
}

pub fn status(args: &StatusArgs) -> Exit {
    let Some(runs) = meant(&args.whom) else { return Exit::NothingWorked };
    let several = runs.len() > 1;
    let mut all = Vec::new();
    for (pid, told) in asking::ask_all(&runs, listening::STATUS) {
        match (told, args.format) {
            (Err(why), _) => complain(&format!("error: {why}\n")),
            (Ok(told), Format::Json) => all.push(told.to_json() + "\n"),
            (Ok(told), Format::Text) if several => all.push(format!(
                "{}alone: populace status --pid {pid}; to end it: populace stop --pid {pid}\n\n",
                told.to_text()
            )),
            (Ok(told), Format::Text) => all.push(told.to_text()),
        }
    }
    if all.is_empty() { Exit::NothingWorked } else { print(&all.concat()) }
}

pub fn stop(args: &StopArgs) -> Exit {
    let Some(runs) = meant(&args.whom) else { return Exit::NothingWorked };
    let [run] = &runs[..] else {
        // To end the wrong one would cost hours.
        let (count, listed) = (runs.len(), listed(&runs));
        complain(&format!("error: {count} runs go on: say which of them shall end\n{listed}"));
        return Exit::Usage;
    };
    match run.ask(listening::STOP) {
        Ok(told) => print(&format!("The run of process {} ends, and writes its report.\n", told.pid)),
        Err(why) => {
            complain(&format!("error: {why}\n"));
            Exit::NothingWorked
        }
    }
}

/// What is to be typed to end each, and which one that is.
fn listed(runs: &[Going]) -> String {
    let line = |(pid, told): (u32, Result<Told, String>)| {
        let which = told.map_or("does not answer".to_owned(), |told| told.in_short());
        format!("  populace stop --pid {pid:<8} # {which}\n")
    };
    asking::ask_all(runs, listening::STATUS).into_iter().map(line).collect()
}

fn meant(whom: &Whom) -> Option<Vec<Going>> {
    asking::going(whom.pid).map_err(|why| complain(&format!("error: {why}\n"))).ok()
}
