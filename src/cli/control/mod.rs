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

use self::asking::Asked;
use super::complain;
use super::lists::Format;
use super::printing::print;
use crate::report::Exit;

/// Which run is meant.
#[derive(Debug, ClapArgs)]
struct Whom {
    /// The process of the run; without it the newest of all that go on
    #[arg(long, value_name = "NUMBER")]
    pid: Option<u32>,
}

#[derive(Debug, ClapArgs)]
pub struct StatusArgs {
    #[command(flatten)]
    whom: Whom,
    /// For people, or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Debug, ClapArgs)]
pub struct StopArgs {
    #[command(flatten)]
    whom: Whom,
}

pub fn status(args: &StatusArgs) -> Exit {
    let Some(Asked { told, others, .. }) = ask(&args.whom, listening::STATUS) else {
        return Exit::NothingWorked;
    };
    match args.format {
        Format::Json => print(&(told.to_json() + "\n")),
        Format::Text => print(&told.to_text(&others)),
    }
}

pub fn stop(args: &StopArgs) -> Exit {
    let Some(Asked { told, .. }) = ask(&args.whom, listening::STOP) else { return Exit::NothingWorked };
    print(&format!("The run of process {} ends, and writes its report.\n", told.pid))
}

fn ask(whom: &Whom, word: &str) -> Option<Asked> {
    asking::ask(whom.pid, word).map_err(|why| complain(&format!("error: {why}\n"))).ok()
}
