//! Reads an XML document as a stream: one start or end of an element or piece of text after the other, nothing kept of
//! what was read. What nobody wants is skipped for the price of looking at its tags.
use super::element::XmlError;
use super::name::{Name, PREFIXES, Space, XML};
use super::scan::{any, split_at_byte};
use super::token::{Token, Tokens, attributes, decode, decode_section, decode_value, is_local};
use super::xml::DECLARATIONS;
use std::borrow::Cow;
use std::cell::Cell;

/// The deepest nesting that is read; DAV bodies need fewer than twenty levels.
pub const MAX_DEPTH: usize = 64;
/// The most attributes of one element; DAV needs three, and the declarations of namespaces are attributes too.
pub const MAX_ATTRIBUTES: usize = 256;
/// The most declarations of namespaces that hold at one place, and the longest namespace, bytes: every element is
/// compared with the former, and keeps a copy of the latter.
const MAX_SPACES: usize = 256;
const MAX_SPACE: usize = 256;
/// The most elements that are looked at; a list of 8 MiB has a third of a million.
pub const MAX_ELEMENTS: usize = 500_000;

/// What comes next in a document.
#[derive(Debug)]
pub enum Item<'a> {
    /// An element begins; its content and a [`Close`](Item::Close) follow.
    Open(Tag<'a>),
    /// The element that was opened last ends.
    Close,
    /// Text in it.
    Text(Cow<'a, str>),
}

/// The start of an element.
#[derive(Debug)]
pub struct Tag<'a> {
    space: Space,
    local: &'a str,
    attributes: &'a str,
}

impl Tag<'_> {
    /// Whether it is this one.
    pub fn is(&self, name: &Name) -> bool {
        self.local == name.local() && self.space == *name.ns()
    }

    /// Its name.
    pub fn name(&self) -> Name {
        Name::within(self.space.clone(), self.local)
    }
}

