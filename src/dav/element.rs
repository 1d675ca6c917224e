//! An XML element as an owned value.
use super::multistatus::MAX_PATHS;
use super::name::Name;
use super::path::MAX_PATH;
use super::reader::{Item, MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, Reader, Tag};

/// Why a body is not usable XML.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    /// Not well-formed, or over the limits.
    #[error("not well-formed XML: {what}")]
    Malformed {
        /// The byte offset of the tag or the text that is wrong.
        at: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Well-formed, but another root than the one that was due.
    #[error("expected {expected} at the root, found {found}")]
    Root {
        /// The root that was due.
        expected: Name,
        /// The root that was there.
        found: Name,
    },
    /// Elements are nested deeper than is kept.
    #[error("elements are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// An element has more attributes than are read.
    #[error("an element has more than {MAX_ATTRIBUTES} attributes, or declares namespaces without end")]
    Crowded,
    /// There are more elements than are looked at.
    #[error("there are more than {MAX_ELEMENTS} elements")]
    TooMany,
    /// A resource has a longer path than is taken.
    #[error("a path has more than {MAX_PATH} bytes")]
    LongPath,
    /// The paths of all resources are longer together than is kept.
    #[error("the paths have more than {MAX_PATHS} bytes together")]
    LongPaths,
}

/// An element: name, attributes, text directly inside it, child elements in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The qualified name.
    pub name: Name,
    /// Attributes in document order; namespace declarations are not among them.
    pub attributes: Vec<(Name, String)>,
    /// The text directly inside, joined; with child elements, whitespace around them is dropped.
    pub text: String,
    /// The child elements.
    pub children: Vec<Element>,
}

impl Element {
    /// Parses a document (a byte order mark is allowed) and returns its root.
    pub fn parse(text: &str) -> Result<Element, XmlError> {
        let (mut reader, tag) = Reader::begin(text)?;
        let root = Element::read(&mut reader, &tag)?;
        reader.finish()?;
        Ok(root)
    }

    /// One without anything in it.
    pub(super) fn empty(name: Name) -> Element {
        Element { name, attributes: Vec::new(), text: String::new(), children: Vec::new() }
    }

    /// Reads the element that has just been opened, to its end.
    pub(super) fn read<'a>(reader: &mut Reader<'a>, tag: &Tag<'a>) -> Result<Element, XmlError> {
        let attributes = reader.attributes(tag)?;
        let mut element = Element { name: tag.name(), attributes, text: String::new(), children: Vec::new() };
        loop {
            match reader.next()? {
                Item::Open(tag) => {
                    let child = Element::read(reader, &tag)?;
                    // Most elements have one child or none; room for more would be most of the memory of a tree.
                    if element.children.is_empty() {
                        element.children.reserve_exact(1);
                    }
                    element.children.push(child);
                }
                Item::Text(text) if element.text.is_empty() => element.text = text.into_owned(),
                Item::Text(text) => element.text.push_str(&text),
                Item::Close => break,
            }
        }
        if !element.children.is_empty() {
            element.text = element.text.trim().to_owned();
        }
        Ok(element)
    }

    /// The first child of that name.
    pub fn child(&self, name: &Name) -> Option<&Element> {
        self.children.iter().find(|c| c.name == *name)
    }

    /// All children of that name.
    pub fn all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Element> + 'a {
        self.children.iter().filter(move |c| c.name == *name)
    }

    /// The text of the first child of that name, without whitespace around it.
    pub fn child_text(&self, name: &Name) -> Option<&str> {
        self.child(name).map(|c| c.text.trim())
    }

    /// The value of an attribute without namespace.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(n, _)| n.ns().is_empty() && n.local() == name)
            .map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    #[test]
    fn an_element_keeps_attributes_text_and_children() {
        let root = Element::parse(
            "<A:prop xmlns:A='DAV:'><x xmlns='urn:y' symbolic-color='orange'>#FD&amp;8</x> <A:href> /a </A:href></A:prop>",
        )
        .unwrap();
        assert_eq!(root.name, names::PROP);
        assert_eq!(root.children[0].attribute("symbolic-color"), Some("orange"));
        assert_eq!(root.children[0].text, "#FD&8");
        assert_eq!(root.child_text(&names::HREF), Some("/a"));
    }

    #[test]
    fn what_is_too_deep_or_declares_entities_is_refused() {
        let deep = "<a>".repeat(5000) + &"</a>".repeat(5000);
        assert!(Element::parse(&deep).is_err());
        assert!(Element::parse("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").is_err());
    }

    /// Without the limit this test takes minutes.
    #[test]
    fn an_element_with_a_million_attributes_is_refused() {
        let many = |count: usize| (0..count).map(|n| format!(" a{n}='>'")).collect::<String>();
        for attributes in [many(300_000), many(300_000).replace(" a", " xmlns:a")] {
            let text = format!("<a><!-- < --><![CDATA[ < ]]><b/><c{attributes}/></a>");
            assert!(matches!(Element::parse(&text), Err(XmlError::Crowded)));
        }
        let long = format!("<a xmlns='{}'>{}</a>", "n".repeat(1000), "<b/>".repeat(1000));
        assert!(matches!(Element::parse(&long), Err(XmlError::Crowded)));
        let spaces = format!("<a{}>", many(200).replace(" a", " xmlns:a")).repeat(2) + "</a></a>";
        assert!(matches!(Element::parse(&spaces), Err(XmlError::Crowded)));
        let elements = format!("<a>{}</a>", "<b/>".repeat(600_000));
        assert!(matches!(Element::parse(&elements), Err(XmlError::TooMany)));
        let text = format!("<a><b{}/>a=b<![CDATA[{}]]></a>", many(256), many(300));
        assert_eq!(Element::parse(&text).unwrap().children[0].attributes.len(), 256);
    }
}
