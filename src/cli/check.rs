//! `populace check`: what a run would do, or what is wrong.

use clap::Args as ClapArgs;

use super::options::ScenarioArgs;
use super::print;
use super::reading::read;
use crate::report::Exit;
use crate::scenario::describe;

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

pub fn main(args: &Args) -> Exit {
    match read(&args.scenario.options()) {
        Some(scenario) => {
            print(&describe(&scenario));
            Exit::Pass
        }
        None => Exit::Usage,
    }
}
