//! Paths in pages and documents: the part of XPath 1.0 that finds values in answers.
//!
//! `/a/b`, `//b`, `*`, `.`, `..`, `@x`, `text()`, and after a step `[2]`, `[last()]`, `[@x]`, `[@x='v']`, `[b='v']`,
//! `[text()='v']` and `[contains(@x, 'v')]`. A name without a prefix is one in any namespace.

use std::rc::Rc;

use super::markup::{Markup, Node, ROOT};
use super::path::{decode, end_of, quoted};
use crate::config::{Diagnostics, FromValue, Value};

/// A path.
#[derive(Clone, Debug)]
pub struct XPath {
    text: Rc<str>,
    steps: Rc<[Step]>,
}

#[derive(Debug)]
struct Step {
    /// Whether it goes down to any depth.
    deep: bool,
    what: What,
    predicates: Vec<Predicate>,
}

#[derive(Debug)]
enum What {
    /// Elements of this name; `*`: of any.
    Element(Box<str>),
    Attribute(Box<str>),
    Text,
    Itself,
    Parent,
}

#[derive(Debug)]
enum Predicate {
    /// From 1.
    Number(usize),
    Last,
    /// It is there, and has this value if one is said.
    Is(What, Option<Box<str>>),
    Contains(What, Box<str>),
}

/// The most nodes that a step may find.
const MOST: usize = 100_000;

impl XPath {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads a path.
    pub fn parse(text: &str) -> Result<XPath, String> {
        let (mut steps, mut rest) = (Vec::new(), text.trim());
        if rest.is_empty() {
            return Err("it is empty".to_owned());
        }
        while !rest.is_empty() {
            let deep = rest.starts_with("//");
            rest = rest.strip_prefix("//").or(rest.strip_prefix('/')).unwrap_or(rest);
            let (what, after) = what(rest)?;
            rest = after;
            let mut predicates = Vec::new();
            while let Some(inner) = rest.strip_prefix('[') {
                let end = end_of(inner).ok_or("a `[` has no `]`")?;
                predicates.push(predicate(inner[..end].trim())?);
                rest = &inner[end + 1..];
            }
            // A path without a slash before it begins anywhere: as if with two.
            steps.push(Step {
                deep: deep || steps.is_empty() && !text.trim().starts_with('/'),
                what,
                predicates,
            });
            if !rest.is_empty() && !rest.starts_with('/') {
                return Err(format!("it is not understood from `{rest}` on"));
            }
        }
        Ok(XPath { text: text.into(), steps: steps.into() })
    }

    /// The value of what it finds first.
    pub fn find(&self, page: &str) -> Option<String> {
        self.find_all(page, 1).pop()
    }

    /// The values of all that it finds, at most so many.
    pub fn find_all(&self, page: &str, most: usize) -> Vec<String> {
        let markup = Markup::read(page);
        let mut found = vec![ROOT];
        for step in &*self.steps {
            if let What::Attribute(name) = &step.what {
                let all = if step.deep { all_below(&markup, &found) } else { found };
                let value = |number| markup.node(number)?.attribute(name).map(str::to_owned);
                return all.into_iter().filter_map(value).take(most).collect();
            }
            found = step.from(&markup, &found);
        }
        found.into_iter().take(most).map(|number| markup.text(number).trim().to_owned()).collect()
    }
}

