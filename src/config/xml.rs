//! The reader of XML property lists.
//!
//! Broken values are reported and kept as [`Kind::Broken`], so that one pass finds all faults of a
//! well-formed file.

use std::collections::BTreeMap;
use std::rc::Rc;

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::{At, Diagnostics, KeyPath, Kind, MAX_DEPTH, MAX_VALUES, Pair, Source, Value, did_you_mean};
use super::{prolog, scalar};

const ELEMENTS: [&str; 9] = ["dict", "array", "string", "integer", "real", "true", "false", "date", "data"];

/// Reads the text of `source`.
pub(super) fn read(source: &Rc<Source>, diags: &Diagnostics) -> Option<Value> {
    let document = document(source.contents()?, source, "a property list", diags)?;
    Reader { source, diags }.top(document.root_element())
}

/// Parses a text that should be `what`. Where it is not well-formed is reported at its place in `source`, which has as many bytes
/// in every line. Nothing is expanded and nothing outside is looked at.
pub fn document<'s>(
    text: &'s str,
    source: &Rc<Source>,
    what: &str,
    diags: &Diagnostics,
) -> Option<Document<'s>> {
    if let Some(offset) = prolog::internal_subset(text) {
        diags
            .error(
                &At::span(source, offset..offset + 1, KeyPath::default()),
                "a document type with declarations of its own is not accepted",
            )
            .help("only a document type that declares nothing may stand here");
        return None;
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_VALUES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => Some(document),
        Err(fault) => {
            syntax(source, &fault, what, diags);
            None
        }
    }
}

/// Reports that a text is not well-formed XML.
fn syntax(source: &Rc<Source>, fault: &Error, what: &str, diags: &Diagnostics) {
    let text = source.contents().unwrap_or_default();
    let (offset, message) = match fault {
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            (text.trim_end().len(), "the file ends before its last element is closed".to_owned())
        }
        Error::NoRootNode => (0, format!("the file holds no element: this is not {what}")),
        Error::NodesLimitReached => (0, format!("the file holds more than {MAX_VALUES} values")),
        Error::UnexpectedCloseTag(expected, found, place) => {
            (place_of(source, *place), format!("expected </{expected}>, found </{found}>"))
        }
        other => {
            let place = other.pos();
            let message = other.to_string().replace(&format!(" at {place}"), "");
            (place_of(source, place), format!("this is not well-formed XML: {message}"))
        }
    };
    let note = diags.error(&At::span(source, offset..offset + 1, KeyPath::default()), message);
    // What follows is no name, so that no element was meant.
    if text.get(..offset).is_some_and(|before| before.ends_with('<')) {
        note.help("in a text, `<` is written `&lt;`");
    }
}

fn place_of(source: &Source, place: roxmltree::TextPos) -> usize {
    source.offset(place.row as usize, place.col as usize)
}

/// What the descent carries along.
struct Reader<'a> {
    source: &'a Rc<Source>,
    diags: &'a Diagnostics,
}

