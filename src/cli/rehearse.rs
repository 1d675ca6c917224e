//! `populace rehearse`: the same run in virtual time, against the embedded server in the same thread.

use clap::Args as ClapArgs;

use super::complain;
use super::conducting::Conducting;
use super::memory::give_back_at_once;
use super::options::ScenarioArgs;
use super::view::terminal;
use crate::observer::Output;
use crate::report::Exit;
use crate::scenario::{InProcess, Mode, Options, conduct};

/// The options are those of `run`. Two of them do nothing here and are not shown: `--workers` is refused, and there is
/// no certificate for `--insecure` to accept.
#[derive(Debug, ClapArgs)]
#[command(mut_arg("workers", |arg| arg.hide(true)), mut_arg("insecure", |arg| arg.hide(true)))]
#[command(mut_arg("runtime", |arg| arg.help(RUNTIME)))]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
    #[command(flatten)]
    conducting: Conducting,
}

const RUNTIME: &str =
    "How long to measure: 60s, 5m, 1h30m or seconds [default: `run.duration`; required without it]";

pub fn main(args: &Args) -> Exit {
    let options = Options { rehearse: true, ..args.scenario.options() };
    if options.workers.is_some() {
        complain(
            "error: a rehearsal is one thread in virtual time: it has no --workers\n  = help: leave it out (the plan is \
             the same with any number of workers), or use `populace run`\n",
        );
        return Exit::Usage;
    }
    give_back_at_once();
    args.conducting.main(&options, |scenario, stop, onlookers| async {
        let output = Output::direct(terminal::live_output(true));
        conduct(scenario, Mode::Rehearse, InProcess::alone(), output, stop.wait(), onlookers).await
    })
}
