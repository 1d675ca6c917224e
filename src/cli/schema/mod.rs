//! `populace schema`: what the files may look like, for editors and other programs.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command |
//! | `document.rs` | the JSON Schemas of the two property lists |
//! | `plugins.rs` | the same of plug-ins' parameters, from the registries |
//! | `asking.rs` | what a decoder expects of each parameter |
//! | `guide.rs` | defaults and meanings of keys, from CONFIGURATION.md |
//! | `plist.dtd`, `plist.rnc` | the form of XML property lists |

mod asking;
mod document;
mod guide;
mod plugins;

use clap::{Args as ClapArgs, ValueEnum};

use super::complain;
use super::printing::print;
use crate::report::{Exit, RESULTS_SCHEMA};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Which file
    #[arg(value_enum, value_name = "FILE")]
    file: File,
    /// The language: json for config, clients and results; rnc (RELAX NG, compact) or dtd for plist
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum File {
    /// The config, as JSON
    Config,
    /// The clients, as JSON
    Clients,
    /// What `--json` writes
    Results,
    /// Both property lists as XML: elements and their order, not keys and values
    Plist,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Rnc,
    Dtd,
}

pub fn main(args: &Args) -> Exit {
    let format = args.format.unwrap_or(if args.file == File::Plist { Format::Rnc } else { Format::Json });
    let text = match (args.file, format) {
        (File::Config, Format::Json) => pretty(&document::schema("config")),
        (File::Clients, Format::Json) => pretty(&document::schema("clients")),
        (File::Results, Format::Json) => RESULTS_SCHEMA.to_owned(),
        (File::Plist, Format::Rnc) => include_str!("plist.rnc").to_owned(),
        (File::Plist, Format::Dtd) => include_str!("plist.dtd").to_owned(),
        (file, _) => {
            let has = if file == File::Plist { "rnc or dtd" } else { "json only" };
            complain(&format!(
                "error: there is no such schema\n  = help: for this file, --format is {has}\n"
            ));
            return Exit::Usage;
        }
    };
    print(&text)
}

fn pretty(schema: &serde_json::Value) -> String {
    // What was made of plain values can always be written.
    serde_json::to_string_pretty(schema).unwrap_or_default() + "\n"
}