/// A document on its way.
#[derive(Debug)]
pub struct Reader<'a> {
    tokens: Tokens<'a>,
    /// The names with prefixes of the elements that are open, and where they begin.
    open: Vec<(&'a str, usize)>,
    /// The namespaces declared by the elements that are open: depth, prefix, namespace.
    spaces: Vec<(usize, &'a str, Space)>,
    /// The place in `spaces` that was looked up last, while they are the same: most elements are of one namespace.
    last: Cell<Option<usize>>,
    /// The last tag was its own end, which is still to be told.
    closing: bool,
    /// How many elements were looked at.
    count: usize,
}

impl<'a> Reader<'a> {
    /// Begins a document, up to its root.
    pub fn begin(text: &'a str) -> Result<(Reader<'a>, Tag<'a>), XmlError> {
        if let Some(at) = non_character(text) {
            return Err(XmlError::Malformed { at, what: "a character that XML forbids" });
        }
        let tokens = Tokens::new(text);
        let (open, spaces) = (Vec::with_capacity(16), Vec::with_capacity(16));
        let mut reader = Reader { tokens, open, spaces, last: Cell::new(None), closing: false, count: 0 };
        loop {
            match reader.tokens.next()? {
                Token::Start { name, attributes, empty } => {
                    let tag = reader.start(name, attributes, empty)?;
                    return Ok((reader, tag));
                }
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return Err(reader.tokens.error("there is no element")),
            }
        }
    }

    /// What comes next inside the element that is open. After the root is closed nothing may be asked for.
    pub fn next(&mut self) -> Result<Item<'a>, XmlError> {
        if std::mem::take(&mut self.closing) {
            self.close();
            return Ok(Item::Close);
        }
        match self.token()? {
            Token::Start { name, attributes, empty } => self.start(name, attributes, empty).map(Item::Open),
            Token::End { .. } => {
                self.close();
                Ok(Item::Close)
            }
            Token::Text(text) => {
                let odd = || self.tokens.error("a reference or a character that is not allowed");
                decode(text).map(Item::Text).ok_or_else(odd)
            }
            Token::Section(text) => Ok(Item::Text(decode_section(text))),
            Token::Done => Err(self.unclosed()),
        }
    }

    /// The next element inside the one that is open; None when that has ended. Text is passed over.
    pub fn child(&mut self) -> Result<Option<Tag<'a>>, XmlError> {
        loop {
            match self.next()? {
                Item::Open(tag) => return Ok(Some(tag)),
                Item::Close => return Ok(None),
                Item::Text(_) => {}
            }
        }
    }

    /// The text of the element that is open, to its end. Elements in it are skipped.
    pub fn text(&mut self) -> Result<Cow<'a, str>, XmlError> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Item::Text(more) if text.is_empty() => text = more,
                Item::Text(more) => text.to_mut().push_str(&more),
                Item::Open(_) => self.skip()?,
                Item::Close => return Ok(text),
            }
        }
    }

    /// Passes over the rest of the element that is open.
    pub fn skip(&mut self) -> Result<(), XmlError> {
        let depth = self.open.len();
        if !std::mem::take(&mut self.closing) {
            loop {
                match self.token()? {
                    Token::Start { empty: true, .. } | Token::Text(_) | Token::Section(_) => {}
                    Token::Start { name, .. } => self.enter(name)?,
                    Token::End { .. } if self.open.len() == depth => break,
                    Token::End { .. } => self.close(),
                    Token::Done => return Err(self.unclosed()),
                }
            }
        }
        self.close();
        Ok(())
    }

    /// The attributes of a tag that are no declarations of namespaces.
    pub fn attributes(&self, tag: &Tag<'a>) -> Result<Vec<(Name, String)>, XmlError> {
        let mut found = Vec::new();
        if tag.attributes.is_empty() {
            return Ok(found);
        }
        for attribute in attributes(tag.attributes) {
            let (name, value) = attribute.ok_or(self.tokens.error("an attribute makes no sense"))?;
            let (prefix, local) = split(name);
            if name == "xmlns" || prefix == "xmlns" {
                continue;
            }
            if !is_local(local) {
                return Err(self.tokens.error("an attribute makes no sense"));
            }
            let space = if prefix.is_empty() { Space::Borrowed("") } else { self.space(prefix)? };
            let value = decode_value(value).ok_or(self.tokens.error("an attribute makes no sense"))?;
            found.push((Name::within(space, local), value.into_owned()));
        }
        Ok(found)
    }

    /// Makes sure that nothing stands behind the root, which has ended.
    pub fn finish(mut self) -> Result<(), XmlError> {
        loop {
            match self.tokens.next()? {
                Token::Done => return Ok(()),
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return Err(self.tokens.error("something stands behind the root element")),
            }
        }
    }

    /// The next token; the name of an end tag is checked.
    fn token(&mut self) -> Result<Token<'a>, XmlError> {
        if let Some((name, _)) = self.open.last()
            && self.tokens.end_of(name)
        {
            return Ok(Token::End { name });
        }
        match self.tokens.next()? {
            Token::End { name } if self.open.last().is_none_or(|(open, _)| *open != name) => {
                Err(self.tokens.error("an end tag does not fit"))
            }
            token => Ok(token),
        }
    }

    fn enter(&mut self, name: &'a str) -> Result<(), XmlError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        self.open.push((name, self.tokens.begun()));
        Ok(())
    }

    fn start(&mut self, name: &'a str, attributes: &'a str, empty: bool) -> Result<Tag<'a>, XmlError> {
        self.count += 1;
        if self.count > MAX_ELEMENTS {
            return Err(XmlError::TooMany);
        }
        self.enter(name)?;
        self.closing = empty;
        let attributes = attributes.trim_ascii_end();
        if !attributes.is_empty() {
            self.declare(attributes)?;
        }
        let (prefix, local) = split(name);
        if !is_local(local) {
            return Err(self.tokens.error("a tag has no name"));
        }
        Ok(Tag { space: self.space(prefix)?, local, attributes })
    }

    /// Takes over the namespaces that a start tag declares.
    fn declare(&mut self, text: &'a str) -> Result<(), XmlError> {
        let depth = self.open.len();
        // What our own writer declares need not be read anew in each of its documents.
        if *text == **DECLARATIONS {
            self.spaces
                .extend(PREFIXES.iter().map(|(space, prefix)| (depth, *prefix, Space::Borrowed(*space))));
            self.last.set(None);
            return Ok(());
        }
        for (count, attribute) in attributes(text).enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(XmlError::Crowded);
            }
            let malformed = || self.tokens.error("an attribute makes no sense");
            let (name, value) = attribute.ok_or_else(malformed)?;
            let prefix = match split(name) {
                ("", "xmlns") => "",
                ("xmlns", prefix) => prefix,
                _ => continue,
            };
            let value = decode_value(value).ok_or_else(malformed)?;
            if self.spaces.len() >= MAX_SPACES || value.len() > MAX_SPACE {
                return Err(XmlError::Crowded);
            }
            self.spaces.push((depth, prefix, Name::space(&value)));
            self.last.set(None);
        }
        Ok(())
    }

    fn space(&self, prefix: &str) -> Result<Space, XmlError> {
        // Prefixes are so short that a comparison byte by byte is the quickest.
        let same = |known: &str| known.len() == prefix.len() && known.bytes().eq(prefix.bytes());
        let last =
            self.last.get().filter(|place| self.spaces.get(*place).is_some_and(|(_, known, _)| same(known)));
        let found = last.or_else(|| self.spaces.iter().rposition(|(_, known, _)| same(known)));
        self.last.set(found);
        match found.and_then(|place| self.spaces.get(place)) {
            Some((_, _, space)) => Ok(space.clone()),
            None if prefix.is_empty() => Ok(Space::Borrowed("")),
            None if prefix == "xml" => Ok(Space::Borrowed(XML)),
            None => Err(self.tokens.error("a prefix is not declared")),
        }
    }

    fn close(&mut self) {
        let depth = self.open.len();
        while self.spaces.last().is_some_and(|(at, _, _)| *at >= depth) {
            self.spaces.pop();
            self.last.set(None);
        }
        self.open.pop();
    }

    fn unclosed(&self) -> XmlError {
        let at = self.open.last().map_or(0, |(_, at)| *at);
        XmlError::Malformed { at, what: "an element has no end" }
    }
}

