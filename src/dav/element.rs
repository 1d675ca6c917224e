//! An XML element as an owned value.
use super::name::Name;

/// The deepest nesting that is kept; DAV bodies need fewer than twenty levels.
const MAX_DEPTH: usize = 64;
/// The most nodes of one document: an answer of 8 MiB with the smallest elements.
const MAX_NODES: u32 = 2_000_000;
/// The most attributes of one element; DAV needs three, and the declarations of namespaces are attributes too.
const MAX_ATTRIBUTES: usize = 256;

/// Why a body is not usable XML.
#[derive(Debug, thiserror::Error)]
pub enum XmlError {
    /// Not well-formed, or over the limits.
    #[error("not well-formed XML: {0}")]
    Malformed(#[from] roxmltree::Error),
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
    #[error("an element has more than {MAX_ATTRIBUTES} attributes")]
    Crowded,
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
        let document = document(text)?;
        Element::from_node(document.root_element(), 0)
    }

    /// Copies a node of a parsed document.
    pub(super) fn from_node(node: roxmltree::Node<'_, '_>, depth: usize) -> Result<Element, XmlError> {
        if depth > MAX_DEPTH {
            return Err(XmlError::TooDeep);
        }
        let mut element = Element {
            name: name_of(node),
            attributes: node
                .attributes()
                .map(|a| {
                    let name = Name::read(a.namespace().unwrap_or(""), a.name());
                    (name, a.value().to_owned())
                })
                .collect(),
            text: String::new(),
            children: Vec::new(),
        };
        for child in node.children() {
            if child.is_element() {
                element.children.push(Element::from_node(child, depth + 1)?);
            } else if child.is_text() {
                element.text.push_str(child.text().unwrap_or(""));
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

/// Parses under the limits: no DTD (so no entities of its own), a bounded number of nodes and of attributes.
pub(super) fn document(text: &str) -> Result<roxmltree::Document<'_>, XmlError> {
    if is_crowded(text) {
        return Err(XmlError::Crowded);
    }
    let options =
        roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..Default::default() };
    Ok(roxmltree::Document::parse_with_options(text, options)?)
}

/// Whether some element has too many attributes. The parser compares each with all others of its element, so that a few
/// megabytes of them would hold the process up for minutes.
fn is_crowded(text: &str) -> bool {
    let bytes = text.as_bytes();
    // A quick look is enough for what is usual.
    let signs = bytes.iter().filter(|byte| **byte == b'=').count();
    if signs <= MAX_ATTRIBUTES {
        return false;
    }
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let apart = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((_, end)) = apart.iter().find(|(begin, _)| rest.starts_with(begin)) {
            let Some(at) = rest.find(end) else { return false };
            rest = &rest[at + end.len()..];
            continue;
        }
        let (attributes, length) = tag(rest.as_bytes());
        if attributes > MAX_ATTRIBUTES {
            return true;
        }
        rest = &rest[length..];
    }
    false
}

/// How many attributes a tag has, and how long it is, its ends included.
fn tag(text: &[u8]) -> (usize, usize) {
    let (mut attributes, mut quote) = (0, None);
    for (at, byte) in text.iter().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == *byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'=') => attributes += 1,
            (None, b'>') => return (attributes, at + 1),
            _ => {}
        }
    }
    (attributes, text.len())
}

/// The qualified name of an element.
pub(super) fn name_of(node: roxmltree::Node<'_, '_>) -> Name {
    let tag = node.tag_name();
    Name::read(tag.namespace().unwrap_or(""), tag.name())
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
        let text = format!("<a><b{}/>a=b<![CDATA[{}]]></a>", many(256), many(300));
        assert_eq!(Element::parse(&text).unwrap().children[0].attributes.len(), 256);
    }
}
