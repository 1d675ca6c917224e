//! Properties: one table from name to value.
//!
//! A property that is not in the table is one that clients set, or is not there.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `general` | DAV: properties: types, owners, tags, reports |
//! | `access` | privileges |
//! | `principal` | of users: addresses, homes |
//! | `calendar` | of calendars, homes and inboxes |
//! | `sharing` | invitations, push keys |
mod access;
mod calendar;
mod general;
mod principal;
mod sharing;

use super::config::Config;
use super::paths::Target;
use super::store::{PrincipalId, Resource, Store};
use crate::dav::{Element, Name, XmlWriter};
use std::sync::LazyLock;

pub(super) use general::{etag, home_id, home_token, read_token, sync_token, token};
pub(super) use principal::first_and_last;

/// What a property may depend on beside the resource.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The state.
    pub store: &'a Store,
    /// The set-up.
    pub config: &'a Config,
    /// Who asks.
    pub by: PrincipalId,
}

/// One live property.
pub struct Property {
    /// Its name.
    pub name: &'static Name,
    /// Whether `allprop` shows it (RFC 4918 section 9.1; CalDAV's are hidden from it).
    pub in_allprop: bool,
    /// Writes the whole element; false, with nothing written, when the resource has no such property.
    pub write: fn(&Context<'_>, &Target, &mut XmlWriter) -> bool,
}

const fn shown(name: &'static Name, write: fn(&Context<'_>, &Target, &mut XmlWriter) -> bool) -> Property {
    Property { name, in_allprop: true, write }
}

const fn hidden(name: &'static Name, write: fn(&Context<'_>, &Target, &mut XmlWriter) -> bool) -> Property {
    Property { name, in_allprop: false, write }
}

/// All live properties, in the order in which `allprop` shows them: by namespace, then by name.
static TABLE: LazyLock<Vec<&'static Property>> = LazyLock::new(|| {
    let parts = [general::TABLE, access::TABLE, principal::TABLE, calendar::TABLE, sharing::TABLE];
    let mut all: Vec<&Property> = parts.into_iter().flatten().collect();
    all.sort_by_key(|p| (p.name.ns(), p.name.local()));
    all
});

/// The same by name.
static BY_NAME: LazyLock<Vec<&'static Property>> = LazyLock::new(|| {
    let mut all = TABLE.clone();
    all.sort_by_key(|p| p.name);
    all
});

/// The live property of that name.
pub fn find(name: &Name) -> Option<&'static Property> {
    let table = &*BY_NAME;
    table.binary_search_by(|p| p.name.cmp(name)).ok().map(|i| table[i])
}

/// A requested property, looked up once for all resources of an answer.
#[derive(Clone)]
pub struct Wanted {
    /// The name.
    pub name: Name,
    live: Option<&'static Property>,
}

impl Wanted {
    /// Looks up a name.
    pub fn new(name: Name) -> Wanted {
        let live = find(&name);
        Wanted { name, live }
    }

    /// The properties that `allprop` shows; the dead ones come with [`dead`].
    pub fn allprop() -> Vec<Wanted> {
        let shown = TABLE.iter().filter(|p| p.in_allprop);
        shown.map(|p| Wanted { name: p.name.clone(), live: Some(p) }).collect()
    }

    /// Writes the value for a resource, of which `dead` are the [`dead`] properties; false when there is none.
    pub fn write(
        &self,
        context: &Context<'_>,
        target: &Target,
        dead: &[Element],
        xml: &mut XmlWriter,
    ) -> bool {
        if let Some(live) = self.live
            && (live.write)(context, target, xml)
        {
            return true;
        }
        match dead.iter().find(|p| p.name == self.name) {
            Some(value) => {
                xml.element(value);
                true
            }
            None => false,
        }
    }
}

/// The properties that clients have set on a resource. A sharee has its own on a shared calendar.
pub fn dead<'s>(store: &'s Store, target: &Target) -> &'s [Element] {
    let place = match target {
        Target::Collection(place) => place,
        Target::Home(owner) => return &store.home(owner.id).properties,
        _ => return &[],
    };
    match place.binding(store).and_then(|b| b.share.as_ref()) {
        Some(share) => &share.properties,
        None => place.get(store).map_or(&[], |c| c.properties()),
    }
}

fn resource<'s>(store: &'s Store, target: &Target) -> Option<&'s Resource> {
    match target {
        Target::Member(place, name) => store.resource(place.collection, name),
        _ => None,
    }
}

fn hrefs(xml: &mut XmlWriter, name: &Name, hrefs: &[String]) -> bool {
    xml.open(name);
    for href in hrefs {
        xml.text(&crate::dav::names::HREF, href);
    }
    xml.close(name);
    true
}

/// A property with one href of several parts.
fn href(xml: &mut XmlWriter, name: &Name, parts: &[&str]) -> bool {
    xml.open(name);
    xml.text_of(&crate::dav::names::HREF, parts);
    xml.close(name);
    true
}

/// A property with the path of a user.
fn user(c: &Context<'_>, xml: &mut XmlWriter, name: &Name, id: PrincipalId) -> bool {
    href(xml, name, &["/principals/__uids__/", &c.store.principal(id).guid, "/"])
}

fn text(xml: &mut XmlWriter, name: &Name, text: &str) -> bool {
    xml.text(name, text);
    true
}

fn nodes(xml: &mut XmlWriter, name: &Name, children: &[&Name]) -> bool {
    xml.open(name);
    for child in children {
        xml.empty(child);
    }
    xml.close(name);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_property_stands_twice_in_the_table() {
        for pair in BY_NAME.windows(2) {
            assert!(pair[0].name < pair[1].name, "{:?}", pair[0].name);
        }
    }
}
