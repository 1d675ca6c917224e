//! The tree of a page of HTML or a document of XML, however broken it is.

use std::borrow::Cow;

use super::entities::decoded;

/// A tree of elements and texts. Nothing is refused: what makes no sense is passed over.
#[derive(Debug)]
pub struct Markup<'t> {
    /// The first is the root, which has no name.
    nodes: Vec<Node<'t>>,
}

/// An element or a text.
#[derive(Debug)]
pub struct Node<'t> {
    /// As it was written; empty: a text.
    pub name: &'t str,
    pub attributes: Vec<(&'t str, Cow<'t, str>)>,
    pub text: Cow<'t, str>,
    pub children: Vec<usize>,
    pub parent: usize,
}

/// The root of every tree.
pub const ROOT: usize = 0;
/// The most nodes that are looked at.
const MOST: usize = 200_000;
/// The deepest that elements stand in each other.
const DEEPEST: usize = 500;
/// Elements of HTML without an end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];
/// Those in which there is text only.
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];
/// Those that end where the next of their kind begins.
const NEXT_ENDS: [&str; 8] = ["p", "li", "option", "dt", "dd", "tr", "td", "th"];

impl<'t> Markup<'t> {
    /// Reads a text.
    pub fn read(text: &'t str) -> Markup<'t> {
        let is_html = !text.trim_start_matches('\u{feff}').trim_start().starts_with("<?xml");
        let mut reader = Reader { nodes: Vec::new(), open: vec![ROOT], is_html };
        reader.add("", Vec::new(), Cow::Borrowed(""));
        reader.read(text);
        Markup { nodes: reader.nodes }
    }

    pub fn node(&self, number: usize) -> Option<&Node<'t>> {
        self.nodes.get(number)
    }

    pub fn children(&self, number: usize) -> &[usize] {
        self.nodes.get(number).map_or(&[], |node| &node.children)
    }

    /// All elements, in the order in which they begin.
    pub fn elements(&self) -> impl Iterator<Item = &Node<'t>> {
        self.nodes.iter().filter(|node| !node.name.is_empty())
    }

    /// All text in a node.
    pub fn text(&self, number: usize) -> String {
        let (mut text, mut rest) = (String::new(), vec![number]);
        while let Some(node) = rest.pop().and_then(|number| self.nodes.get(number)) {
            text.push_str(&node.text);
            rest.extend(node.children.iter().rev());
        }
        text
    }

    /// The number of an element.
    pub fn number(&self, wanted: &Node<'t>) -> Option<usize> {
        self.nodes.iter().position(|node| std::ptr::eq(node, wanted))
    }
}

impl Node<'_> {
    /// Whether this is its name, in whatever case and whatever namespace.
    pub fn is(&self, name: &str) -> bool {
        let local = self.name.rsplit(':').next().unwrap_or_default();
        !self.name.is_empty() && (local.eq_ignore_ascii_case(name) || self.name.eq_ignore_ascii_case(name))
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }
}

struct Reader<'t> {
    nodes: Vec<Node<'t>>,
    /// The elements that have not ended, the root first.
    open: Vec<usize>,
    is_html: bool,
}

impl<'t> Reader<'t> {
    fn read(&mut self, text: &'t str) {
        let mut rest = text;
        while !rest.is_empty() && self.nodes.len() < MOST {
            rest = match rest.find('<') {
                Some(0) => self.tag(rest),
                Some(at) => self.plain(rest, at),
                None => self.plain(rest, rest.len()),
            };
        }
    }

    fn plain(&mut self, rest: &'t str, length: usize) -> &'t str {
        self.add("", Vec::new(), decoded(&rest[..length]));
        &rest[length..]
    }

    /// Takes what begins with `<`.
    fn tag(&mut self, rest: &'t str) -> &'t str {
        let after = |text: &'t str, mark: &str| text.find(mark).map_or("", |at| &text[at + mark.len()..]);
        if let Some(comment) = rest.strip_prefix("<!--") {
            return after(comment, "-->");
        }
        if let Some(literal) = rest.strip_prefix("<![CDATA[") {
            let end = literal.find("]]>").unwrap_or(literal.len());
            self.add("", Vec::new(), Cow::Borrowed(&literal[..end]));
            return after(literal, "]]>");
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return after(rest, ">");
        }
        if let Some(ending) = rest.strip_prefix("</") {
            self.close(name(ending));
            return after(ending, ">");
        }
        match name(&rest[1..]) {
            "" => self.plain(rest, 1),
            name => self.element(name, &rest[1 + name.len()..]),
        }
    }

    /// Takes an element whose name was read, up to the end of its tag, or of its text if it has nothing else.
    fn element(&mut self, name: &'t str, mut rest: &'t str) -> &'t str {
        let (mut attributes, mut empty) = (Vec::new(), false);
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            if let Some(after) = rest.strip_prefix("/>") {
                (rest, empty) = (after, true);
                break;
            }
            let Some((attribute, after)) = self::attribute(rest) else { break };
            attributes.extend(attribute);
            rest = after;
        }
        let is_one_of =
            |names: &[&str]| self.is_html && names.iter().any(|one| one.eq_ignore_ascii_case(name));
        let (void, raw) = (is_one_of(&VOID), is_one_of(&RAW));
        if is_one_of(&NEXT_ENDS) && self.innermost().is_some_and(|node| node.name.eq_ignore_ascii_case(name))
        {
            self.open.pop();
        }
        let number = self.add(name, attributes, Cow::Borrowed(""));
        if empty || void {
            return rest;
        }
        if raw {
            let end = end_of(rest, name);
            self.open.push(number);
            self.add("", Vec::new(), decoded(&rest[..end]));
            self.open.pop();
            return &rest[end..];
        }
        if self.open.len() < DEEPEST {
            self.open.push(number);
        }
        rest
    }