/// Prefix and local name.
fn split(name: &str) -> (&str, &str) {
    split_at_byte(name, b':').unwrap_or(("", name))
}

/// Where U+FFFE or U+FFFF stands, which no document may have (XML 1.0 section 2.2). Hardly one has a byte that such a
/// character begins with.
fn non_character(text: &str) -> Option<usize> {
    any(text, |byte| byte == 0xef).then(|| text.find(['\u{fffe}', '\u{ffff}']))?
}

#[cfg(test)]
mod tests {
    use super::super::Element;
    use super::super::name::Name;
    use proptest::prelude::*;

    /// What another parser makes of it; None if it is refused.
    fn by_another(text: &str) -> Option<Element> {
        let document = roxmltree::Document::parse(text).ok()?;
        Some(copy(document.root_element()))
    }

    fn copy(node: roxmltree::Node<'_, '_>) -> Element {
        let name = |ns: Option<&str>, local: &str| Name::read(ns.unwrap_or(""), local);
        let elements = || node.children().filter(roxmltree::Node::is_element);
        let attributes = node.attributes().map(|a| (name(a.namespace(), a.name()), a.value().to_owned()));
        let texts = node.children().filter(roxmltree::Node::is_text).filter_map(|child| child.text());
        let text: String = texts.collect();
        let text = if elements().next().is_some() { text.trim().to_owned() } else { text };
        Element {
            name: name(node.tag_name().namespace(), node.tag_name().name()),
            attributes: attributes.collect(),
            text,
            children: elements().map(copy).collect(),
        }
    }

    /// A document of elements, prefixes, attributes, references, sections and line ends.
    fn document() -> impl Strategy<Value = String> {
        let text = prop_oneof![
            "[a-c \r\n]{0,6}",
            Just("&lt;&#13;&#x41;".to_owned()),
            Just("<![CDATA[<a>&\r\n]]>".to_owned()),
            Just("<!-- <a> -->".to_owned()),
            Just("<?pi <a> ?>".to_owned()),
        ];
        let leaf = text.prop_map(|text| format!("<p:t a='1\n&gt;' xml:lang=\"'\">{text}</p:t>"));
        let inner = leaf.prop_recursive(4, 24, 4, |inner| {
            let head = prop_oneof![
                Just(("x", "")),
                Just(("p:y", " b='>'")),
                Just(("x", " xmlns='urn:x'")),
                Just(("q:z", " xmlns:q='DAV:' q:c='2'")),
                Just(("x", " xmlns='' ")),
            ];
            (head, prop::collection::vec(inner, 0..4), "[ a]{0,2}").prop_map(
                |((name, more), children, text)| match children.is_empty() {
                    true => format!("<{name}{more}/>{text}"),
                    false => format!("<{name}{more}>{text}{}</{name} >", children.concat()),
                },
            )
        });
        inner
            .prop_map(|inner| format!("<?xml version='1.0'?>\n<r xmlns:p='urn:p' xmlns='DAV:'>{inner}</r>\n"))
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["p:\u{10}a", "p:-a", "p:", "p:q:a", "a\u{10}", "a\u{7f}b", ":a", "p:1"] {
            let text = format!("<r xmlns:p='urn:p'><{name}/></r>");
            assert!(Element::parse(&text).is_err(), "{name:?}");
            let text = format!("<r xmlns:p='urn:p' {name}='1'/>");
            assert!(Element::parse(&text).is_err(), "{name:?}");
        }
        assert!(Element::parse("<r xmlns:p='urn:p'><p:\u{e9}-1.a p:_b='1'/></r>").is_ok());
    }

    proptest! {
        #[test]
        fn it_reads_what_another_parser_reads(text in document()) {
            let other = by_another(&text);
            prop_assert!(other.is_some(), "{}", text);
            prop_assert_eq!(Element::parse(&text).ok(), other);
        }

        /// Skipping comes to the same end as reading.
        #[test]
        fn what_is_skipped_is_well_formed(text in document(), cut in 0usize..200) {
            let cut = text.floor_char_boundary(text.len().saturating_sub(cut));
            for text in [&text[..], &text[..cut]] {
                let skipped = super::Reader::begin(text).and_then(|(mut reader, _)| {
                    reader.skip()?;
                    reader.finish()
                });
                prop_assert_eq!(skipped.is_ok(), Element::parse(text).is_ok(), "{}", text);
            }
        }

        /// What is broken in one place is refused, or reads as the other parser reads it. Each takes a little that the
        /// other does not: names that begin with a colon, two dashes within a comment.
        #[test]
        fn what_is_broken_is_refused_or_read_alike(text in document(), at in 0usize..400, with in "[<>/&'\"= :a]?") {
            let at = text.floor_char_boundary(at.min(text.len() - 1));
            let next = text.ceil_char_boundary(at + 1);
            let broken = format!("{}{with}{}", &text[..at], &text[next..]);
            if let (Ok(ours), Some(other)) = (Element::parse(&broken), by_another(&broken)) {
                prop_assert_eq!(ours, other, "{}", broken);
            }
        }
    }
}
