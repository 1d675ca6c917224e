//! `populace check`: what a run would do, or what is wrong.

use clap::Args as ClapArgs;

use super::options::ScenarioArgs;
use super::reading::read;
use super::{complain, print};
use crate::report::Exit;
use crate::scenario::{describe, fits_run};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

pub fn main(args: &Args) -> Exit {
    match read(&args.scenario.options()) {
        Some(scenario) => {
            print(&describe(&scenario));
            match fits_run(&scenario) {
                Ok(()) => Exit::Pass,
                Err(why) => {
                    complain(&format!("error: {why}\n"));
                    Exit::Usage
                }
            }
        }
        None => Exit::Usage,
    }
}
