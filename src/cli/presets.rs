//! `populace presets`: the questions that can be asked of a server without writing a config.

use serde::Serialize;

use super::lists::text::{columns, width};
use super::lists::{Args, Format, json, unknown};
use super::printing::print;
use crate::report::{Exit, wrapped};
use crate::scenario::{Preset, preset, presets};

/// As programs see it.
#[derive(Serialize)]
struct Told {
    name: &'static str,
    question: String,
    /// The other paragraphs of its comment.
    about: Vec<String>,
}

impl From<Preset> for Told {
    fn from(preset: Preset) -> Told {
        Told { name: preset.name, question: preset.question(), about: preset.paragraphs().skip(1).collect() }
    }
}

const NEXT: &str = "`populace rehearse --preset NAME` answers it for the embedded server in virtual time, `populace run \
    --config FILE --preset NAME` for your own; `populace presets NAME` prints the property list.";

pub fn main(args: &Args) -> Exit {
    let found: Vec<Preset> = match args.name.as_deref().map(preset) {
        None => presets().collect(),
        Some(Ok(found)) => vec![found],
        Some(Err(hint)) => return unknown("preset", args.name.as_deref().unwrap_or_default(), &hint),
    };
    match (args.format, &args.name, &found[..]) {
        (Format::Json, _, _) => {
            let told: Vec<Told> = found.into_iter().map(Told::from).collect();
            print(&json(&told))
        }
        (Format::Text, Some(_), [one]) => print(one.text),
        (Format::Text, _, all) => {
            let rows: Vec<_> = all.iter().map(|one| (one.name.to_owned(), one.question())).collect();
            let widest = all.iter().map(|one| one.name.len()).max().unwrap_or(0);
            print(&format!("{}\n{}", columns(&rows, 0, widest + 2, width()), wrapped(NEXT, 0, 0, width())))
        }
    }
}
