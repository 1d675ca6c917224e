//! Elements that know where they stand, and which of their attributes nobody has asked for.

use std::cell::RefCell;
use std::rc::Rc;

use roxmltree::Node;

use crate::cli::import::words::Word;
use crate::config::{At, Diagnostics, KeyPath, Note, Source};

/// An element that is being read. It remembers which attributes were asked for: [`Element::finish`] names all others.
pub struct Element<'d> {
    node: Node<'d, 'd>,
    source: &'d Rc<Source>,
    diags: &'d Diagnostics,
    asked: RefCell<Vec<&'d str>>,
}

impl<'d> Element<'d> {
    pub fn of(node: Node<'d, 'd>, source: &'d Rc<Source>, diags: &'d Diagnostics) -> Element<'d> {
        Element { node, source, diags, asked: RefCell::default() }
    }

    pub fn name(&self) -> &'d str {
        self.node.tag_name().name()
    }

    /// Its name in the opening tag.
    pub fn at(&self) -> At {
        let start = self.node.range().start;
        self.span(start + 1..start + 1 + self.name().len())
    }

    /// The line on which it begins, from 1.
    pub fn line(&self) -> Option<usize> {
        self.at().position().map(|(line, _)| line)
    }

    pub fn diags(&self) -> &'d Diagnostics {
        self.diags
    }

    fn span(&self, range: std::ops::Range<usize>) -> At {
        At::span(self.source, range, KeyPath::default())
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<Word> {
        let found = self.node.attribute_node(name)?;
        self.asked.borrow_mut().push(found.name());
        Some(Word::standing(found.value(), self.span(found.range_value())))
    }

    /// The same of one that must be there.
    pub fn required(&self, name: &str) -> Option<Word> {
        let found = self.attribute(name);
        if found.is_none() {
            self.diags.error(&self.at(), format!("<{}> has no `{name}`", self.name()));
        }
        found
    }

    /// The number that an attribute is, at least `least`; what is none is an error.
    pub fn number(&self, name: &str, least: f64) -> Option<f64> {
        let wanted = format!("a number of at least {least}");
        self.attribute(name)?.number(&wanted, |number: &f64| (least..1e12).contains(number), self.diags)
    }

    /// Whether an attribute is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|word| word.text == "true")
    }

    /// The elements in it.
    pub fn children(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let (source, diags) = (self.source, self.diags);
        self.node.children().filter(Node::is_element).map(move |node| Element::of(node, source, diags))
    }

    /// The text in it.
    pub fn text(&self) -> String {
        self.node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
    }

    /// Tells that nothing becomes of it and of all that is in it.
    pub fn not_carried_over(&self) -> Note<'d> {
        self.asked.borrow_mut().extend(self.node.attributes().map(|attribute| attribute.name()));
        self.diags.warning(&self.at(), format!("<{}> is not carried over", self.name()))
    }

    /// It is read: names the attributes that nobody has asked for.
    pub fn finish(self) {
        self.tell_rest();
    }

    /// Names the attributes that nobody has asked for so far.
    pub fn tell_rest(&self) {
        let asked = self.asked.borrow();
        for attribute in self.node.attributes().filter(|one| !asked.contains(&one.name())) {
            let at = At::span(self.source, attribute.range_qname(), KeyPath::default());
            let message =
                format!("`{}` of <{}> is not carried over", attribute.name(), self.node.tag_name().name());
            self.diags.warning(&at, message);
        }
    }
}
