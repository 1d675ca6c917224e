//! The schemas of plug-ins' parameters, from the registries.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::asking::expected;
use crate::calendar::Blueprint;
use crate::calendar::model::Library;
use crate::calendar::parameters::PARAMS;
use crate::client::habit::{ENABLED, PACING};
use crate::config::{At, Diagnostics, Entry, Param, Table, Value};
use crate::population::{accounts, arrival};
use crate::scenario::keys::Registry;
use crate::scenario::{DOMAINS, Domain};
use crate::{distribution, monitor, observer};

/// A plug-in as the schema knows it.
pub struct Plugin {
    /// Every name by which it is known, the last part of each class path.
    pub names: Vec<&'static str>,
    pub help: &'static str,
    /// Of its parameters.
    pub params: Json,
}

/// The parameter that something else may stand in for: `arrivalInterval`.
const STOOD_IN_FOR: (&str, &str) = ("SmoothRampUp", "interval");

/// All plug-ins of a registry. A client program may be one of one's own, so that there is one row for all.
pub fn plugins(registry: Registry) -> Vec<Plugin> {
    match registry {
        Registry::Arrivals => entries(arrival::ARRIVALS, |entry, value, diags| {
            with(value, diags, |table| drop((entry.build)(table, None)));
        }),
        Registry::Loaders => entries(accounts::LOADERS, |entry, value, diags| {
            let around = accounts::Around { beside: Path::new(""), at_least: 0 };
            with(value, diags, |table| drop((entry.build)(table, &around)));
        }),
        Registry::Monitors => entries(monitor::ALL, |entry, value, diags| {
            with(value, diags, |table| drop((entry.build)(table, "localhost")));
        }),
        Registry::Observers => entries(observer::ENTRIES, |entry, value, diags| {
            if let Some(table) = Table::new(value, diags, "the observer") {
                drop((entry.build)(table));
            }
        }),
        Registry::Profiles => {
            let profiles = |domain: &Domain| {
                entries(&(domain.profiles)(), |entry, value, diags| {
                    (domain.decode_profile)(entry.name, value, diags);
                })
            };
            DOMAINS.iter().flat_map(profiles).collect()
        }
        Registry::Models => Vec::new(),
    }
}

/// The distributions.
pub fn distributions() -> Vec<Plugin> {
    entries(distribution::ALL, |entry, value, diags| {
        with(value, diags, |table| drop((entry.build)(table)));
    })
}

/// The parameters of every client program.
pub fn software() -> Json {
    let types = expected(PARAMS, |value, diags| {
        with(value, diags, |table| {
            drop(Blueprint::decode("OS_X_10_7", &At::named("software"), table, &Library::embedded()));
        });
    });
    let mut schema = object(PARAMS, &types, None);
    schema["properties"]["connections"] = json!({"$ref": "#/$defs/connections"});
    schema
}

/// The software that lies in no folder, with its parameters: those of its profiles that are not of a profile itself, and a title.
pub fn named_software() -> Vec<Plugin> {
    let plugin = |entry: &Entry<fn(&Table<'_>)>| {
        let types = expected(entry.params, |value, diags| with(value, diags, |table| (entry.build)(table)));
        let mut params = object(entry.params, &types, None);
        if let Some(properties) = params["properties"].as_object_mut() {
            [ENABLED, PACING].iter().for_each(|own| drop(properties.remove(own.name)));
        }
        title(&mut params, entry.name);
        Plugin { names: vec![entry.name], help: entry.help, params }
    };
    DOMAINS.iter().flat_map(|domain| domain.software).map(plugin).collect()
}

/// Adds the parameter `title`.
fn title(params: &mut Json, default: &str) {
    if let Some(properties) = params["properties"].as_object_mut() {
        let title = described(json!({"type": "string"}), "the name in logs and reports", default);
        properties.insert("title".to_owned(), title);
    }
}

fn with(value: &Value, diags: &Diagnostics, decode: impl Fn(&Table<'_>)) {
    if let Some(table) = Table::new(value, diags, "the parameters") {
        decode(&table);
    }
}

fn entries<B>(entries: &[Entry<B>], decode: impl Fn(&Entry<B>, &Value, &Diagnostics)) -> Vec<Plugin> {
    let plugin = |entry: &Entry<B>| {
        let types = expected(entry.params, |value, diags| decode(entry, value, diags));
        let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
        let mut names = vec![entry.name];
        names.extend(entry.aliases.iter().map(|name| last(name)).filter(|name| *name != entry.name));
        Plugin { names, help: entry.help, params: object(entry.params, &types, Some(entry.name)) }
    };
    entries.iter().map(plugin).collect()
}

fn object(params: &'static [Param], types: &BTreeMap<&'static str, Json>, entry: Option<&str>) -> Json {
    let (mut properties, mut needed) = (Map::new(), Vec::new());
    for param in params {
        let schema =
            described(types.get(param.name).cloned().unwrap_or(json!({})), param.help, param.default);
        let names = spellings(param);
        if param.default.is_empty() && (entry, param.name) != (Some(STOOD_IN_FOR.0), STOOD_IN_FOR.1) {
            needed.push(one_of(&names));
        }
        properties.extend(names.into_iter().map(|name| (name.to_owned(), schema.clone())));
    }
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !needed.is_empty() {
        schema["allOf"] = Json::Array(needed);
    }
    schema
}

/// That one of these keys must be there.
pub fn one_of(names: &[&str]) -> Json {
    match names {
        [name] => json!({"required": [name]}),
        names => json!({"anyOf": names.iter().map(|name| json!({"required": [name]})).collect::<Vec<_>>()}),
    }
}

/// The name of a parameter and those that its help gives after "also".
fn spellings(param: &'static Param) -> Vec<&'static str> {
    let also = param.help.split_once("also `").map_or("", |(_, also)| also);
    let others = also.split('`').step_by(2).filter(|name| !name.is_empty());
    std::iter::once(param.name).chain(others).collect()
}

/// With its help, and its default as a value or in words.
pub fn described(mut schema: Json, help: &str, default: &str) -> Json {
    let value = serde_json::from_str::<Json>(default).ok().filter(|value| !value.is_null());
    let words = match value {
        _ if default.is_empty() || default == "required" => help.to_owned(),
        Some(value) => {
            schema["default"] = value;
            help.to_owned()
        }
        None => format!("{help} [default: {default}]"),
    };
    schema["description"] = Json::String(words);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A decoder that says what it wants in other words than before would leave its parameter without a type.
    #[test]
    fn nearly_every_parameter_has_a_type() {
        let registries = [
            Registry::Arrivals,
            Registry::Loaders,
            Registry::Monitors,
            Registry::Observers,
            Registry::Profiles,
        ];
        let all = registries.into_iter().flat_map(plugins).chain(distributions());
        let mut without = Vec::new();
        for plugin in all {
            for (name, schema) in plugin.params["properties"].as_object().unwrap() {
                if ["type", "$ref", "enum", "anyOf"].iter().all(|key| schema.get(key).is_none()) {
                    without.push(format!("{}.{name}", plugin.names[0]));
                }
            }
        }
        // These are looked at beside good values only.
        assert_eq!(without, ["Empirical.weights"]);
    }
}
