//! `populace check`: what a run would do, or what is wrong.

use clap::Args as ClapArgs;

use super::complain;
use super::options::ScenarioArgs;
use super::printing::print;
use super::reading::read;
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
            let printed = print(&describe(&scenario));
            match fits_run(&scenario) {
                Ok(()) => printed,
                Err(why) => {
                    complain(&format!("error: {why}\n"));
                    Exit::Usage
                }
            }
        }
        None => Exit::Usage,
    }
}
