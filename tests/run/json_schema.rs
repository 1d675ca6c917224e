//! As much of JSON Schema (draft 2020-12) as our own schemas use. A keyword that is not known here fails the test.

use serde_json::Value;

/// What of the value is not as the schema says, each with its place.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(root, root, value, "", &mut found);
    found
}

fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let mut found = Vec::new();
    check(root, schema, value, "", &mut found);
    found.is_empty()
}

fn check(root: &Value, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
    let all = |key: &str| schema[key].as_array().cloned().unwrap_or_default();
    let mut fault = |what: String| found.push(format!("{place}: {what}"));
    let mut inner: Vec<(Value, Value, String)> = Vec::new();
    let object = value.as_object();
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$ref" => {
                let path = rule.as_str().unwrap().strip_prefix('#').unwrap();
                let target = root.pointer(path).unwrap_or_else(|| panic!("{path} is not defined"));
                inner.push((target.clone(), value.clone(), place.to_owned()));
            }
            "type" => {
                let names = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                if !names.iter().any(|name| is(name.as_str().unwrap(), value)) {
                    fault(format!("{value} is not of type {rule}"));
                }
            }
            "const" if value != rule => fault(format!("{value} is not {rule}")),
            "enum" if !all("enum").contains(value) => fault(format!("{value} is none of {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() && value.is_number() => {
                fault(format!("{value} < {rule}"))
            }
            "maximum" if value.as_f64() > rule.as_f64() => fault(format!("{value} > {rule}")),
            "pattern" => {
                if value.as_str().is_some_and(|text| !matches(rule.as_str().unwrap(), text)) {
                    fault(format!("{value} does not match {rule}"));
                }
            }
            "required" => {
                let lacks =
                    |key: &&Value| object.is_some_and(|dict| !dict.contains_key(key.as_str().unwrap()));
                all("required").iter().filter(lacks).for_each(|key| fault(format!("{key} is missing")));
            }
            "properties" | "additionalProperties" => {
                let of = schema["properties"].as_object();
                for (key, value) in object.into_iter().flatten() {
                    let own = of.and_then(|of| of.get(key));
                    let place = format!("{place}/{key}");
                    match (keyword.as_str(), own) {
                        ("properties", Some(own)) => inner.push((own.clone(), value.clone(), place)),
                        ("additionalProperties", None) if rule == false => {
                            fault(format!("unknown key {key}"))
                        }
                        ("additionalProperties", None) => inner.push((rule.clone(), value.clone(), place)),
                        _ => {}
                    }
                }
            }
            "propertyNames" => {
                for key in object.into_iter().flat_map(|dict| dict.keys()) {
                    inner.push((rule.clone(), Value::from(key.as_str()), format!("{place}/{key}")));
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    inner.push((rule.clone(), item.clone(), format!("{place}/{index}")));
                }
            }
            "allOf" => {
                inner.extend(all("allOf").into_iter().map(|one| (one, value.clone(), place.to_owned())))
            }
            "anyOf" if !all("anyOf").iter().any(|one| fits(root, one, value)) => {
                fault(format!("{value} fits none of {rule}"));
            }
            "not" if fits(root, rule, value) => fault(format!("{value} is as it must not be")),
            "if" if fits(root, rule, value) => {
                inner.push((schema["then"].clone(), value.clone(), place.to_owned()));
            }
            "if" if schema.get("else").is_some() => {
                inner.push((schema["else"].clone(), value.clone(), place.to_owned()));
            }
            "const" | "enum" | "minimum" | "maximum" | "anyOf" | "not" | "if" | "then" | "else" => {}
            "$schema" | "$defs" | "$comment" | "title" | "description" | "default" | "format" => {}
            other => panic!("the keyword {other} is not known to this test"),
        }
    }
    inner.into_iter().for_each(|(schema, value, place)| check(root, &schema, &value, &place, found));
}

fn is(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known to this test"),
    }
}

/// Of patterns those of names, `^(.*\.)?(A|B)(Suffix)?$`, are looked at; others by their first character only.
fn matches(pattern: &str, text: &str) -> bool {
    let Some(names) = pattern.strip_prefix("^(.*\\.)?(") else {
        return text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    };
    let (names, rest) = names.split_once(')').unwrap();
    let suffix = rest.trim_matches(['(', ')', '?', '$']);
    let last = text.rsplit('.').next().unwrap();
    let core = last.strip_suffix(suffix).filter(|core| !core.is_empty()).unwrap_or(last);
    names.split('|').any(|name| name == last || name == core)
}
