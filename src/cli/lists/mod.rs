//! `populace models`, `profiles` and so on: what can be named in a configuration, with parameters and defaults.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the commands |
//! | `item.rs` | one thing that can be named, from its registry |
//! | `models.rs` | the same of client programs |
//! | `text.rs` | items for people |

mod item;
mod models;
pub mod text;

use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use super::complain;
use super::printing::print;
use crate::config::{Diagnostics, render};
use crate::report::Exit;
use crate::scenario::{DOMAINS, Domain};
use crate::{distribution, monitor, observer, population};
use item::{Item, items};

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Only this one, with all that is known of it; as in the configuration, a class path too
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// For people, or for programs
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Models,
    Profiles,
    Distributions,
    Observers,
    Monitors,
    Arrivals,
    Loaders,
}

impl What {
    /// What one of them is called.
    fn noun(self) -> &'static str {
        match self {
            What::Models => "client program",
            What::Profiles => "profile",
            What::Distributions => "distribution",
            What::Observers => "observer",
            What::Monitors => "monitor",
            What::Arrivals => "arrival",
            What::Loaders => "account loader",
        }
    }

    /// All of them, or the one with a name; then the error says which there are.
    fn items(self, name: Option<&str>, diags: &Diagnostics) -> Result<Vec<Item>, String> {
        match self {
            What::Models => models::items(name, diags),
            What::Profiles => {
                let profiles = |domain: &Domain| of(domain.title, items(&(domain.profiles)(), "", name));
                DOMAINS.iter().map(profiles).reduce(both).unwrap_or_else(|| Ok(Vec::new()))
            }
            What::Distributions => items(distribution::ALL, "Distribution", name),
            What::Observers => items(observer::ENTRIES, "", name),
            What::Monitors => items(monitor::ALL, "", name),
            What::Arrivals => items(population::arrival::ARRIVALS, "", name),
            What::Loaders => items(population::accounts::LOADERS, "", name),
        }
    }
}

/// The same, with the software that they are for.
fn of(software: &str, items: Result<Vec<Item>, String>) -> Result<Vec<Item>, String> {
    let told = |mut item: Item| {
        item.facts.push(("for the software", software.to_owned()));
        item
    };
    items.map(|items| items.into_iter().map(told).collect())
}

/// What two registries have, or the one of them that has the name.
fn both(one: Result<Vec<Item>, String>, other: Result<Vec<Item>, String>) -> Result<Vec<Item>, String> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.into_iter().chain(other).collect()),
        (Ok(found), Err(_)) | (Err(_), Ok(found)) => Ok(found),
        (Err(hint), Err(other)) => Err(if other.starts_with("did you mean") { other } else { hint }),
    }
}

pub fn main(what: What, args: &Args) -> Exit {
    let (noun, diags) = (what.noun(), Diagnostics::new());
    let found = what.items(args.name.as_deref(), &diags);
    complain(&render(&diags));
    let printed = match (found, &args.name) {
        (Err(hint), name) => {
            return unknown(noun, name.as_deref().unwrap_or_default(), &hint);
        }
        (Ok(found), _) if args.format == Format::Json => print(&json(&found)),
        (Ok(found), None) => print(&text::list(&found, what == What::Models, text::width())),
        (Ok(found), Some(_)) => {
            print(&found.iter().map(|item| text::whole(item, text::width())).collect::<String>())
        }
    };
    if diags.has_errors() { Exit::Usage } else { printed }
}

/// Says that there is none of this name.
pub fn unknown(noun: &str, name: &str, hint: &str) -> Exit {
    complain(&format!("error: there is no {noun} `{}`\n", name.escape_debug()));
    if !hint.is_empty() {
        complain(&format!("  = help: {hint}\n"));
    }
    Exit::Usage
}

/// The same for programs.
pub fn json(items: &[impl Serialize]) -> String {
    // Texts and lists of texts can always be written.
    serde_json::to_string_pretty(items).unwrap_or_default() + "\n"
}
