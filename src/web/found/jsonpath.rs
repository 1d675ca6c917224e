//! Paths in JSON: the part of JSONPath (RFC 9535) that finds values in answers.
//!
//! `$.a.b`, `['a']`, `[0]`, `[-1]`, `.*`, `[*]`, `..a`, and the filters `[?@.a == 'v']` and `[?(@.a=='v')]`.

use std::rc::Rc;

use serde_json::Value as Json;

use super::path::{decode, end_of, quoted};
use crate::config::{Diagnostics, FromValue, Value};

/// A path.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: Rc<str>,
    steps: Rc<[Step]>,
}

#[derive(Debug)]
struct Step {
    /// Whether it goes down to any depth.
    deep: bool,
    what: What,
}

#[derive(Debug)]
enum What {
    Member(String),
    /// Of an array; below 0 it is counted from the end.
    Element(i64),
    All,
    /// Where these members of a member have this value.
    Where(Vec<String>, Json),
}

/// The most values that a step may find.
const MOST: usize = 100_000;

impl JsonPath {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads a path.
    pub fn parse(text: &str) -> Result<JsonPath, String> {
        let mut rest = text.trim().strip_prefix('$').ok_or("it does not begin with `$`")?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let deep = rest.starts_with("..");
            rest = rest.strip_prefix("..").or(rest.strip_prefix('.')).unwrap_or(rest);
            let (what, after) = match rest.strip_prefix('[') {
                Some(inner) => {
                    let end = end_of(inner).ok_or("a `[` has no `]`")?;
                    (selector(inner[..end].trim())?, &inner[end + 1..])
                }
                None => {
                    let end = rest.find(['.', '[']).unwrap_or(rest.len());
                    let (name, after) = rest.split_at(end);
                    let what = match name {
                        "" => return Err("a name is missing".to_owned()),
                        "*" => What::All,
                        name => What::Member(name.to_owned()),
                    };
                    (what, after)
                }
            };
            steps.push(Step { deep, what });
            rest = after;
        }
        Ok(JsonPath { text: text.into(), steps: steps.into() })
    }

    /// The value of what it finds first: a text as it is, anything else as JSON.
    pub fn find(&self, body: &[u8]) -> Option<String> {
        self.find_all(body, 1).pop()
    }

    /// The same of all that it finds, at most so many.
    pub fn find_all(&self, body: &[u8], most: usize) -> Vec<String> {
        let Ok(json) = serde_json::from_slice::<Json>(body) else { return Vec::new() };
        let mut found = vec![&json];
        for step in &*self.steps {
            let starts = match step.deep {
                true => found.into_iter().flat_map(all_below).take(MOST).collect(),
                false => found,
            };
            found = starts.into_iter().flat_map(|value| step.what.of(value)).take(MOST).collect();
        }
        let text = |value: &Json| match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        found.into_iter().take(most).map(text).collect()
    }
}

impl What {
    fn of<'j>(&self, value: &'j Json) -> Vec<&'j Json> {
        match (self, value) {
            (What::Member(name), Json::Object(members)) => members.get(name).into_iter().collect(),
            (What::Element(number), Json::Array(list)) => {
                let index =
                    if *number < 0 { number.checked_add_unsigned(list.len() as u64) } else { Some(*number) };
                index.and_then(|index| list.get(usize::try_from(index).ok()?)).into_iter().collect()
            }
            (What::All, _) => children(value),
            (What::Where(path, wanted), _) => {
                let good = |child: &&Json| {
                    let found = path.iter().try_fold(*child, |value, name| value.get(name));
                    found.is_some_and(|found| {
                        found == wanted || found.as_f64().is_some_and(|n| Some(n) == wanted.as_f64())
                    })
                };
                children(value).into_iter().filter(good).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn children(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(list) => list.iter().collect(),
        Json::Object(members) => members.values().collect(),
        _ => Vec::new(),
    }
}

/// A value and all that is in it.
fn all_below(value: &Json) -> Vec<&Json> {
    let (mut all, mut rest) = (Vec::new(), vec![value]);
    while let Some(value) = rest.pop() {
        all.push(value);
        rest.extend(children(value).into_iter().rev());
    }
    all
}

fn selector(text: &str) -> Result<What, String> {
    if text == "*" {
        return Ok(What::All);
    }
    if let Ok(number) = text.parse() {
        return Ok(What::Element(number));
    }
    if let Some(name) = quoted(text) {
        return Ok(What::Member(name.to_owned()));
    }
    let filter = text.strip_prefix('?').ok_or_else(|| format!("`{text}` is not understood"))?.trim();
    let filter = filter.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(filter);
    let (path, value) =
        filter.split_once("==").ok_or_else(|| format!("`{filter}` compares nothing by `==`"))?;
    let path = path.trim().strip_prefix("@.").ok_or_else(|| format!("`{path}` does not begin with `@.`"))?;
    let value = value.trim();
    let value = match quoted(value) {
        Some(text) => Json::String(text.to_owned()),
        None => serde_json::from_str(value).map_err(|_| format!("`{value}` is no value"))?,
    };
    Ok(What::Where(path.split('.').map(str::to_owned).collect(), value))
}

impl FromValue for JsonPath {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<JsonPath> {
        decode(value, diags, JsonPath::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str =
        r#"{"a": {"b": [1, {"id": 7, "n": "x"}, {"id": 8, "n": "y"}]}, "c d": true, "n": null}"#;

    #[test]
    fn paths_find_values() {
        for (path, value) in [
            ("$.a.b[0]", Some("1")),
            ("$['a'][\"b\"][-1].n", Some("y")),
            ("$['c d']", Some("true")),
            ("$..n", Some("null")),
            ("$..b[1].n", Some("x")),
            ("$.a.b[?(@.id==8)].n", Some("y")),
            ("$.a.b[?@.n == 'x'].id", Some("7")),
            ("$.a.*[1].id", Some("7")),
            ("$.a.b[*].id", Some("7")),
            ("$.a.b[1]", Some("{\"id\":7,\"n\":\"x\"}")),
            ("$.x", None),
            ("$.a.b[9]", None),
        ] {
            assert_eq!(JsonPath::parse(path).unwrap().find(BODY.as_bytes()).as_deref(), value, "{path}");
        }
        assert_eq!(JsonPath::parse("$.a").unwrap().find(b"no json"), None);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for path in ["", "a", "$.", "$[", "$[1:2]", "$[?@.a > 1]", "$[?(@.a==b)]"] {
            assert!(JsonPath::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(path in "\\$[a.*\\[\\]?@='1()-]{0,16}") {
            if let Ok(path) = JsonPath::parse(&path) {
                let _ = path.find(BODY.as_bytes());
            }
        }
    }
}
