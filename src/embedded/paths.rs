//! What a path names.
use super::store::{Binding, Collection, CollectionId, CollectionKind, PrincipalId, Store};
use crate::dav::path;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// What a path names, as far as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `/`
    Root,
    /// `/.well-known/caldav`
    WellKnown,
    /// `/apns/`
    Apns,
    /// `/principals/`, `/principals/users/`, `/principals/__uids__/`; the path as it was asked for.
    Principals(String),
    /// `/principals/__uids__/GUID/` or `/principals/users/UID/`.
    Principal(Owner),
    /// `/calendars/`, `/calendars/users/`, `/calendars/__uids__/`.
    Calendars(String),
    /// `.../GUID/`
    Home(Owner),
    /// `.../GUID/outbox/`
    Outbox(Owner),
    /// `.../GUID/freebusy`
    FreeBusy(Owner),
    /// `.../GUID/dropbox/`
    Dropbox(Owner),
    /// `.../GUID/dropbox/FOLDER/FILE`; the part behind `dropbox/`, decoded.
    Attachment(Owner, String),
    /// A calendar, the inbox or the notification collection.
    Collection(Place),
    /// Something in one; it need not exist.
    Member(Place, String),
    /// A name in a home under which nothing is.
    Free(Owner, String),
    /// No such place.
    Missing,
}

/// Whose part of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub id: PrincipalId,
    /// Whether it was named by login name instead of GUID; hrefs in the answer are then the same.
    pub by_name: bool,
}

/// A collection at its place in a home (a shared one stands in several).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whose home.
    pub home: Owner,
    /// The name there, decoded.
    pub name: String,
    /// The collection.
    pub collection: CollectionId,
}

impl Target {
    /// Looks up a canonical path (see [`path::canonical`]).
    pub fn find(store: &Store, canonical: &str) -> Target {
        let parts = canonical.split('/').filter(|part| !part.is_empty());
        // Most paths have nothing to be decoded.
        let decoded: Vec<String> = match canonical.contains('%') {
            true => {
                parts.clone().map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
            }
            false => Vec::new(),
        };
        let mut all: Vec<&str> = Vec::with_capacity(8);
        match decoded.is_empty() {
            true => all.extend(parts),
            false => all.extend(decoded.iter().map(String::as_str)),
        }
        let parts = all;
        match parts[..] {
            [] => Target::Root,
            [".well-known", "caldav"] => Target::WellKnown,
            ["apns"] => Target::Apns,
            ["principals"] | ["principals", "users" | "__uids__"] => {
                Target::Principals(path::with_slash(canonical))
            }
            ["calendars"] | ["calendars", "users" | "__uids__"] => {
                Target::Calendars(path::with_slash(canonical))
            }
            ["principals", how, who] => match owner(store, how, who) {
                Some(owner) => Target::Principal(owner),
                None => Target::Missing,
            },
            ["calendars", how, who, ref rest @ ..] => match owner(store, how, who) {
                Some(owner) => in_home(store, owner, rest),
                None => Target::Missing,
            },
            _ => Target::Missing,
        }
    }

    /// The path under which an answer names it.
    pub fn href(&self, store: &Store) -> String {
        match self {
            Target::Root | Target::Missing => "/".to_owned(),
            Target::WellKnown => "/.well-known/caldav".to_owned(),
            Target::Apns => "/apns/".to_owned(),
            Target::Principals(path) | Target::Calendars(path) => path.clone(),
            Target::Principal(owner) => owner.path(store, "principals", &[]),
            Target::Home(owner) => owner.path(store, "calendars", &[]),
            Target::Outbox(owner) => owner.path(store, "calendars", &["outbox/"]),
            Target::FreeBusy(owner) => owner.path(store, "calendars", &["freebusy"]),
            Target::Dropbox(owner) => owner.path(store, "calendars", &["dropbox/"]),
            Target::Attachment(owner, key) => {
                owner.path(store, "calendars", &["dropbox/", &path::canonical(key)])
            }
            Target::Collection(place) => place.href(store),
            Target::Member(place, name) => place.member(store, &path::encode_segment(name)),
            Target::Free(owner, name) => owner.path(store, "calendars", &[&path::encode_segment(name), "/"]),
        }
    }

    /// Whose part of the tree it is in.
    pub fn owner(&self) -> Option<PrincipalId> {
        match self {
            Target::Principal(owner)
            | Target::Home(owner)
            | Target::Outbox(owner)
            | Target::FreeBusy(owner)
            | Target::Dropbox(owner)
            | Target::Attachment(owner, _)
            | Target::Free(owner, _) => Some(owner.id),
            Target::Collection(place) | Target::Member(place, _) => Some(place.home.id),
            _ => None,
        }
    }
}

impl Owner {
    /// Named by GUID.
    pub fn new(id: PrincipalId) -> Owner {
        Owner { id, by_name: false }
    }

