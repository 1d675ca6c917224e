//! Paths in JSON: the part of JSONPath (RFC 9535) that finds values in answers: all but its functions.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`JsonPath`] |
//! | `grammar.rs` | its text, read |
//! | `walk.rs` | what it leads to in a body |

mod grammar;
mod walk;

use std::rc::Rc;

use serde_json::Value as Json;

use super::path::{How, decode};
use crate::config::{Diagnostics, FromValue, Value};

/// A path.
#[derive(Clone, Debug)]
pub struct JsonPath {
    text: Rc<str>,
    steps: Rc<[Step]>,
}

/// What is known of the language, for whoever wrote something else.
const KNOWN: &str = "known are $, .name, ['name'], [0], [-1], [*], .*, ..name, lists as [0,2], slices as [1:3], and filters as \
    [?(@.a == 'x' && !@.b)] with == != < <= > >=, &&, || and brackets; no functions";

#[derive(Debug)]
struct Step {
    /// Whether it goes down to any depth.
    deep: bool,
    whats: Vec<What>,
}

#[derive(Debug)]
enum What {
    Member(String),
    /// Of an array; below 0 it is counted from the end.
    Element(i64),
    /// From one to before another, by so many.
    Slice(Option<i64>, Option<i64>, i64),
    All,
    Where(Condition),
}

#[derive(Debug)]
enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// It leads to something.
    There(Operand),
    Compared(Operand, How, Operand),
}

#[derive(Debug)]
enum Operand {
    Value(Json),
    /// From what is looked at, or from the root.
    Path {
        of_root: bool,
        steps: Vec<Step>,
    },
}

impl JsonPath {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads a path.
    ///
    /// # Errors
    /// What is not understood in it.
    pub fn parse(text: &str) -> Result<JsonPath, String> {
        Ok(JsonPath { text: text.into(), steps: grammar::read(text)?.into() })
    }

    /// The value of what it finds first: a text as it is, anything else as JSON.
    pub fn find(&self, body: &[u8]) -> Option<String> {
        self.find_all(body, 1).pop()
    }

    /// The same of all that it finds, at most so many.
    pub fn find_all(&self, body: &[u8], most: usize) -> Vec<String> {
        let Ok(json) = serde_json::from_slice::<Json>(body) else { return Vec::new() };
        let text = |value: &Json| match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        walk::found(&self.steps, &json).into_iter().take(most).map(text).collect()
    }
}

