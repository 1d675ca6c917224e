//! Implicit scheduling (RFC 6638): storing an event with attendees is what invites them.
//!
//! The organizer's PUT puts copies into the attendees' calendars and a REQUEST into their inboxes; an
//! attendee's PUT with another answer brings a REPLY to the organizer, and the answer into everybody's copy;
//! a DELETE is a CANCEL or a DECLINED. All of it happens before the request is answered.
//!
//! # Layout
//!
//! | file | what it does |
//! |---|---|
//! | [`party`] | who an ATTENDEE or ORGANIZER line is, what part a user has; addresses as CalendarServer writes them |
//! | [`compare`] | what of two versions of an event differs: anything at all, its times, one's answers |
//! | [`message`] | the iTIP messages (RFC 5546) that go into inboxes |
//! | [`deliver`] | an attendee's copy and its inbox item |
//! | [`organizer`] | PUT and DELETE by the organizer |
//! | [`attendee`] | PUT and DELETE by an attendee |
pub mod attendee;
pub mod compare;
pub mod deliver;
pub mod message;
pub mod organizer;
pub mod party;

use super::store::{CollectionId, CollectionKind, Object, PrincipalId, Resource, Store};
use crate::dav::Name;
use crate::icalendar::Calendar;
use party::Role;

/// What became of a PUT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The stored bytes are not those that were sent, so that the answer has no entity tag.
    pub changed: bool,
}

/// One PUT, read and resolved.
pub struct Put<'a> {
    /// Whose calendar it goes into; scheduling happens in this user's name.
    pub owner: PrincipalId,
    /// The calendar.
    pub collection: CollectionId,
    /// The name of the resource.
    pub name: &'a str,
    /// What was sent.
    pub object: Object,
    /// What stood there before.
    pub old: Option<Calendar>,
}

/// Stores an object and tells the others (RFC 6638 section 3.2). `by` has write access to the collection;
/// who is organizer or attendee is its owner. `calendar` is what the object's bytes say.
///
/// # Errors
/// The precondition that the change violates, to be answered with 403.
pub fn put(
    store: &mut Store,
    _by: PrincipalId,
    collection: CollectionId,
    name: &str,
    object: Object,
    calendar: Calendar,
) -> Result<Stored, &'static Name> {
    let kind = store.collection(collection).map(|target| (target.owner, target.kind));
    let Some((owner, CollectionKind::Calendar)) = kind else {
        store.put(collection, name, object);
        return Ok(Stored { changed: false });
    };
    let old = store.resource(collection, name).and_then(|resource| Calendar::parse(&resource.bytes).ok());
    let before = old.as_ref().map_or(Role::None, |old| party::role(store, owner, old));
    let put = Put { owner, collection, name, object, old };
    match (before, party::role(store, owner, &calendar)) {
        (Role::Attendee, Role::Attendee) | (Role::None, Role::Attendee) => {
            attendee::put(store, put, calendar)
        }
        (Role::Attendee, _) => Err(&crate::dav::names::ALLOWED_ATTENDEE_SCHEDULING_OBJECT_CHANGE),
        (Role::Organizer, Role::Attendee) => {
            Err(&crate::dav::names::ALLOWED_ORGANIZER_SCHEDULING_OBJECT_CHANGE)
        }
        (Role::None, Role::None) => {
            store.put(collection, name, put.object);
            Ok(Stored { changed: false })
        }
        (Role::Organizer, _) | (_, Role::Organizer) => Ok(organizer::put(store, put, calendar)),
    }
}

/// Tells the others of a resource that was deleted (RFC 6638 section 3.2). Without `reply` an attendee's
/// DELETE is silent (`Schedule-Reply: F`).
pub fn removed(
    store: &mut Store,
    _by: PrincipalId,
    collection: CollectionId,
    resource: &Resource,
    reply: bool,
) {
    let kind = store.collection(collection).map(|target| (target.owner, target.kind));
    let Some((owner, CollectionKind::Calendar)) = kind else { return };
    let Ok(calendar) = Calendar::parse(&resource.bytes) else { return };
    match party::role(store, owner, &calendar) {
        Role::None => {}
        Role::Organizer => organizer::removed(store, owner, &calendar, resource.component),
        Role::Attendee if reply => attendee::removed(store, owner, calendar),
        Role::Attendee => {}
    }
}

#[cfg(test)]
mod tests;
