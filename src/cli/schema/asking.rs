//! What a decoder expects of each parameter of a plug-in: it is asked, so that nobody has to write it twice.
//!
//! A decoder that is given bytes for a parameter says "expected a number, found ...", as nothing is configured by bytes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::config::{At, Diagnostics, Kind, Pair, Param, Value};

/// Parameter to the schema of its values; parameters of which the decoder takes anything have none.
pub fn expected(
    params: &'static [Param],
    decode: impl Fn(&Value, &Diagnostics),
) -> BTreeMap<&'static str, Json> {
    let mut found = BTreeMap::new();
    ask(params, &decode, &mut found);
    // Some look at one parameter only when another is good, or absent.
    for param in params {
        if !found.contains_key(param.name) {
            ask(std::slice::from_ref(param), &decode, &mut found);
        }
    }
    found
}

fn ask(
    params: &'static [Param],
    decode: &impl Fn(&Value, &Diagnostics),
    found: &mut BTreeMap<&'static str, Json>,
) {
    let pair = |param: &Param| {
        // The place of the value is the parameter's name, by which its error is told from others.
        let at = At::named(param.name);
        Pair { key: param.name.to_owned(), key_at: at.clone(), value: Value { kind: Kind::Data(vec![]), at } }
    };
    let kind = Kind::Dict(params.iter().map(pair).collect());
    let diags = Diagnostics::new();
    decode(&Value { kind, at: At::named("the parameters") }, &diags);
    for one in diags.all() {
        let place = one.at.to_string();
        let words = one.message.strip_prefix("expected ").and_then(|text| text.split(", found").next());
        if let (Some(param), Some(words)) = (params.iter().find(|param| param.name == place), words)
            && let Some(schema) = schema(words)
        {
            found.insert(param.name, schema);
        }
    }
}

/// The schema of what the words of a decoder describe.
fn schema(words: &str) -> Option<Json> {
    Some(match words {
        "a string" => json!({"type": "string"}),
        "<true/> or <false/>" => json!({"type": "boolean"}),
        "a number" => json!({"type": "number"}),
        "an integer" => json!({"type": "integer"}),
        "a <date>" => json!({"type": "string", "format": "date-time"}),
        "an array" => json!({"type": "array"}),
        "a string or an array of user agents" => json!({"type": ["string", "array"]}),
        "a status or an array of them" => json!({"type": ["integer", "array"]}),
        "an array of days" => json!({"type": "array", "items": {"type": "string"}}),
        "a number, a string or a date" => json!({"type": ["number", "string"]}),
        "a string for `sh -c` or an array of arguments" => json!({"anyOf": [
            {"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        words if words.starts_with("a time ") => json!({"$ref": "#/$defs/time"}),
        words if words.starts_with("a distribution") => json!({"$ref": "#/$defs/distribution"}),
        words if words.starts_with("a dict") => json!({"type": "object"}),
        // One of some words, as `open or closed`.
        words => {
            let (most, last) = words.rsplit_once(" or ")?;
            let all: Vec<&str> = most.split(", ").chain([last]).collect();
            let may = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
            let is_word = |text: &&str| !text.is_empty() && text.bytes().all(may);
            json!({"enum": all.iter().all(is_word).then_some(all)?})
        }
    })
}
