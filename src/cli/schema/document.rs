//! The JSON Schemas of the two property lists.

use serde_json::{Map, Value as Json, json};

use super::guide::{Row, rows};
use super::plugins::{Plugin, described, distributions, named_software, one_of, plugins, software};
use crate::scenario::keys::{Key, Registry, SECTIONS, Section, Shape};

/// The dialect of both.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of the property list whose whole dict is this section.
pub fn schema(root: &str) -> Json {
    let mut defs = Map::new();
    for section in SECTIONS {
        defs.insert(section.name.to_owned(), dict(section));
    }
    let with_ancestors = defs.get("ancestor").and_then(|one| one["properties"].as_object().cloned());
    defs.remove("ancestor");
    if let (Some(config), Some(more)) =
        (defs.get_mut("config").and_then(|config| config["properties"].as_object_mut()), with_ancestors)
    {
        config.extend(more);
    }
    if root == "clients" {
        // What only a config has.
        defs.retain(|name, _| {
            ["clients", "population", "program", "profile", "connections"].contains(&name.as_str())
        });
    }
    defs.insert("time".to_owned(), time());
    defs.insert("distribution".to_owned(), distribution());
    defs.insert("software".to_owned(), software());
    let help = SECTIONS.iter().find(|section| section.name == root).map_or("", |section| section.help);
    json!({
        "$schema": DIALECT,
        "title": format!("The {root} of populace"),
        "description": format!(
            "{help}. Property lists as JSON: a <date> is a text, <data> does not occur. `populace check` says more \
             than a schema can."
        ),
        "$ref": format!("#/$defs/{root}"),
        "$defs": defs,
    })
}

fn dict(section: &Section) -> Json {
    let guide = rows(section).unwrap_or_default();
    let mut properties = Map::new();
    let mut all = Vec::new();
    for (index, key) in section.keys.iter().enumerate() {
        let row = guide.get(index);
        let schema = match row {
            Some(Row { default, meaning, .. }) => described(shape(&key.shape), meaning, default),
            None => shape(&key.shape),
        };
        properties.extend(key.names.iter().map(|name| ((*name).to_owned(), schema.clone())));
        if row.is_some_and(Row::is_required) {
            all.push(one_of(key.names));
        }
        if let Shape::Named(registry) = key.shape {
            all.extend(named(key, registry));
        }
    }
    if section.name == "config" {
        all.push(json!({"not": {"required": ["server", "servers"]}}));
    }
    if section.name == "population" {
        all.push(one_of(&["software", "programs"]));
    }
    let mut schema = json!({
        "type": "object",
        "description": section.help,
        "properties": properties,
        "additionalProperties": false,
    });
    if !all.is_empty() {
        schema["allOf"] = Json::Array(all);
    }
    schema
}

fn shape(shape: &Shape) -> Json {
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::Truth => json!({"type": "boolean"}),
        Shape::Number => json!({"type": "number", "minimum": 0}),
        Shape::Whole(least) => json!({"type": "integer", "minimum": least}),
        Shape::Time => json!({"$ref": "#/$defs/time"}),
        Shape::TimeOr(words) => json!({"anyOf": [{"enum": words}, {"$ref": "#/$defs/time"}]}),
        Shape::Word(words) => json!({"enum": words}),
        Shape::Date => json!({"type": "string", "format": "date-time"}),
        Shape::Dict(section) => json!({"$ref": format!("#/$defs/{section}")}),
        Shape::DictOf(inner) => json!({"type": "object", "additionalProperties": self::shape(inner)}),
        Shape::List(inner) => json!({"type": "array", "items": self::shape(inner)}),
        Shape::Either(shapes) => json!({"anyOf": shapes.iter().map(self::shape).collect::<Vec<_>>()}),
        Shape::Named(Registry::Models) => json!({"type": "string"}),
        Shape::Named(registry) => {
            let names: Vec<&str> = plugins(*registry).iter().flat_map(|one| one.names.clone()).collect();
            json!({"type": "string", "pattern": pattern(&names, "")})
        }
        Shape::Params => json!({"type": "object"}),
        Shape::Any => json!({}),
    }
}

/// What the name under a key says of `params` beside it.
fn named(key: &Key, registry: Registry) -> Vec<Json> {
    if registry == Registry::Models {
        let in_folders = json!({"properties": {"params": {"$ref": "#/$defs/software"}}});
        let or_else = |others: Json, plugin: &Plugin| {
            let mut one = conditional(key.names[0], plugin, "");
            one["else"] = others;
            one
        };
        return vec![named_software().iter().rev().fold(in_folders, or_else)];
    }
    plugins(registry).iter().map(|plugin| conditional(key.names[0], plugin, "")).collect()
}

/// Where `key` names this plug-in, `params` are its own, and are there if it needs any.
fn conditional(key: &str, plugin: &Plugin, suffix: &str) -> Json {
    let mut then = json!({"properties": {"params": plugin.params}});
    if plugin.params.get("allOf").is_some() {
        then["required"] = json!(["params"]);
    }
    json!({
        "if": {"properties": {key: {"pattern": pattern(&plugin.names, suffix)}}, "required": [key]},
        "then": then,
        "$comment": plugin.help,
    })
}

/// Names that may be class paths.
fn pattern(names: &[&str], suffix: &str) -> String {
    let suffix = if suffix.is_empty() { String::new() } else { format!("({suffix})?") };
    format!("^(.*\\.)?({}){suffix}$", names.join("|"))
}

/// As `config::Seconds` reads it.
fn time() -> Json {
    json!({
        "description": "a length of time: a number of seconds, or a text as 10m",
        "anyOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": "^[0-9.]+$|^([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?$"},
        ],
    })
}

fn distribution() -> Json {
    let all = distributions();
    let names: Vec<&str> = all.iter().flat_map(|one| one.names.clone()).collect();
    json!({
        "description": "a distribution, or a value that is always itself",
        "anyOf": [
            {"type": "number"},
            {"type": "string", "format": "date-time", "pattern": "^[0-9]{4}-"},
            {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "pattern": pattern(&names, "Distribution")},
                    "params": {"type": "object"},
                },
                "required": ["type"],
                "additionalProperties": false,
                "allOf": all.iter().map(|one| conditional("type", one, "Distribution")).collect::<Vec<_>>(),
            },
        ],
    })
}