impl Reader<'_> {
    fn at(&self, node: Node<'_, '_>, path: &KeyPath) -> At {
        At::span(self.source, node.range(), path.clone())
    }

    /// The one value inside `<plist>`.
    fn top(&self, root: Node<'_, '_>) -> Option<Value> {
        let path = KeyPath::default();
        if root.tag_name().name() != "plist" {
            let message = format!("expected <plist>, found <{}>", root.tag_name().name());
            self.diags.error(&self.at(root, &path), message).help("this is not a property list");
            return None;
        }
        self.refuse_text(root, &path);
        let mut elements = root.children().filter(Node::is_element);
        let Some(first) = elements.next() else {
            self.diags.error(&self.at(root, &path), "the property list is empty");
            return None;
        };
        if let Some(second) = elements.next() {
            self.diags
                .error(&self.at(second, &path), "a property list holds one value; this is a second one");
        }
        Some(self.value(first, path, 1))
    }

    /// One element at nesting `depth`, from 1.
    fn value(&self, node: Node<'_, '_>, path: KeyPath, depth: usize) -> Value {
        let kind = match node.tag_name().name() {
            "dict" | "array" if depth > MAX_DEPTH => {
                let message = format!("the nesting is deeper than {MAX_DEPTH} levels");
                self.diags.error(&self.at(node, &path), message);
                Kind::Broken
            }
            "dict" => self.dict(node, &path, depth),
            "array" => self.array(node, &path, depth),
            name => self.scalar(node, name, &path).unwrap_or(Kind::Broken),
        };
        Value { kind, at: self.at(node, &path) }
    }

    /// An element that is nothing but text.
    fn scalar(&self, node: Node<'_, '_>, name: &str, path: &KeyPath) -> Option<Kind> {
        let decode: fn(&str) -> Result<Kind, String> = match name {
            "string" => |text| Ok(Kind::String(text.to_owned())),
            "integer" => scalar::integer,
            "real" => scalar::real,
            "date" => scalar::date,
            "data" => scalar::data,
            "true" => |text| scalar::boolean(text, true),
            "false" => |text| scalar::boolean(text, false),
            "key" => {
                self.diags
                    .error(&self.at(node, path), "a <key> stands only in a <dict>, before its value")
                    .help("write <string> for a text");
                return None;
            }
            _ => {
                self.diags
                    .error(&self.at(node, path), format!("<{name}> is no element of a property list"))
                    .help(did_you_mean(name, ELEMENTS));
                return None;
            }
        };
        let text = self.text(node, path)?;
        match decode(&text) {
            Ok(kind) => Some(kind),
            Err(message) => {
                let note = self.diags.error(&self.at(node, path), message);
                if name == "date" {
                    note.help("write it with its zone, as 2026-01-05T09:00:00Z or 2026-01-05T09:00:00+01:00");
                }
                None
            }
        }
    }

    /// All text of an element, CDATA included, comments left out; elements inside are an error.
    fn text(&self, node: Node<'_, '_>, path: &KeyPath) -> Option<String> {
        if let Some(inner) = node.children().find(Node::is_element) {
            let message = format!("<{}> holds text only", node.tag_name().name());
            self.diags.error(&self.at(inner, path), message);
            return None;
        }
        Some(node.children().filter(Node::is_text).filter_map(|text| text.text()).collect())
    }

    /// Reports text between the elements of a dict, an array or the top.
    fn refuse_text(&self, node: Node<'_, '_>, path: &KeyPath) {
        for text in node.children().filter(Node::is_text) {
            let content = text.text().unwrap_or_default();
            if content.trim().is_empty() {
                continue;
            }
            let range = text.range();
            let raw = self.source.contents().and_then(|all| all.get(range.clone())).unwrap_or_default();
            let start = range.start + raw.len() - raw.trim_start().len();
            let at = At::span(self.source, start..start + raw.trim().len(), path.clone());
            let message = format!("text stands outside of an element in <{}>", node.tag_name().name());
            self.diags.error(&at, message);
        }
    }

    fn array(&self, node: Node<'_, '_>, path: &KeyPath, depth: usize) -> Kind {
        self.refuse_text(node, path);
        let elements = node.children().filter(Node::is_element).enumerate();
        Kind::Array(elements.map(|(index, item)| self.value(item, path.index(index), depth + 1)).collect())
    }

    fn dict(&self, node: Node<'_, '_>, path: &KeyPath, depth: usize) -> Kind {
        self.refuse_text(node, path);
        let mut pairs: Vec<Pair> = Vec::new();
        let mut first: BTreeMap<String, At> = BTreeMap::new();
        let mut elements = node.children().filter(Node::is_element).peekable();
        while let Some(element) = elements.next() {
            if element.tag_name().name() != "key" {
                let message = format!("<{}> has no <key> before it", element.tag_name().name());
                self.diags.error(&self.at(element, path), message);
                continue;
            }
            let Some(key) = self.text(element, path) else { continue };
            let key_path = path.key(&key);
            let key_at = self.at(element, &key_path);
            let Some(value) = elements.next_if(|next| next.tag_name().name() != "key") else {
                self.diags.error(&key_at, format!("the key `{key}` has no value"));
                continue;
            };
            if let Some(earlier) = first.get(&key) {
                self.diags
                    .error(&key_at, format!("the key `{key}` stands here for the second time"))
                    .also(earlier, "it stands here first");
                continue;
            }
            first.insert(key.clone(), key_at.clone());
            let value = self.value(value, key_path, depth + 1);
            pairs.push(Pair { key, key_at, value });
        }
        Kind::Dict(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};
    use proptest::prelude::*;

    fn messages(text: &str) -> Vec<String> {
        let diags = Diagnostics::new();
        read_bytes("t", text.as_bytes(), &diags);
        render(&diags);
        diags.all().iter().map(ToString::to_string).collect()
    }

    fn one(body: &str) -> String {
        messages(&format!("<plist>\n{body}\n</plist>")).join("; ")
    }

    #[test]
    fn structure_faults_have_line_and_column() {
        for (body, expected) in [
            ("<dict><integer>1</integer></dict>", "t:2:7: error: <integer> has no <key> before it"),
            ("<dict><key>a</key></dict>", "t:2:7: error: the key `a` has no value"),
            ("<dict><key>a</key><key>b</key><true/></dict>", "t:2:7: error: the key `a` has no value"),
            ("<array>x</array>", "t:2:8: error: text stands outside of an element in <array>"),
            ("<array><int>1</int></array>", "t:2:8: error: <int> is no element of a property list"),
            ("<key>a</key>", "t:2:1: error: a <key> stands only in a <dict>, before its value"),
            ("<string>ä<true/></string>", "t:2:10: error: <string> holds text only"),
            ("<true>yes</true>", "t:2:1: error: <true/> has no content"),
            ("<true/>\n<true/>", "t:3:1: error: a property list holds one value; this is a second one"),
            ("<!-- nothing -->", "t:1:1: error: the property list is empty"),
            (
                "<dict><key>a</key><true/>\n<key>a</key><false/></dict>",
                "t:3:1: error: the key `a` stands here for the second time",
            ),
        ] {
            assert_eq!(one(body), expected, "{body}");
        }
    }

    #[test]
    fn syntax_faults_have_line_and_column() {
        for (text, expected) in [
            ("<plist>\n<array>\n</arrray></plist>", "t:3:1: error: expected </array>, found </arrray>"),
            ("<plist>\n<array>\n", "t:2:8: error: the file ends before its last element is closed"),
            ("<dict/>", "t:1:1: error: expected <plist>, found <dict>"),
            ("", "t:1:1: error: the file holds no element: this is not a property list"),
            ("<plist><true/></plist>\n<plist/>", "t:2:1: error: this is not well-formed XML: unknown token"),
        ] {
            assert_eq!(messages(text).join("; "), expected, "{text}");
        }
    }

    #[test]
    fn a_bare_less_than_is_told_how_it_is_written() {
        let diags = Diagnostics::new();
        read_bytes("t", b"<plist><string>p99 < 50ms</string></plist>", &diags);
        assert_eq!(diags.all()[0].help, ["in a text, `<` is written `&lt;`"]);
    }

    #[test]
    fn all_faults_of_a_file_are_found() {
        let found = one("<array><integer>x</integer><real/><dat/></array>");
        assert_eq!(found.matches("error").count(), 3, "{found}");
    }

    #[test]
    fn nesting_is_bounded_without_exhausting_the_stack() {
        let nested = |levels: usize| format!("{}{}", "<array>".repeat(levels), "</array>".repeat(levels));
        assert_eq!(one(&nested(MAX_DEPTH)), "");
        assert!(one(&nested(MAX_DEPTH + 1)).ends_with("the nesting is deeper than 64 levels"));
        assert!(one(&nested(200_000)).ends_with("the nesting is deeper than 64 levels"));
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE plist [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><plist><string>&b;</string></plist>";
        assert!(messages(bomb)[0].starts_with("t:1:17: error: a document type with declarations"));
    }

    #[test]
    fn a_byte_order_mark_is_no_column_and_utf16_is_refused() {
        let diags = Diagnostics::new();
        read_bytes("t", b"\xef\xbb\xbf<dict/>", &diags);
        read_bytes("t", b"\xff\xfe<\0d\0", &diags);
        read_bytes("t", b"<plist>\n\xe9</plist>", &diags);
        let found: Vec<String> = diags.all().iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "t:1:1: error: expected <plist>, found <dict>",
                "t: error: the file is neither an XML nor a binary property list",
                "t:2:1: error: the text is not valid UTF-8"
            ]
        );
    }

    const WHOLE: &str = "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://x\">\n\
        <plist><dict><key>ä</key><array><integer>1</integer><date>2026-01-05T09:00:00Z</date>\
        <data>aGk=</data><![CDATA[ ]]></array></dict></plist>";

    proptest! {
        #[test]
        fn damaged_files_are_errors_not_panics(at in 0usize..300, byte: u8, cut in 0usize..300) {
            prop_assert_eq!(messages(WHOLE), Vec::<String>::new());
            let mut file = WHOLE.as_bytes().to_vec();
            let length = file.len();
            file[at % length] = byte;
            let diags = Diagnostics::new();
            read_bytes("t", &file, &diags);
            render(&diags);
            file.truncate(cut % length);
            read_bytes("t", &file, &diags);
            render(&diags);
            prop_assert!(diags.has_errors());
        }
    }
}