    /// The path of the principal or the home, and what stands below it, put together at once.
    fn path(self, store: &Store, tree: &str, below: &[&str]) -> String {
        let principal = store.principal(self.id);
        let (how, who) = match self.by_name {
            true => ("/users/", path::encode_segment(&principal.uid)),
            false => ("/__uids__/", Cow::Borrowed(&*principal.guid)),
        };
        let parts = ["/", tree, how, &who, "/"];
        let parts = parts.iter().chain(below);
        let mut path = String::with_capacity(parts.clone().map(|part| part.len()).sum());
        path.extend(parts.copied());
        path
    }
}

impl Place {
    /// The path with a slash at its end.
    pub fn href(&self, store: &Store) -> String {
        self.member(store, "")
    }

    /// The path of what stands in it under this name, which is encoded already.
    pub fn member(&self, store: &Store, name: &str) -> String {
        self.home.path(store, "calendars", &[&path::encode_segment(&self.name), "/", name])
    }

    /// The collection, if it still exists.
    pub fn get<'s>(&self, store: &'s Store) -> Option<&'s Collection> {
        store.collection(self.collection)
    }

    /// How the calendar came into this home; `None` for inbox and notification collection.
    pub fn binding<'s>(&self, store: &'s Store) -> Option<&'s Binding> {
        store.home(self.home.id).binding(&self.name)
    }

    /// Whether the home's owner owns the collection.
    pub fn is_owned(&self, store: &Store) -> bool {
        self.binding(store).is_none_or(Binding::is_owned)
    }

    /// The collections of a home: calendars, inbox, notification collection.
    pub fn all(store: &Store, home: Owner) -> Vec<Place> {
        let at = |name: &str, collection| Place { home, name: name.to_owned(), collection };
        let shown = store.home(home.id);
        let mut places: Vec<Place> = shown.bindings().map(|(name, b)| at(name, b.collection)).collect();
        places.push(at("inbox", shown.inbox));
        places.push(at("notification", shown.notification));
        places
    }

    /// What the collection is for.
    pub fn kind(&self, store: &Store) -> CollectionKind {
        self.get(store).map_or(CollectionKind::Calendar, |c| c.kind)
    }
}

fn owner(store: &Store, how: &str, who: &str) -> Option<Owner> {
    let (id, by_name) = match how {
        "__uids__" => (store.principal_by_guid(who)?, false),
        "users" => (store.principal_by_uid(who)?, true),
        _ => return None,
    };
    Some(Owner { id, by_name })
}

fn in_home(store: &Store, home: Owner, rest: &[&str]) -> Target {
    let (name, behind) = match *rest {
        [] => return Target::Home(home),
        ["outbox"] => return Target::Outbox(home),
        ["freebusy"] => return Target::FreeBusy(home),
        ["dropbox"] => return Target::Dropbox(home),
        ["dropbox", folder, file] => return Target::Attachment(home, format!("{folder}/{file}")),
        ["outbox" | "freebusy" | "dropbox", ..] => return Target::Missing,
        [name, ref behind @ ..] => (name, behind),
    };
    let shown = store.home(home.id);
    let collection = match name {
        "inbox" => Some(shown.inbox),
        "notification" => Some(shown.notification),
        _ => shown.binding(name).map(|b| b.collection),
    };
    let Some(collection) = collection else {
        return match behind {
            [] => Target::Free(home, name.to_owned()),
            _ => Target::Missing,
        };
    };
    let place = Place { home, name: name.to_owned(), collection };
    match *behind {
        [] => Target::Collection(place),
        [member] => Target::Member(place, member.to_owned()),
        _ => Target::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::User;
    use super::*;

    fn store() -> Store {
        Store::new(vec![User::numbered(1), User::numbered(2)], "localhost", Default::default())
    }

    #[test]
    fn every_kind_of_path_is_found_and_named_again() {
        let store = store();
        let home = "/calendars/__uids__/10000000-0000-0000-0000-000000000001/";
        for path in [
            "/",
            "/principals/",
            "/principals/users/user02/",
            "/principals/__uids__/10000000-0000-0000-0000-000000000002/",
            "/calendars/users/user01/calendar/a%20b.ics",
            home,
            &format!("{home}inbox/"),
            &format!("{home}outbox/"),
            &format!("{home}freebusy"),
            &format!("{home}notification/x.xml"),
            &format!("{home}dropbox/f/a%20b.txt"),
        ] {
            let target = Target::find(&store, path);
            assert_ne!(target, Target::Missing, "{path}");
            assert_eq!(target.href(&store), path);
        }
        assert!(
            matches!(Target::find(&store, &format!("{home}new")), Target::Free(_, name) if name == "new")
        );
        assert_eq!(Target::find(&store, "/principals/users/nobody/"), Target::Missing);
        assert_eq!(Target::find(&store, &format!("{home}new/x/y")), Target::Missing);
    }
}
