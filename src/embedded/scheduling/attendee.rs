//! What an attendee's PUT and DELETE do (RFC 6638 section 3.2.2).
use super::{Put, Stored, compare, deliver, message, party};
use crate::dav::{Name, names};
use crate::embedded::store::{Object, PrincipalId, ScheduleTag, Store};
use crate::icalendar::{Addresses, Calendar, Component, PartStat};

/// Stores an attendee's copy and tells the organizer of an answer in it.
///
/// # Errors
/// The copy changes what only the organizer may.
pub fn put(store: &mut Store, put: Put, mut calendar: Calendar) -> Result<Stored, &'static Name> {
    party::canonicalise(store, &mut calendar);
    if put.old.as_ref().is_some_and(|old| compare::oversteps(old, &calendar)) {
        return Err(&names::ALLOWED_ATTENDEE_SCHEDULING_OBJECT_CHANGE);
    }
    let me = party::addresses(store, put.owner);
    let declined = taken_away(put.old.as_ref(), &calendar, &me);
    if !declined.is_empty() || compare::answers_differ(put.old.as_ref(), &calendar, &me) {
        let mut answers = calendar.clone();
        declined.into_iter().for_each(|entry| answers.root_mut().push_component(entry));
        let status = reply(store, &me, &answers);
        for line in calendar.entries_mut().filter_map(|entry| entry.get_mut("ORGANIZER")) {
            line.set_param("SCHEDULE-STATUS", status);
        }
    }
    let bytes = calendar.to_bytes();
    let changed = *put.object.bytes != *bytes;
    let object = Object { bytes: bytes.into(), ..put.object }.with_tag(ScheduleTag::New);
    store.put(put.collection, put.name, object);
    Ok(Stored { changed })
}

/// The instances that an attendee has excluded from its copy, each declined (RFC 6638 section 3.2.2.1).
fn taken_away(old: Option<&Calendar>, new: &Calendar, me: &Addresses) -> Vec<Component> {
    let (Some(before), Some(master)) = (old.and_then(Calendar::master), new.master()) else {
        return Vec::new();
    };
    let known = compare::exclusions(before);
    let added = compare::exclusions(master).into_iter().filter(|line| !known.contains(line));
    let declined = added.filter_map(|line| {
        let mut entry = message::instance_at(master, line)?;
        let own = entry.attendee_mut(me)?;
        own.set_param("PARTSTAT", PartStat::Declined.as_str());
        own.remove_param("RSVP");
        Some(entry)
    });
    declined.collect()
}

/// An attendee who throws the event away declines it, unless that is known or the event is cancelled.
pub fn removed(store: &mut Store, owner: PrincipalId, mut calendar: Calendar) {
    let cancelled = calendar.master().and_then(|master| master.value("STATUS")) == Some("CANCELLED");
    let me = party::addresses(store, owner);
    if !cancelled && calendar.answer(&me, PartStat::Declined) > 0 {
        reply(store, &me, &calendar);
    }
}

/// Brings the answers of an attendee's copy to the organizer, and into the copies of the others. Gives the
/// delivery status (RFC 6638 section 3.2.9).
fn reply(store: &mut Store, from: &Addresses, copy: &Calendar) -> &'static str {
    let Some(organizer) = party::organizer_of(store, copy) else { return "3.7" };
    let place = copy.uid().and_then(|uid| store.find_uid(organizer, uid));
    let Some((collection, name)) = place else { return "5.1" };
    let Some(resource) = store.resource(collection, &name).cloned() else { return "5.1" };
    let Ok(mut event) = Calendar::parse(&resource.bytes) else { return "5.1" };
    if !event.is_organizer(&party::addresses(store, organizer)) || !invites(&event, from) {
        return "3.8";
    }
    apply(&mut event, copy, from);
    let component = resource.component;
    // RFC 6638, 3.2.10: an answer that the server brings does not change the organizer's tag.
    let object = Object::calendar(event.to_bytes(), &resource.uid, component).with_tag(ScheduleTag::Keep);
    store.put(collection, &name, object);
    let message = message::reply(copy, from, store.now());
    deliver::notice(store, organizer, &message, component);
    for user in party::attendees_of(store, &event) {
        let is_sender = party::addresses(store, user) == *from;
        if user != organizer && !is_sender {
            deliver::request(store, user, &event, component, false);
        }
    }
    "1.2"
}

fn invites(event: &Calendar, who: &Addresses) -> bool {
    event.entries().any(|entry| entry.partstat(who).is_some())
}

/// Writes the answers into the organizer's event; an answer to one instance that had no entry of its own
/// makes one.
fn apply(event: &mut Calendar, copy: &Calendar, from: &Addresses) {
    for answered in copy.entries() {
        let Some(answer) = answered.partstat(from) else { continue };
        if compare::matching(event, answered).is_none() {
            let Some(master) = event.master() else { continue };
            let entry = message::instance_of(master, answered);
            event.root_mut().push_component(entry);
        }
        let instance = compare::instance(answered);
        let entry = event.entries_mut().find(|entry| compare::instance(entry) == instance);
        entry.into_iter().for_each(|entry| write_answer(entry, from, answer));
    }
}

fn write_answer(entry: &mut Component, from: &Addresses, answer: PartStat) {
    if let Some(line) = entry.attendee_mut(from) {
        line.set_param("PARTSTAT", answer.as_str());
        line.remove_param("RSVP");
        line.set_param("SCHEDULE-STATUS", "2.0");
    }
}