    fn innermost(&self) -> Option<&Node<'t>> {
        self.nodes.get(*self.open.last()?)
    }

    /// Ends the innermost element of this name, if there is one.
    fn close(&mut self, name: &str) {
        let is = |number: &usize| self.nodes[*number].name.eq_ignore_ascii_case(name);
        if let Some(place) = self.open.iter().rposition(is).filter(|place| *place > 0) {
            self.open.truncate(place);
        }
    }

    fn add(&mut self, name: &'t str, attributes: Vec<(&'t str, Cow<'t, str>)>, text: Cow<'t, str>) -> usize {
        let (number, parent) = (self.nodes.len(), self.open.last().copied().unwrap_or(ROOT));
        if let Some(parent) = self.nodes.get_mut(parent) {
            parent.children.push(number);
        }
        self.nodes.push(Node { name, attributes, text, children: Vec::new(), parent });
        number
    }
}

/// The name at the beginning of a text.
fn name(text: &str) -> &str {
    let may = |letter: char| letter.is_alphanumeric() || "-_:.".contains(letter);
    let end = text.find(|letter| !may(letter)).unwrap_or(text.len());
    if text.starts_with(char::is_alphabetic) || text.starts_with('_') { &text[..end] } else { "" }
}

type Attribute<'t> = (&'t str, Cow<'t, str>);

/// The attribute at the beginning of a text, which does not begin with space; None for the attribute: only nonsense was
/// passed over. None: the text is at its end.
fn attribute(text: &str) -> Option<(Option<Attribute<'_>>, &str)> {
    let end =
        text.find(|letter: char| letter.is_whitespace() || "=>/\"'".contains(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        let first = text.chars().next()?;
        return Some((None, &text[first.len_utf8()..]));
    }
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return Some((Some((name, Cow::Borrowed(""))), rest));
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let end = quoted.find(quote).unwrap_or(quoted.len());
            return Some((Some((name, decoded(&quoted[..end]))), quoted.get(end + 1..).unwrap_or("")));
        }
    }
    let end = value.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap_or(value.len());
    Some((Some((name, decoded(&value[..end]))), &value[end..]))
}

/// Where the tag begins that ends an element with text only.
fn end_of(text: &str, name: &str) -> usize {
    let ends = |at: &usize| {
        let tag = text.as_bytes().get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    text.match_indices("</").map(|(at, _)| at).find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let markup = Markup::read(text);
        let mut out = String::new();
        show(&markup, ROOT, &mut out);
        out
    }

    fn show(markup: &Markup<'_>, number: usize, out: &mut String) {
        for child in markup.children(number) {
            let node = markup.node(*child).unwrap();
            out.push_str(node.name);
            out.push_str(&node.text);
            for (name, value) in &node.attributes {
                out.push_str(&format!(" {name}={value}"));
            }
            if !node.children.is_empty() {
                out.push('(');
                show(markup, *child, out);
                out.push(')');
            }
            out.push('|');
        }
    }

    #[test]
    fn pages_become_trees() {
        assert_eq!(shown("<a><b x=1 y='2&amp;'>t</b><br>u</a>"), "a(b x=1 y=2&(t|)|br|u|)|");
        assert_eq!(shown("<ul><li>1<li>2</ul>3"), "ul(li(1|)|li(2|)|)|3|");
        assert_eq!(shown("<script>a<b</script>c</x>"), "script(a<b|)|c|");
        assert_eq!(shown("<?xml version='1.0'?><n:a><br>x</br><![CDATA[<]]></n:a>"), "n:a(br(x|)|<|)|");
        assert_eq!(shown("<!-- <a> --><a checked disabled=/><"), "a checked= disabled=/(<|)|");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "(<|>|/|=|\"|'|&|;|!|-|a|br|script| |ä){0,40}") {
            let markup = Markup::read(&text);
            prop_assert!(markup.elements().count() <= text.len());
            let _ = markup.text(ROOT);
        }
    }
}
