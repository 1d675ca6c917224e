//! `populace run`: the population comes to the server, and the report says what it experienced.

use clap::Args as ClapArgs;

use super::conducting::Conducting;
use super::options::ScenarioArgs;
use super::view::terminal;
use crate::observer::Output;
use crate::report::Exit;
use crate::scenario::{InProcess, Mode, conduct};
use crate::worker::Manager;

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
    #[command(flatten)]
    conducting: Conducting,
}

pub fn main(args: &Args) -> Exit {
    args.conducting.main(&args.scenario.options(), |scenario, stop, onlookers| async {
        let output = Output::spooled(terminal::live_output(false));
        let stop = stop.wait();
        if scenario.workers.is_empty() {
            conduct(scenario, Mode::Run, InProcess::alone(), output, stop, onlookers).await
        } else {
            conduct(
                scenario,
                Mode::Run,
                Manager::logging(args.conducting.logging.filter().to_string()),
                output,
                stop,
                onlookers,
            )
            .await
        }
    })
}
