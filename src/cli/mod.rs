//! The command line: parse, call, exit code.
//!
//! # Layout
//!
//! | file | the command |
//! |---|---|
//! | `run.rs` | `populace run` |
//! | `rehearse.rs` | `populace rehearse`; `progress.rs`: how far it is |
//! | `conducting.rs` | what these two share |
//! | `report.rs` | `populace report` |
//! | `check.rs` | `populace check` |
//! | `compare.rs` | `populace compare` |
//! | `plan.rs` | `populace plan` |
//! | `labels.rs` | `populace labels` |
//! | `serve.rs` | `populace serve` |
//! | `worker.rs` | `populace worker` |
//! | `options.rs` | the options that commands share |
//! | `reading.rs` | the configuration, read for a command |
//! | `outputs.rs` | the files that are made of the results; `results.rs`: where each goes |

mod check;
mod compare;
mod conducting;
mod labels;
mod options;
mod outputs;
mod plan;
mod progress;
mod reading;
mod rehearse;
mod report;
mod results;
mod run;
mod serve;
mod worker;

use std::io::Write;

use clap::{Parser, Subcommand};

use crate::report::Exit;
use crate::transport::descriptors;

/// A simulator of client populations: what do the users of a server experience, and how many fit?
#[derive(Debug, Parser)]
#[command(name = "populace", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Exit codes: 0 pass; 1 a threshold failed; 2 usage or configuration; 3 the target is not \
reachable, or nothing succeeded; 4 incomplete, as when a worker was lost; 130, 143 interrupted (with the report).";

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the population to the server and report what it experienced
    Run(run::Args),
    /// The same in virtual time against the embedded server: hours in seconds, repeatable to the last event
    Rehearse(rehearse::Args),
    /// Make the report page and other forms of a results file
    Report(report::Args),
    /// Read the configuration and say what a run would do, or what is wrong
    Check(check::Args),
    /// Print what a run will do by itself, and when
    Plan(plan::Args),
    /// List the operations and requests that can be counted, and so be judged by `thresholds`
    Labels(labels::Args),
    /// Compare the results files of two runs: is the second worse, and how sure is that?
    Compare(compare::Args),
    /// Run the in-memory calendar server by itself
    Serve(serve::Args),
    /// Bring a share of the population for a manager, over standard input and output
    Worker(worker::Args),
}

/// Does what the arguments say.
pub fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(why) => {
            // Help and version are no errors; if even this cannot be printed, the exit code is all there is.
            let _ = why.print();
            return if why.use_stderr() { Exit::Usage } else { Exit::Pass };
        }
    };
    // Every connection is a descriptor, of the server too.
    descriptors::raise();
    match cli.command {
        Command::Run(args) => run::main(&args),
        Command::Rehearse(args) => rehearse::main(&args),
        Command::Report(args) => report::main(&args),
        Command::Check(args) => check::main(&args),
        Command::Plan(args) => plan::main(&args),
        Command::Labels(args) => labels::main(&args),
        Command::Compare(args) => compare::main(&args),
        Command::Serve(args) => serve::main(&args),
        Command::Worker(args) => worker::main(&args),
    }
}

/// Prints a text. Nobody may read it any more (`| head`), which is no reason to fail.
fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints what is wrong, or worth knowing, beside the output.
fn complain(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}
