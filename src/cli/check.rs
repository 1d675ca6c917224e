//! `populace check`: what a run would do, or what is wrong.

use clap::Args as ClapArgs;

use super::options::ScenarioArgs;
use super::{complain, print};
use crate::config::{Diagnostics, render};
use crate::report::Exit;
use crate::scenario::{describe, resolve};

#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,
}

pub fn main(args: &Args) -> Exit {
    let diags = Diagnostics::new();
    let scenario = resolve(&args.scenario.options(), &diags);
    complain(&render(&diags));
    match scenario {
        Some(scenario) => {
            print(&describe(&scenario));
            Exit::Pass
        }
        None => Exit::Usage,
    }
}
