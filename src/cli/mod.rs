//! The command line: parse, call, exit code.
//!
//! # Layout
//!
//! | file | the command |
//! |---|---|
//! | `run.rs` | `populace run` |
//! | `rehearse.rs` | `populace rehearse` |
//! | `conducting.rs` | what these two share; `live.rs`: their live page |
//! | `view/` | what is shown on standard error while a run goes on |
//! | `logging.rs` | logs |
//! | `report.rs` | `populace report` |
//! | `check.rs` | `populace check` |
//! | `compare.rs` | `populace compare` |
//! | `plan.rs` | `populace plan` |
//! | `labels.rs` | `populace labels` |
//! | `lists/` | `populace models`, `profiles`, `distributions`, `observers`, `monitors`, `arrivals`, `loaders` |
//! | `presets.rs` | `populace presets` |
//! | `new.rs` | `populace new` |
//! | `import/` | `populace import` |
//! | `accounts/` | `populace accounts` |
//! | `schema/` | `populace schema` |
//! | `completions.rs` | `populace completions` |
//! | `man.rs` | `populace man` |
//! | `serve.rs` | `populace serve` |
//! | `worker.rs` | `populace worker` |
//! | `agent.rs` | `populace agent` |
//! | `control/` | `populace status`, `populace stop` |
//! | `help.rs` | the commands in groups, and an example of each |
//! | `options.rs` | the options that commands share |
//! | `memory.rs` | what a rehearsal asks of the allocator |
//! | `printing.rs` | standard output; `interruption.rs`: the signals that end a run |
//! | `reading.rs` | the configuration, read for a command |
//! | `results.rs` | the results file of an earlier run, read for a command |
//! | `outputs.rs` | the files that are made of the results |
//! | `files.rs` | files that options name, found before the work; `place.rs`: one of them |

mod accounts;
mod agent;
mod check;
mod compare;
mod completions;
mod conducting;
mod control;
mod files;
mod help;
mod import;
mod interruption;
mod labels;
mod lists;
mod live;
mod logging;
mod man;
mod memory;
mod new;
mod options;
mod outputs;
mod place;
mod plan;
mod presets;
mod printing;
mod reading;
mod rehearse;
mod report;
mod results;
mod run;
mod schema;
mod serve;
mod view;
mod worker;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::report::Exit;
use crate::transport::descriptors;
use lists::What;

/// A simulator of client populations: what do the users of a server experience, and how many fit?
#[derive(Debug, Parser)]
#[command(name = "populace", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Exit codes: 0 pass; 1 a threshold failed; 2 usage or configuration; 3 the target is not \
reachable, or nothing succeeded; 4 incomplete, as when a worker was lost or most of the load did not happen; 130, 143 interrupted (with the report).";

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring the population to the server and report what it experienced
    Run(run::Args),
    /// The same in virtual time against the embedded server: hours in seconds, repeatable to the last event
    Rehearse(rehearse::Args),
    /// Say how far a run is that goes on in another terminal
    Status(control::StatusArgs),
    /// End a run that goes on in another terminal, as Ctrl-C there, with its report
    Stop(control::StopArgs),
    /// Make the report page and other forms of a results file
    Report(report::Args),
    /// Write a commented config and clients to begin with, for a server
    New(new::Args),
    /// Make a config of what an ancestor was told: Mailstone's commands file and config
    Import(import::Args),
    /// Write what a server or a directory needs to create the accounts of a config
    Accounts(accounts::Args),
    /// Read the configuration and say what a run would do, or what is wrong
    Check(check::Args),
    /// Print what a run will do by itself, and when
    Plan(plan::Args),
    /// List the operations and requests that can be counted, and so be judged by `thresholds`
    Labels(labels::Args),
    /// Compare the results files of two runs: is the second worse, and how sure is that?
    Compare(compare::Args),
    /// List the presets, each of which answers a question; `--preset` of run, rehearse, check and plan takes one
    #[command(mut_arg("name", |name| name.help("Print this one's property list, to begin one of your own with")))]
    Presets(lists::Args),
    /// List the client programs: `software` of the clients
    Models(lists::Args),
    /// List the habits of users: `profiles` of the clients
    Profiles(lists::Args),
    /// List the distributions, from which times and sizes are drawn
    Distributions(lists::Args),
    /// List who can watch a run: `observers` of the config
    Observers(lists::Args),
    /// List what reads a server's own figures: `monitors` of the config
    Monitors(lists::Args),
    /// List the ways in which users come: `arrival` of the config
    Arrivals(lists::Args),
    /// List where accounts can come from: `accounts` of the config
    Loaders(lists::Args),
    /// Print the schema of the config, the clients or the results file
    Schema(schema::Args),
    /// Print the script by which a shell completes commands and options
    Completions(completions::Args),
    /// Print the manual page, or write those of all commands
    Man(man::Args),
    /// Run the in-memory calendar server by itself
    Serve(serve::Args),
    /// Bring a share of the population for a manager, over standard input and output
    Worker(worker::Args),
    /// Read the figures of this machine for a monitor, over standard input and output
    Agent(agent::Args),
}

/// The whole command line, as it is parsed, shown, completed and documented.
fn command() -> clap::Command {
    help::arranged(Cli::command())
}

/// Does what the arguments say.
pub fn main() -> Exit {
    let parsed = command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(why) => {
            // Help and version are no errors.
            let printed = why.print();
            return if why.use_stderr() { Exit::Usage } else { printing::printed(printed) };
        }
    };
    // Every connection is a descriptor, of the server too.
    descriptors::raise();
    match cli.command {
        Command::Run(args) => run::main(&args),
        Command::Rehearse(args) => rehearse::main(&args),
        Command::Status(args) => control::status(&args),
        Command::Stop(args) => control::stop(&args),
        Command::Report(args) => report::main(&args),
        Command::New(args) => new::main(&args),
        Command::Import(args) => import::main(&args),
        Command::Accounts(args) => accounts::main(&args),
        Command::Check(args) => check::main(&args),
        Command::Plan(args) => plan::main(&args),
        Command::Labels(args) => labels::main(&args),
        Command::Compare(args) => compare::main(&args),
        Command::Presets(args) => presets::main(&args),
        Command::Models(args) => lists::main(What::Models, &args),
        Command::Profiles(args) => lists::main(What::Profiles, &args),
        Command::Distributions(args) => lists::main(What::Distributions, &args),
        Command::Observers(args) => lists::main(What::Observers, &args),
        Command::Monitors(args) => lists::main(What::Monitors, &args),
        Command::Arrivals(args) => lists::main(What::Arrivals, &args),
        Command::Loaders(args) => lists::main(What::Loaders, &args),
        Command::Schema(args) => schema::main(&args),
        Command::Completions(args) => completions::main(&args),
        Command::Man(args) => man::main(&args),
        Command::Serve(args) => serve::main(&args),
        Command::Worker(args) => worker::main(&args),
        Command::Agent(args) => agent::main(&args),
    }
}

/// Prints what is wrong, or worth knowing, beside the output.
fn complain(text: &str) {
    view::terminal::write(text);
}
