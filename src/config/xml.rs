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
    let text = source.contents()?;
    if let Some(offset) = prolog::internal_subset(text) {
        diags
            .error(
                &At::span(source, offset..offset + 1, KeyPath::default()),
                "a document type with declarations of its own is not accepted",
            )
            .help("only Apple's document type, which declares nothing, may stand here");
        return None;
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_VALUES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => Reader { source, diags }.top(document.root_element()),
        Err(fault) => {
            syntax(source, &fault, diags);
            None
        }
    }
}

/// Reports that a text is not well-formed XML.
fn syntax(source: &Rc<Source>, fault: &Error, diags: &Diagnostics) {
    let text = source.contents().unwrap_or_default();
    let (offset, message) = match fault {
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => {
            (text.trim_end().len(), "the file ends before its last element is closed".to_owned())
        }
        Error::NoRootNode => (0, "the file holds no element: this is not a property list".to_owned()),
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
    diags.error(&At::span(source, offset..offset + 1, KeyPath::default()), message);
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
                self.diags.error(&self.at(node, path), message);
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
