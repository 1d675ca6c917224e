//! `populace labels`: what can be counted, and so stand in a threshold.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::complain;
use super::printing::print;
use crate::config::{Diagnostics, render};
use crate::report::Exit;
use crate::scenario::{Countable, Options, countable};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The config plist, whose `clients` are taken if there is no --clients
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The clients plist: what its clients can bring [default: with none of these options, all that there is]
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// The preset whose `clients` are taken if there is no --clients
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
}

pub fn main(args: &Args) -> Exit {
    if args.config.is_none() && args.clients.is_none() && args.preset.is_none() {
        return print(&list(&Countable::everything()));
    }
    let options = Options {
        config: args.config.clone(),
        clients: args.clients.clone(),
        preset: args.preset.clone(),
        ..Options::default()
    };
    let diags = Diagnostics::new();
    let found = countable(&options, &diags);
    match found {
        Some(found) => print(&list(&found)),
        None => {
            complain(&render(&diags));
            Exit::Usage
        }
    }
}

/// A line for each, as an expression begins with.
fn list(all: &Countable) -> String {
    let mut text = String::new();
    for (noun, labels) in [("operation", &all.operations), ("request", &all.requests)] {
        for label in labels {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{noun} {label}");
        }
    }
    text
}