impl FromValue for JsonPath {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<JsonPath> {
        decode(value, diags, JsonPath::parse, KNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = r#"{"a": {"b": [1, {"id": 7, "n": "x"}, {"id": 8, "n": "y"}]}, "c d": true, "n": null, "it's": 3, "want": 8}"#;

    #[test]
    fn paths_find_values() {
        for (path, value) in [
            ("$.a.b[0]", Some("1")),
            ("$['a'][\"b\"][-1].n", Some("y")),
            ("$['c d']", Some("true")),
            ("$['it\\'s']", Some("3")),
            ("$..n", Some("null")),
            ("$..b[1].n", Some("x")),
            ("$.a.b[?(@.id==8)].n", Some("y")),
            ("$.a.b[?@.n == 'x'].id", Some("7")),
            ("$..[?(@.n=='y')].id", Some("8")),
            ("$.a.b[?(@.id > 7)].n", Some("y")),
            ("$.a.b[?(@.id <= 7.0)].n", Some("x")),
            ("$.a.b[?(@.n != 'x' && @.id)].n", Some("y")),
            ("$.a.b[?(@.n < 'b' || @.id == 8)].n", Some("y")),
            ("$.a.b[?(@.n)].id", Some("7")),
            ("$.a.b[?(!@.n)]", Some("1")),
            ("$.a.b[?(!(@.id == 7) && @['n'])].id", Some("8")),
            ("$.a.b[?(@ == 1)]", Some("1")),
            ("$.a.b[?(@.id == $.want)].n", Some("y")),
            ("$.a[?(@[1].n == 'x')][0]", Some("1")),
            ("$[?(@ == true)]", Some("true")),
            ("$.a.*[1].id", Some("7")),
            ("$.a.b[*].id", Some("7")),
            ("$.a.b[1]", Some("{\"id\":7,\"n\":\"x\"}")),
            ("$.a.b[1:].n", Some("x")),
            ("$.a.b[-1:].n", Some("y")),
            ("$.a.b[:1]", Some("1")),
            ("$.a.b[::-1].n", Some("y")),
            ("$.a.b[5,2].n", Some("y")),
            ("$['none', 'want']", Some("8")),
            ("$.x", None),
            ("$.a.b[9]", None),
            ("$.a.b[3:]", None),
            ("$.a.b[::0]", None),
        ] {
            let read = JsonPath::parse(path).unwrap_or_else(|why| panic!("{path}: {why}"));
            assert_eq!(read.find(BODY.as_bytes()).as_deref(), value, "{path}");
        }
        assert_eq!(JsonPath::parse("$.a").unwrap().find(b"no json"), None);
        let all = |path: &str| JsonPath::parse(path).unwrap().find_all(b"[0,1,2,3,4]", 9).concat();
        let slices = ["$[1:3]", "$[::2]", "$[-2:]", "$[3:1:-1]", "$[:-3]", "$[0,-1]", "$[-9:9]"];
        assert_eq!(slices.map(all), ["12", "024", "34", "32", "01", "04", "01234"]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for path in [
            "",
            "a",
            "$a",
            "$.",
            "$[",
            "$[]",
            "$[a]",
            "$.a b",
            "$.a.length()",
            "$[?(@.a==b)]",
            "$[?length(@.a) > 1]",
            "$[?(@.a =~ /b/)]",
            "$[?(@.a]",
            "$[?()]",
            "$['a]",
            "$[1:2:3:4]",
            "$[1.5]",
            "$.a)",
            "$[?'a']",
            "$...a",
        ] {
            assert!(JsonPath::parse(path).is_err(), "{path}");
        }
        let deep = format!("$[?{}@.a{}]", "(".repeat(100), ")".repeat(100));
        assert!(JsonPath::parse(&deep).unwrap_err().contains("deep"));
        // A long one is none that is deep.
        let long = format!("$[?{}]", ["@ == 1"; 100_000].join(" || "));
        assert_eq!(JsonPath::parse(&long).unwrap().find(b"[1]").as_deref(), Some("1"));
    }

    #[test]
    fn a_path_takes_no_more_than_so_many_steps() {
        let body = format!("[{}0]", "[[[0]]],".repeat(20_000));
        let path = JsonPath::parse("$..[?(@..[?(@..[?(@..a)])])]").unwrap();
        assert_eq!(path.find(body.as_bytes()), None);
        assert_eq!(JsonPath::parse("$[20000]").unwrap().find(body.as_bytes()).as_deref(), Some("0"));
        // What is looked at for each of them takes its steps, too.
        for path in ["$[?($[*] != 1)]", "$[?($[0:] != 1)]"] {
            assert_eq!(JsonPath::parse(path).unwrap().find(body.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn what_is_far_behind_is_found() {
        let body = format!("{{\"a\": [{}0], \"b\": [{{\"n\": \"x\", \"id\": 7}}]}}", "0,".repeat(200_000));
        let find = |path: &str| JsonPath::parse(path).unwrap().find(body.as_bytes());
        assert_eq!(find("$..[?(@.n == 'x')].id").as_deref(), Some("7"));
    }

    #[test]
    fn long_numbers_are_told_apart() {
        let body = r#"[{"id": 9007199254740992, "n": "a"}, {"id": 9007199254740993, "n": "b"}, {"id": -1.0, "n": "c"}]"#;
        let find = |path: &str| JsonPath::parse(path).unwrap().find(body.as_bytes());
        assert_eq!(find("$[?(@.id == 9007199254740993)].n").as_deref(), Some("b"));
        assert_eq!(find("$[?(@.id > 9007199254740992)].n").as_deref(), Some("b"));
        assert_eq!(find("$[?(@.id == -1)].n").as_deref(), Some("c"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(path in "\\$([a.*\\[\\]?@='1():,!<-]|&&|\\|\\||\\.\\.|\\[\\?){0,12}") {
            if let Ok(path) = JsonPath::parse(&path) {
                let _ = path.find(BODY.as_bytes());
            }
        }
    }
}
