//! What a client knows of one collection of its home.

use std::rc::Rc;

use super::event::Event;
use super::sorted::{Keyed, Sorted};
use crate::dav::path;

/// What a collection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Events and tasks.
    Calendar,
    /// Scheduling messages that came in (RFC 6638 section 2.2).
    Inbox,
}

/// Component kinds that a calendar takes (RFC 4791 section 5.2.3), as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Components(u8);

impl Components {
    const NAMES: [&'static str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"];

    /// The set of these names, in any case of letters; unknown ones are left out.
    pub fn of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Components {
        let bit = |name: &str| Components::NAMES.iter().position(|known| known.eq_ignore_ascii_case(name));
        let bits = names.into_iter().filter_map(|name| bit(name.as_ref()));
        Components(bits.fold(0, |set, bit| set | 1 << bit))
    }

    pub fn has(self, name: &str) -> bool {
        Components::of([name]).0 & self.0 != 0
    }

    /// The names, in a fixed order.
    pub fn names(self) -> Vec<&'static str> {
        Components::NAMES.into_iter().filter(|name| self.has(name)).collect()
    }
}

/// Whose a calendar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    #[default]
    NotShared,
    /// The user's own, and others see it.
    ByMe,
    /// Another user's.
    WithMe,
}

/// A collection with its items.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The canonical path, with a slash at its end.
    pub href: Rc<str>,
    pub kind: Kind,
    /// The display name, or the last segment of the path.
    pub name: Rc<str>,
    /// Whether its items are synchronised by sync-collection (RFC 6578).
    pub sync: bool,
    /// What its content was last synchronised to; None: never.
    pub token: Option<Box<str>>,
    /// The change token that the home showed then.
    pub change: Option<Box<str>>,
    /// None when the server did not say: then everything is assumed to be allowed (RFC 4791 section 5.2.3).
    pub components: Option<Components>,
    pub sharing: Sharing,
    /// The addresses of those it is shared with.
    pub invitees: Box<[Box<str>]>,
    /// The key of its pushes, when it has one of its own.
    pub pushkey: Option<Rc<str>>,
    pub events: Sorted<Event>,
}

impl Keyed for Calendar {
    fn key(&self) -> &str {
        &self.href
    }
}

impl Calendar {
    /// A calendar of which only the place is known.
    pub fn new(href: &str, kind: Kind) -> Calendar {
        let href = path::with_slash(href);
        Calendar {
            name: path::last_segment(&href).into(),
            href: href.into(),
            kind,
            sync: false,
            token: None,
            change: None,
            components: None,
            sharing: Sharing::NotShared,
            invitees: Box::default(),
            pushkey: None,
            events: Sorted::default(),
        }
    }

    /// Whether it is a calendar (not an inbox) that takes `component`, as `VEVENT`.
    pub fn takes(&self, component: &str) -> bool {
        self.kind == Kind::Calendar && self.components.is_none_or(|set| set.has(component))
    }

    /// Whether it is the user's own.
    pub fn is_owned(&self) -> bool {
        self.sharing != Sharing::WithMe
    }

    /// The items, in the order of their names.
    pub fn events(&self) -> &[Event] {
        self.events.as_slice()
    }

    /// The path of an item.
    pub fn href_of(&self, event: &Event) -> String {
        format!("{}{}", self.href, event.name)
    }

    /// The name of an item of this calendar, from its canonical path; None if it stands elsewhere.
    pub fn name_in<'h>(&self, href: &'h str) -> Option<&'h str> {
        href.strip_prefix(&*self.href)
            .filter(|name| !name.is_empty() && !name.bytes().any(|byte| byte == b'/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_says_nothing_of_components_allows_all() {
        let mut calendar = Calendar::new("/c/x", Kind::Calendar);
        assert!(calendar.takes("VEVENT") && calendar.takes("VTODO"));
        calendar.components = Some(Components::of(["vevent", "X-OWN"]));
        assert!(calendar.takes("VEVENT") && !calendar.takes("VTODO"));
        assert!(!Calendar::new("/c/inbox/", Kind::Inbox).takes("VEVENT"));
    }

    #[test]
    fn items_are_named_beneath_their_calendar() {
        let calendar = Calendar::new("/c/x", Kind::Calendar);
        assert_eq!(calendar.name_in("/c/x/1.ics"), Some("1.ics"));
        assert_eq!(calendar.name_in("/c/x/"), None);
        assert_eq!(calendar.name_in("/c/y/1.ics"), None);
        assert_eq!(calendar.href_of(&Event::named("1.ics")), "/c/x/1.ics");
    }
}
