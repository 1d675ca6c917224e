//! `populace agent`: reads the figures of this machine for a monitor, over stdin and stdout.

use clap::Args as ClapArgs;

use super::complain;
use crate::monitor::agent;
use crate::report::Exit;

/// Reads the figures of this machine for a monitor of the type Agent (`monitors` in the config), which starts it: a line of
/// JSON on standard input says what is wanted, a line on standard output answers it. It ends when standard input does.
#[derive(Debug, ClapArgs)]
pub struct Args {}

pub fn main(_: &Args) -> Exit {
    match agent::answer(std::io::stdin().lock(), std::io::stdout().lock()) {
        Ok(()) => Exit::Pass,
        Err(why) => {
            complain(&format!("error: {why}\n"));
            Exit::Usage
        }
    }
}
