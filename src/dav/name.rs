//! Qualified XML names. A name that occurs in DAV traffic is interned: parsing it allocates nothing.
use super::names;
use std::borrow::Cow;
use std::fmt;

/// `DAV:` (RFC 4918).
pub const DAV: &str = "DAV:";
/// CalDAV (RFC 4791, RFC 6638).
pub const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// CalendarServer's extensions.
pub const CALENDARSERVER: &str = "http://calendarserver.org/ns/";
/// Apple iCal's properties (colour, order).
pub const APPLE_ICAL: &str = "http://apple.com/ns/ical/";
/// CardDAV (RFC 6352); calendar clients ask for a few of its properties.
pub const CARDDAV: &str = "urn:ietf:params:xml:ns:carddav";
/// me.com's extensions (bulk requests).
pub const ME: &str = "http://me.com/_namespace/";
/// The namespace of `xml:lang`.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The namespaces above with the prefix the writer gives each.
pub const PREFIXES: &[(&str, &str)] =
    &[(DAV, "D"), (CALDAV, "C"), (CALENDARSERVER, "CS"), (APPLE_ICAL, "AI"), (CARDDAV, "CARD"), (ME, "ME")];

/// A namespace; a well-known one is not copied.
pub(super) type Space = Cow<'static, str>;

/// A namespace and a local name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    // First, since names differ here sooner than in their namespaces.
    local: Cow<'static, str>,
    ns: Space,
}

impl Name {
    /// A name from constants; use the statics in [`names`] where there is one.
    pub const fn of(ns: &'static str, local: &'static str) -> Name {
        Name { ns: Cow::Borrowed(ns), local: Cow::Borrowed(local) }
    }

    /// A name read from a document; well-known namespaces and local names are not copied.
    pub fn read(ns: &str, local: &str) -> Name {
        Name::within(Name::space(ns), local)
    }

    /// A namespace read from a document.
    pub(super) fn space(ns: &str) -> Space {
        match PREFIXES.iter().find(|(known, _)| *known == ns) {
            Some((known, _)) => Cow::Borrowed(*known),
            None => Cow::Owned(ns.to_owned()),
        }
    }

    /// A local name read from a document, in a namespace.
    pub(super) fn within(ns: Space, local: &str) -> Name {
        let local = match names::local(local) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(local.to_owned()),
        };
        Name { ns, local }
    }

    /// The namespace, empty when there is none.
    pub fn ns(&self) -> &str {
        &self.ns
    }

    /// The name without its namespace.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether this is `local` in namespace `ns`.
    pub fn is(&self, ns: &str, local: &str) -> bool {
        self.local == local && self.ns == ns
    }

    /// The writer's prefix for the namespace, `None` when it has to be declared on the element.
    pub fn prefix(&self) -> Option<&'static str> {
        let ns = self.ns();
        // A well-known namespace is mostly the very same text.
        let same = |known: &str| std::ptr::eq(known, ns) || known == ns;
        PREFIXES.iter().find(|(known, _)| same(known)).map(|(_, prefix)| *prefix)
    }
}

/// `D:href`, or `{namespace}local` when the namespace is not a known one.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix() {
            Some(prefix) => write!(f, "{prefix}:{}", self.local),
            None if self.ns.is_empty() => f.write_str(&self.local),
            None => write!(f, "{{{}}}{}", self.ns, self.local),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_names_equal_the_statics_and_own_nothing() {
        let name = Name::read("DAV:", "getetag");
        assert_eq!(name, names::GETETAG);
        assert!(matches!(name.local, Cow::Borrowed(_)));
        assert!(matches!(name.ns, Cow::Borrowed(_)));
        assert_ne!(Name::read("urn:x", "getetag"), names::GETETAG);
    }

    #[test]
    fn names_are_shown_with_their_prefix() {
        assert_eq!(names::GETCTAG.to_string(), "CS:getctag");
        assert_eq!(Name::read("urn:x", "y").to_string(), "{urn:x}y");
    }
}
