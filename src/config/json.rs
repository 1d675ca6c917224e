//! The reader of JSON files that a configuration names: the same values as those of property lists.

use std::path::Path;
use std::rc::Rc;

use serde::de::IgnoredAny;

use super::{At, Diagnostics, KeyPath, Kind, MAX_BYTES, MAX_DEPTH, Pair, Source, Value, read_text};

/// Reads one JSON file. All faults go to `diags`; `None` when nothing came of it. A null is reported:
/// nothing that we read has a use for it.
pub fn read_json_file(path: &Path, diags: &Diagnostics) -> Option<Value> {
    let name = path.display().to_string();
    match read_text(path, MAX_BYTES) {
        Ok(text) => read_json(&name, &text, diags),
        Err(fault) => {
            diags.error(&At::named(name), fault);
            None
        }
    }
}

/// Reads JSON from memory; `name` stands for the file in diagnostics.
pub fn read_json(name: &str, text: &str, diags: &Diagnostics) -> Option<Value> {
    let source = Source::text(name, text);
    // serde_json knows best what is wrong with a text; the walk below only finds out where values stand.
    if let Err(fault) = serde_json::from_str::<IgnoredAny>(text) {
        let (at, message) = json_fault(&source, &fault);
        diags.error(&at, format!("malformed JSON: {message}"));
        return None;
    }
    Walk { source: &source, text, at: 0, diags }.value(KeyPath::default(), 1)
}

/// Where in a text serde_json found a fault, and what it says of it.
pub fn json_fault(source: &Rc<Source>, fault: &serde_json::Error) -> (At, String) {
    let at = source.offset(fault.line(), fault.column());
    // The place stands within the words as well, in another form.
    let words = fault.to_string();
    let words = words.split(" at line ").next().unwrap_or_default().to_owned();
    (At::span(source, at..at, KeyPath::default()), words)
}

/// A walk over a text that is known to be JSON.
struct Walk<'a> {
    source: &'a Rc<Source>,
    text: &'a str,
    at: usize,
    diags: &'a Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, path: KeyPath, depth: usize) -> Option<Value> {
        self.blank();
        let begin = self.at;
        if depth > MAX_DEPTH {
            let at = At::span(self.source, begin..begin, path);
            self.diags.error(&at, format!("the nesting is deeper than {MAX_DEPTH} levels"));
            return None;
        }
        let kind = match self.text[begin..].bytes().next()? {
            b'{' => self.dict(&path, depth)?,
            b'[' => self.array(&path, depth)?,
            b'"' => Kind::String(self.string()?),
            _ => self.plain(&path),
        };
        Some(Value { kind, at: At::span(self.source, begin..self.at, path) })
    }

    fn dict(&mut self, path: &KeyPath, depth: usize) -> Option<Kind> {
        let mut pairs: Vec<Pair> = Vec::new();
        while self.next_item('}') {
            let begin = self.at;
            let key = self.string()?;
            let key_at = At::span(self.source, begin..self.at, path.key(&key));
            self.blank();
            self.at += 1;
            let value = self.value(path.key(&key), depth + 1)?;
            if let Some(first) = pairs.iter().find(|pair| pair.key == key) {
                self.diags.error(&key_at, format!("`{key}` comes twice")).also(&first.key_at, "here first");
            } else {
                pairs.push(Pair { key, key_at, value });
            }
        }
        Some(Kind::Dict(pairs))
    }

    fn array(&mut self, path: &KeyPath, depth: usize) -> Option<Kind> {
        let mut items = Vec::new();
        while self.next_item(']') {
            items.push(self.value(path.index(items.len()), depth + 1)?);
        }
        Some(Kind::Array(items))
    }

    /// Goes over the opening bracket or the comma; false, and over it, at the closing bracket.
    fn next_item(&mut self, close: char) -> bool {
        self.blank();
        if !self.text[self.at..].starts_with(close) {
            self.at += 1;
            self.blank();
        }
        let closed = self.text[self.at..].starts_with(close);
        self.at += usize::from(closed);
        !closed
    }

    fn string(&mut self) -> Option<String> {
        let begin = self.at;
        let mut escaped = false;
        let inside = self.text.get(begin + 1..)?;
        let length = inside.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.at = begin + 1 + length + 1;
        serde_json::from_str(&self.text[begin..self.at]).ok()
    }

    /// A number, a truth or a null.
    fn plain(&mut self, path: &KeyPath) -> Kind {
        let begin = self.at;
        let rest = &self.text[begin..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        self.at = begin + length.unwrap_or(rest.len());
        let text = &self.text[begin..self.at];
        let number = || text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Kind::Real);
        let kind = match text {
            "true" => Some(Kind::Boolean(true)),
            "false" => Some(Kind::Boolean(false)),
            _ => text.parse().ok().map(Kind::Integer).or_else(number),
        };
        kind.unwrap_or_else(|| {
            let at = At::span(self.source, begin..self.at, path.clone());
            self.diags.error(&at, format!("{text} has no meaning here"));
            Kind::Broken
        })
    }

    fn blank(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Option<Value>, Vec<String>) {
        let diags = Diagnostics::new();
        let value = read_json("t", text, &diags);
        (value, diags.all().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_know_where_they_stand() {
        let (value, faults) = read("{\"a\" : [1, -2.5e1,\n true, \"x\\\"\u{e4}\"], \"b\": {}, \"c\":[]}");
        assert!(faults.is_empty());
        let value = value.unwrap();
        let items = value.get("a").unwrap().as_array().unwrap();
        assert!(matches!(items[0].kind, Kind::Integer(1)));
        assert!(matches!(items[1].kind, Kind::Real(-25.0)));
        assert!(matches!(items[2].kind, Kind::Boolean(true)));
        assert_eq!(items[3].as_str(), Some("x\"ä"));
        assert_eq!(items[2].at.to_string(), "t:2:2");
        assert_eq!(items[3].at.path().to_string(), "a[3]");
        assert!(matches!(value.get("b").unwrap().kind, Kind::Dict(ref pairs) if pairs.is_empty()));
        assert_eq!(value.get("c").unwrap().as_array().unwrap().len(), 0);
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(read("{\n \"a\": [1,]}").1, ["t:2:10: error: malformed JSON: expected value"]);
        assert_eq!(read("").1, ["t:1:1: error: malformed JSON: EOF while parsing a value"]);
        assert_eq!(read("{\"a\": null}").1, ["t:1:7: error: null has no meaning here"]);
        assert_eq!(read("{\"a\": 1, \"a\": 2}").1, ["t:1:10: error: `a` comes twice"]);
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(read(&deep).1, ["t:1:65: error: the nesting is deeper than 64 levels"]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in r#"[\[\]{}",:\\ 0-9a-eu\.ä\n-]{0,30}"#) {
            let _ = read(&text);
        }

        #[test]
        fn what_serde_writes_is_read(keys in prop::collection::vec(".{0,5}", 0..5), number in any::<i64>()) {
            let map: serde_json::Map<_, _> = keys.into_iter().map(|key| (key, number.into())).collect();
            let (value, faults) = read(&serde_json::to_string_pretty(&map).unwrap());
            prop_assert!(faults.is_empty());
            for key in map.keys() {
                prop_assert!(matches!(value.as_ref().unwrap().get(key).unwrap().kind, Kind::Integer(n) if n == number));
            }
        }
    }
}
