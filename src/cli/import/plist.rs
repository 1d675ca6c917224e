//! A property list that is written, with comments for whoever goes on with it by hand.

use std::borrow::Cow;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Dict(Vec<Entry>),
    Array(Vec<Item>),
    Text(String),
    /// A number as it is written: whole, or with a point.
    Number(f64),
    Truth(bool),
}

/// A key of a dict.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub comment: Option<String>,
    pub key: String,
    pub value: Node,
}

/// An element of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub comment: Option<String>,
    pub value: Node,
}

impl Node {
    pub fn text(text: impl Into<String>) -> Node {
        Node::Text(text.into())
    }

    /// An array without comments.
    pub fn array(values: impl IntoIterator<Item = Node>) -> Node {
        Node::Array(values.into_iter().map(|value| Item { comment: None, value }).collect())
    }
}

/// A dict that is being filled.
#[derive(Clone, Debug, Default)]
pub struct Filling(Vec<Entry>);

impl Filling {
    pub fn with(self, key: &str, value: Node) -> Filling {
        self.said("", key, value)
    }

    /// The same with a comment before it; an empty one is none.
    pub fn said(mut self, comment: &str, key: &str, value: Node) -> Filling {
        let comment = Some(comment.to_owned()).filter(|comment| !comment.is_empty());
        self.0.push(Entry { comment, key: key.to_owned(), value });
        self
    }

    /// With a key only if there is a value for it.
    pub fn maybe(self, key: &str, value: Option<Node>) -> Filling {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// With all that another one has.
    pub fn and(mut self, other: Filling) -> Filling {
        self.0.extend(other.0);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn dict(self) -> Node {
        Node::Dict(self.0)
    }
}

/// The whole document, headed by a comment.
pub fn document(head: &str, top: &Node) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
    );
    comment(head, 0, &mut text);
    text.push_str("<plist version=\"1.0\">\n");
    node(top, 0, &mut text);
    text.push_str("</plist>\n");
    text
}

fn node(value: &Node, depth: usize, text: &mut String) {
    match value {
        Node::Dict(entries) => {
            line(depth, "<dict>", text);
            for entry in entries {
                entry.comment.iter().for_each(|said| comment(said, depth + 1, text));
                let key = format!("<key>{}</key>", escaped(&entry.key));
                match scalar(&entry.value) {
                    Some(value) => line(depth + 1, &format!("{key} {value}"), text),
                    None => {
                        line(depth + 1, &key, text);
                        node(&entry.value, depth + 1, text);
                    }
                }
            }
            line(depth, "</dict>", text);
        }
        Node::Array(items) => {
            line(depth, "<array>", text);
            for item in items {
                item.comment.iter().for_each(|said| comment(said, depth + 1, text));
                node(&item.value, depth + 1, text);
            }
            line(depth, "</array>", text);
        }
        value => line(depth, &scalar(value).unwrap_or_default(), text),
    }
}

/// What stands on one line. None: it holds other values.
fn scalar(value: &Node) -> Option<String> {
    Some(match value {
        Node::Dict(_) | Node::Array(_) => return None,
        Node::Text(said) => format!("<string>{}</string>", escaped(said)),
        Node::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("<integer>{number:.0}</integer>")
        }
        Node::Number(number) => format!("<real>{number}</real>"),
        Node::Truth(truth) => if *truth { "<true/>" } else { "<false/>" }.to_owned(),
    })
}

fn comment(said: &str, depth: usize, text: &mut String) {
    // Two hyphens would end it.
    let said = said.replace("--", "- -");
    let mut lines: Vec<&str> = said.lines().collect();
    let last = lines.pop().unwrap_or_default();
    let (mut before, last) = (String::from("<!-- "), last.trim_end_matches('-'));
    for one in lines {
        line(depth, &format!("{before}{one}"), text);
        before = "     ".to_owned();
    }
    line(depth, &format!("{before}{last} -->"), text);
}

fn line(depth: usize, what: &str, text: &mut String) {
    text.push_str(&"    ".repeat(depth));
    text.push_str(what);
    text.push('\n');
}

/// As it stands within an element. What XML cannot hold, a control character, becomes the sign for what is unknown.
fn escaped(text: &str) -> Cow<'_, str> {
    let forbidden = |c: char| matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    if !text.contains(|c| matches!(c, '<' | '>' | '&') || forbidden(c)) {
        return text.into();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace(forbidden, "\u{fffd}").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, Kind, read_bytes};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(text in "[ -~äö€<>&-]{0,40}", said in "[ -~\n-]{0,40}", number in -1e9f64..1e9) {
            let top = Filling::default()
                .said(&said, "a<b", Node::text(text.trim()))
                .with("n", Node::Number(number))
                .with("w", Node::Number(number.trunc()))
                .with("l", Node::array([Node::Truth(true)]))
                .maybe("none", None);
            let (diags, written) = (Diagnostics::new(), document(&said, &top.dict()));
            let read = read_bytes("p", written.as_bytes(), &diags);
            prop_assert!(diags.is_empty(), "{}\n{written}", crate::config::render(&diags));
            let read = read.unwrap();
            prop_assert_eq!(read.get("a<b").and_then(|value| value.as_str()), Some(text.trim()));
            match read.get("n").map(|value| &value.kind) {
                Some(Kind::Real(back)) => prop_assert_eq!(*back, number),
                Some(Kind::Integer(back)) => prop_assert_eq!(*back as f64, number),
                other => prop_assert!(false, "{other:?}"),
            }
            prop_assert!(matches!(read.get("w").map(|value| &value.kind), Some(Kind::Integer(_))));
            prop_assert!(read.get("none").is_none());
        }
    }
}