impl Step {
    /// What it leads to.
    fn from(&self, markup: &Markup<'_>, nodes: &[usize]) -> Vec<usize> {
        let starts = if self.deep { all_below(markup, nodes) } else { nodes.to_vec() };
        let mut found = Vec::new();
        for start in starts {
            let mut here = self.what.of(markup, start);
            for predicate in &self.predicates {
                here = predicate.keep(markup, here);
            }
            found.extend(here);
            if found.len() > MOST {
                break;
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl What {
    fn of(&self, markup: &Markup<'_>, number: usize) -> Vec<usize> {
        let is = |child: &&usize, good: fn(&Node<'_>, &str) -> bool, name: &str| {
            markup.node(**child).is_some_and(|node| good(node, name))
        };
        let children = markup.children(number).iter();
        match self {
            What::Element(name) => {
                let good =
                    |node: &Node<'_>, name: &str| !node.name.is_empty() && (name == "*" || node.is(name));
                children.filter(|child| is(child, good, name)).copied().collect()
            }
            What::Text => {
                children.filter(|child| is(child, |node, _| node.name.is_empty(), "")).copied().collect()
            }
            What::Itself => vec![number],
            What::Parent => markup.node(number).map(|node| vec![node.parent]).unwrap_or_default(),
            What::Attribute(_) => Vec::new(),
        }
    }

    /// The values beside a node that a predicate compares.
    fn values(&self, markup: &Markup<'_>, number: usize) -> Vec<String> {
        match self {
            What::Attribute(name) => {
                let value = markup.node(number).and_then(|node| node.attribute(name));
                value.map(str::to_owned).into_iter().collect()
            }
            _ => self
                .of(markup, number)
                .into_iter()
                .map(|found| markup.text(found).trim().to_owned())
                .collect(),
        }
    }
}

impl Predicate {
    fn keep(&self, markup: &Markup<'_>, found: Vec<usize>) -> Vec<usize> {
        match self {
            Predicate::Number(number) => {
                number.checked_sub(1).and_then(|index| found.get(index)).copied().into_iter().collect()
            }
            Predicate::Last => found.last().copied().into_iter().collect(),
            Predicate::Is(what, wanted) => {
                let good = |value: &String| wanted.as_deref().is_none_or(|wanted| wanted == value);
                found.into_iter().filter(|number| what.values(markup, *number).iter().any(good)).collect()
            }
            Predicate::Contains(what, part) => {
                let good = |value: &String| value.contains(&**part);
                found.into_iter().filter(|number| what.values(markup, *number).iter().any(good)).collect()
            }
        }
    }
}

/// Nodes and all that is in them, in the order of the text.
fn all_below(markup: &Markup<'_>, nodes: &[usize]) -> Vec<usize> {
    let (mut all, mut rest): (Vec<usize>, Vec<usize>) = (Vec::new(), nodes.iter().rev().copied().collect());
    while let Some(number) = rest.pop() {
        all.push(number);
        rest.extend(markup.children(number).iter().rev());
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The test of a step at the beginning of a text, and the rest.
fn what(text: &str) -> Result<(What, &str), String> {
    let text = text.trim_start();
    for (word, made) in [("..", What::Parent), (".", What::Itself), ("text()", What::Text)] {
        if let Some(rest) = text.strip_prefix(word) {
            return Ok((made, rest));
        }
    }
    let (is_attribute, named) = match text.strip_prefix('@') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let may = |letter: char| letter.is_alphanumeric() || "-_.:*".contains(letter);
    let end = named.find(|letter| !may(letter)).unwrap_or(named.len());
    let (name, rest) = named.split_at(end);
    if name.is_empty() || name.contains("::") || name.len() > 1 && name.contains('*') {
        return Err(format!("it is not understood from `{text}` on"));
    }
    Ok((if is_attribute { What::Attribute(name.into()) } else { What::Element(name.into()) }, rest))
}

fn predicate(text: &str) -> Result<Predicate, String> {
    if let Ok(number) = text.parse() {
        return Ok(Predicate::Number(number));
    }
    if text == "last()" {
        return Ok(Predicate::Last);
    }
    if let Some(inner) = text.strip_prefix("contains(").and_then(|rest| rest.strip_suffix(')')) {
        let (tested, part) = inner.split_once(',').ok_or("contains() has two parts")?;
        return Ok(Predicate::Contains(whole(tested)?, literal(part)?));
    }
    match text.split_once('=') {
        Some((tested, value)) => Ok(Predicate::Is(whole(tested)?, Some(literal(value)?))),
        None => Ok(Predicate::Is(whole(text)?, None)),
    }
}

fn whole(text: &str) -> Result<What, String> {
    match what(text.trim())? {
        (what, "") => Ok(what),
        (_, rest) => Err(format!("it is not understood from `{rest}` on")),
    }
}

fn literal(text: &str) -> Result<Box<str>, String> {
    let text = text.trim();
    quoted(text).map(Box::from).ok_or_else(|| format!("`{text}` does not stand in quotes"))
}

impl FromValue for XPath {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<XPath> {
        decode(value, diags, XPath::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAGE: &str =
        "<html><body><div class='a'>1</div><div id=x class=\"b c\">2<i>3</i></div><a href='/y'>4</a>
        <n:Price xmlns:n='u'>7.5</n:Price></body></html>";

    #[test]
    fn paths_find_values() {
        for (path, value) in [
            ("/html/body/div", Some("1")),
            ("//div[2]", Some("23")),
            ("//div[@id='x']/i", Some("3")),
            ("//div[last()]/@class", Some("b c")),
            ("//a/@href", Some("/y")),
            ("//@href", Some("/y")),
            ("//Price", Some("7.5")),
            ("//n:Price/text()", Some("7.5")),
            ("Price", Some("7.5")),
            ("//div[contains(@class, 'c')]/text()", Some("2")),
            ("//i/../@id", Some("x")),
            ("//*[i='3']/@id", Some("x")),
            ("//div[i]/@id", Some("x")),
            ("/body", None),
            ("//div[3]", None),
        ] {
            assert_eq!(XPath::parse(path).unwrap().find(PAGE).as_deref(), value, "{path}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for path in ["", "//a[", "//a[position()<3]", "count(//a)", "//child::a", "//a[@b=c]", "//a b"] {
            assert!(XPath::parse(path).is_err(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(path in "[a/@\\[\\]*.='()1]{0,16}") {
            if let Ok(path) = XPath::parse(&path) {
                let _ = path.find(PAGE);
            }
        }
    }
}
