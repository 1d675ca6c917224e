//! The XML writer: elements with the prefixes of [`PREFIXES`], declared once at the root.
use super::element::Element;
use super::name::{Name, PREFIXES, XML};
use super::scan::{any, is_control};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Escapes text for element content and attribute values. CR is written as a reference, because XML parsers
/// turn a bare CR LF into LF; characters that XML 1.0 forbids are dropped.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !any(text, needs_care) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    push_replaced(&mut out, text);
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, text: &str) {
    match any(text, needs_care) {
        false => out.push_str(text),
        true => push_replaced(out, text),
    }
}

fn push_replaced(out: &mut String, text: &str) {
    out.reserve(text.len() + text.len() / 16 + 16);
    let mut begin = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !CARE[usize::from(byte)] {
            continue;
        }
        let (instead, length) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' => ("&quot;", 1),
            b'\r' => ("&#13;", 1),
            ..=0x1f => ("", 1),
            0xef if text[at..].starts_with(['\u{fffe}', '\u{ffff}']) => ("", '\u{ffff}'.len_utf8()),
            _ => continue,
        };
        out.push_str(&text[begin..at]);
        out.push_str(instead);
        begin = at + length;
    }
    out.push_str(&text[begin..]);
}

const fn needs_care(byte: u8) -> bool {
    (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"') | (byte == 0xef) | is_control(byte)
}

/// What [`needs_care`] says of every byte.
const CARE: [bool; 256] = {
    let (mut care, mut byte) = ([false; 256], 0);
    while byte < 256 {
        care[byte] = needs_care(byte as u8);
        byte += 1;
    }
    care
};

/// The declarations of all known prefixes, as they stand in a tag.
pub(super) static DECLARATIONS: LazyLock<String> = LazyLock::new(|| {
    let declared = PREFIXES.iter().map(|(ns, prefix)| [" xmlns:", prefix, "=\"", ns, "\""].concat());
    declared.collect()
});

/// Writes a document into a string.
#[derive(Debug)]
pub struct XmlWriter {
    out: String,
}

impl XmlWriter {
    /// Begins a document with its root element and the declarations of all known prefixes.
    pub fn document(root: &Name) -> XmlWriter {
        let mut out = String::with_capacity(1024);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<");
        push_tag(&mut out, root);
        out.push_str(&DECLARATIONS);
        out.push('>');
        XmlWriter { out }
    }

    /// Makes room for so many bytes more.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// Begins a piece that is no document.
    pub fn fragment() -> XmlWriter {
        XmlWriter { out: String::new() }
    }

    /// What was written, when it is no document.
    pub fn into_fragment(self) -> String {
        self.out
    }

    /// Adds what another writer has written as no document.
    pub fn push_fragment(&mut self, fragment: &str) {
        self.out.push_str(fragment);
    }

    /// Where the document ends at present, for [`back_to`](Self::back_to).
    pub(super) fn mark(&self) -> usize {
        self.out.len()
    }

    /// Takes back what was written since that mark.
    pub(super) fn back_to(&mut self, mark: usize) {
        self.out.truncate(mark);
    }

    /// Closes the root and returns the document.
    pub fn finish(mut self, root: &Name) -> String {
        self.close(root);
        self.out.push('\n');
        self.out
    }

    /// The start tag.
    pub fn open(&mut self, name: &Name) {
        self.start(name);
        self.out.push('>');
    }

    /// The start tag with attributes without namespace.
    pub fn open_with(&mut self, name: &Name, attributes: &[(&str, &str)]) {
        self.start(name);
        self.attributes(attributes);
        self.out.push('>');
    }

    /// The end tag.
    pub fn close(&mut self, name: &Name) {
        self.out.push_str("</");
        push_tag(&mut self.out, name);
        self.out.push('>');
    }

    /// An element without content.
    pub fn empty(&mut self, name: &Name) {
        self.start(name);
        self.out.push_str("/>");
    }

    /// An element without content but with attributes.
    pub fn empty_with(&mut self, name: &Name, attributes: &[(&str, &str)]) {
        self.start(name);
        self.attributes(attributes);
        self.out.push_str("/>");
    }

    /// An element with text.
    pub fn text(&mut self, name: &Name, text: &str) {
        if text.is_empty() {
            return self.empty(name);
        }
        self.open(name);
        push_escaped(&mut self.out, text);
        self.close(name);
    }

    /// An element with a text of several parts.
    pub fn text_of(&mut self, name: &Name, parts: &[&str]) {
        if parts.iter().all(|part| part.is_empty()) {
            return self.empty(name);
        }
        self.open(name);
        parts.iter().for_each(|part| push_escaped(&mut self.out, part));
        self.close(name);
    }

    /// An element with text in a CDATA section, as CalendarServer writes calendar data: shorter, and with
    /// LF after parsing. Text that a section cannot hold is escaped.
    pub fn cdata(&mut self, name: &Name, text: &str) {
        let odd = |b: u8| (b == 0xef) | (is_control(b) & (b != b'\r'));
        if text.contains("]]>") || any(text, odd) {
            return self.text(name, text);
        }
        self.open(name);
        self.out.push_str("<![CDATA[");
        self.out.push_str(text);
        self.out.push_str("]]>");
        self.close(name);
    }

    /// Text alone.
    pub fn push_text(&mut self, text: &str) {
        push_escaped(&mut self.out, text);
    }

    /// A whole element as it was read.
    pub fn element(&mut self, element: &Element) {
        self.start(&element.name);
        for (index, (name, value)) in element.attributes.iter().enumerate() {
            let prefix = match name.prefix() {
                _ if name.ns().is_empty() => String::new(),
                _ if name.ns() == XML => "xml:".to_owned(),
                Some(prefix) => format!("{prefix}:"),
                // An attribute has no default namespace, so this one is given a prefix here.
                None => {
                    self.attribute(&format!("xmlns:n{index}"), name.ns());
                    format!("n{index}:")
                }
            };
            self.attribute(&format!("{prefix}{}", name.local()), value);
        }
        if element.text.is_empty() && element.children.is_empty() {
            self.out.push_str("/>");
            return;
        }
        self.out.push('>');
        push_escaped(&mut self.out, &element.text);
        for child in &element.children {
            self.element(child);
        }
        self.close(&element.name);
    }

    fn start(&mut self, name: &Name) {
        self.out.push('<');
        if !push_tag(&mut self.out, name) {
            // Without a prefix of its own the name stands in a default namespace, also when that is none.
            self.attribute("xmlns", name.ns());
        }
    }

    fn attributes(&mut self, attributes: &[(&str, &str)]) {
        attributes.iter().for_each(|(name, value)| self.attribute(name, value));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        // Parsers make a space of a tab or a line feed in an attribute, unless it is a reference.
        let value = escape(value);
        match value.contains(['\t', '\n']) {
            true => self.out.push_str(&value.replace('\t', "&#9;").replace('\n', "&#10;")),
            false => self.out.push_str(&value),
        }
        self.out.push('"');
    }
}

/// Writes a name; tells whether it has a prefix.
fn push_tag(out: &mut String, name: &Name) -> bool {
    let (prefix, local) = (name.prefix(), name.local());
    if let Some(prefix) = prefix {
        out.reserve(prefix.len() + local.len() + 3);
        // It is so short that to call for a copy costs more than to write it letter by letter.
        prefix.bytes().for_each(|letter| out.push(char::from(letter)));
        out.push(':');
    }
    out.push_str(local);
    prefix.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn carriage_returns_survive() {
        let mut w = XmlWriter::document(&names::PROP);
        w.text(&names::CALENDAR_DATA, "A\r\nB<&>\"\0");
        let text = w.finish(&names::PROP);
        let root = Element::parse(&text).unwrap();
        assert_eq!(root.children[0].text, "A\r\nB<&>\"");
    }

    #[test]
    fn calendar_data_stands_in_a_section_if_it_can() {
        for (text, read) in [("A<&\r\nB", "A<&\nB"), ("]]>\r", "]]>\r"), ("é\u{ffff}\0", "é")] {
            let mut w = XmlWriter::document(&names::PROP);
            w.cdata(&names::CALENDAR_DATA, text);
            let root = Element::parse(&w.finish(&names::PROP)).unwrap();
            assert_eq!(root.children[0].text, read);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(text in "[ -~\r\n\té\u{10000}]{0,60}", ns in "[a-z:&\"]{0,8}") {
            let element = Element {
                name: Name::read(&ns, "thing"),
                attributes: vec![
                    (Name::read("", "a"), text.clone()),
                    (Name::read("urn:p", "a"), text.clone()),
                    (Name::read("urn:q", "a"), text.clone()),
                ],
                text: text.clone(),
                children: vec![],
            };
            let mut w = XmlWriter::document(&names::PROP);
            w.element(&element);
            let root = Element::parse(&w.finish(&names::PROP)).unwrap();
            prop_assert_eq!(&root.children[0], &element);
        }
    }
}
