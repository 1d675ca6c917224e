//! D:expand-property (RFC 3253 section 3.8): properties of hrefs, followed.
use super::super::call::Call;
use super::super::paths::Target;
use super::super::properties::{Context, Wanted, dead};
use super::super::reply::{self, Reply};
use super::super::store::Store;
use crate::dav::{Element, Name, XmlWriter, names, path, writer};

/// How far hrefs are followed.
const MAX_DEPTH: usize = 4;

/// A wanted property, and what is wanted of the resources it points to.
struct Node {
    wanted: Wanted,
    inner: Vec<Node>,
}

/// The whole answer.
pub fn expand(call: &Call<'_>, store: &Store, root: &Element) -> Reply {
    let context = call.context(store);
    let wanted = read(root, 0);
    let mut out = call.multistatus();
    out.response(&call.target.href(store), |xml| properties(&context, &call.target, &wanted, xml));
    reply::multistatus(out.finish())
}

fn read(list: &Element, depth: usize) -> Vec<Node> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    list.all(&names::PROPERTY)
        .map(|property| {
            let ns = property.attribute("namespace").unwrap_or(crate::dav::name::DAV);
            let name = Name::read(ns, property.attribute("name").unwrap_or(""));
            Node { wanted: Wanted::new(name), inner: read(property, depth + 1) }
        })
        .filter(|node| is_element_name(node.wanted.name.local()))
        .collect()
}

/// Whether a text from an attribute may be written as an element's name.
fn is_element_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// Writes the properties that are there; returns how many, and the names of the others.
fn properties<'n>(
    context: &Context<'_>,
    target: &Target,
    nodes: &'n [Node],
    xml: &mut XmlWriter,
) -> (usize, Vec<&'n Name>) {
    let mut found = 0;
    let mut missing = Vec::new();
    let dead = dead(context.store, target);
    for node in nodes {
        let mut value = XmlWriter::document(&names::PROP);
        if !node.wanted.write(context, target, dead, &mut value) {
            missing.push(&node.wanted.name);
            continue;
        }
        found += 1;
        let value = Element::parse(&value.finish(&names::PROP));
        let Some(value) = value.ok().and_then(|root| root.children.into_iter().next()) else {
            continue;
        };
        if node.inner.is_empty() {
            xml.element(&value);
        } else {
            follow(context, &value, &node.inner, xml);
        }
    }
    (found, missing)
}

/// Writes a property with a response in place of each href.
fn follow(context: &Context<'_>, value: &Element, inner: &[Node], xml: &mut XmlWriter) {
    xml.open(&value.name);
    for href in value.all(&names::HREF) {
        let target = Target::find(context.store, &path::canonical(&href.text));
        if target == Target::Missing {
            writer::write_status(xml, href.text.trim(), 404, None);
        } else {
            let href = target.href(context.store);
            writer::write_response(xml, &href, |xml| properties(context, &target, inner, xml));
        }
    }
    xml.close(&value.name);
}
