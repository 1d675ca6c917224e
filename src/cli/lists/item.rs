//! One thing that can be named in a configuration, as a list shows it.

use serde::Serialize;

use crate::config::{Entry, Param, find_suffixed};

/// A plug-in of any registry, or a client program.
#[derive(Debug, Serialize)]
pub struct Item {
    pub name: String,
    /// Other names that are understood.
    pub aliases: Vec<String>,
    pub help: String,
    /// What else there is to say of it: what, and how it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<(&'static str, String)>,
    pub params: Vec<Parameter>,
}

#[derive(Debug, Serialize)]
pub struct Parameter {
    pub name: &'static str,
    pub required: bool,
    /// In words where it is no value.
    pub default: Option<&'static str>,
    pub help: &'static str,
}

impl From<&'static Param> for Parameter {
    fn from(param: &'static Param) -> Parameter {
        let required = param.default.is_empty();
        Parameter {
            name: param.name,
            required,
            default: (!required).then_some(param.default),
            help: param.help,
        }
    }
}

/// Parameters as a registry has them.
pub fn parameters(params: &'static [Param]) -> Vec<Parameter> {
    params.iter().map(Parameter::from).collect()
}

impl Item {
    pub fn of<B>(entry: &Entry<B>) -> Item {
        Item {
            name: entry.name.to_owned(),
            aliases: entry.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            help: sentence(entry.help),
            facts: Vec::new(),
            params: parameters(entry.params),
        }
    }
}

/// Begins with a capital and ends without a point, however the registry has it.
fn sentence(help: &str) -> String {
    let mut letters = help.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// All entries of a registry, or the one that `name` means; then the error says which there are. A `suffix` of names
/// does not count.
pub fn items<B>(entries: &[Entry<B>], suffix: &str, name: Option<&str>) -> Result<Vec<Item>, String> {
    match name {
        None => Ok(entries.iter().map(Item::of).collect()),
        Some(name) => find_suffixed(entries, name, suffix).map(|entry| vec![Item::of(entry)]),
    }
}
