//! `populace completions`: the script by which a shell completes commands and options.

use clap::{Args as ClapArgs, ValueEnum};
use clap_complete::Shell;

use super::command;
use super::printing::print;
use crate::report::Exit;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Known,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

pub fn main(args: &Args) -> Exit {
    let shell = match args.shell {
        Known::Bash => Shell::Bash,
        Known::Zsh => Shell::Zsh,
        Known::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "populace", &mut script);
    print(&String::from_utf8_lossy(&script))
}
