//! What the organizer's PUT and DELETE do (RFC 6638 section 3.2.1).
use super::{Put, Stored, compare, deliver, message, party};
use crate::embedded::store::{Object, PrincipalId, ScheduleTag, Store};
use crate::icalendar::{Calendar, PartStat};

/// Stores the organizer's event, invites and tells the attendees, and cancels for those it no longer names.
pub fn put(store: &mut Store, put: Put, mut calendar: Calendar) -> Stored {
    party::canonicalise(store, &mut calendar);
    if let Some(old) = &put.old {
        merge_answers(store, put.owner, old, &mut calendar);
    }
    let tell = put.old.as_ref().is_none_or(|old| compare::differ(old, &calendar));
    let attendees = party::attendees_of(store, &calendar);
    let before = put.old.as_ref().map(|old| party::attendees_of(store, old)).unwrap_or_default();
    let component = put.object.component;
    for gone in before.into_iter().filter(|user| *user != put.owner && !attendees.contains(user)) {
        deliver::cancel(store, gone, &put.object.uid, component);
    }
    if tell {
        let told = served_attendees(store, put.owner, &calendar);
        told.into_iter().for_each(|user| deliver::request(store, user, &calendar, component, true));
        note_delivery(store, put.owner, &mut calendar);
    }
    let tag = if attendees.is_empty() { ScheduleTag::None } else { ScheduleTag::New };
    let bytes = calendar.to_bytes();
    let changed = *put.object.bytes != *bytes;
    let object = Object { bytes: bytes.into(), ..put.object }.with_tag(tag);
    store.put(put.collection, put.name, object);
    Stored { changed }
}

/// Cancels for everybody.
pub fn removed(store: &mut Store, owner: PrincipalId, calendar: &Calendar, component: &'static str) {
    let Some(uid) = calendar.uid().map(str::to_owned) else { return };
    for user in served_attendees(store, owner, calendar) {
        deliver::cancel(store, user, &uid, component);
    }
}

/// The attendees the server speaks to: not the organizer, none whom the client promised to tell itself.
fn served_attendees(store: &Store, owner: PrincipalId, calendar: &Calendar) -> Vec<PrincipalId> {
    let lines = calendar.entries().flat_map(|entry| entry.all("ATTENDEE"));
    let silent: Vec<PrincipalId> = lines
        .filter(|line| !party::served(line))
        .filter_map(|line| party::principal_of(store, line))
        .collect();
    let mut users = party::attendees_of(store, calendar);
    users.retain(|user| *user != owner && !silent.contains(user));
    users
}

/// Answers are the attendees' own: a stale body of the organizer does not undo them. When the event moves to
/// another time they are asked again.
fn merge_answers(store: &Store, owner: PrincipalId, old: &Calendar, new: &mut Calendar) {
    let me = party::addresses(store, owner);
    let moved = compare::moved(old, new);
    for entry in new.entries_mut() {
        let Some(before) = compare::matching(old, entry).or(old.master()) else { continue };
        for line in entry.lines_mut().filter(|line| line.is("ATTENDEE") && !me.named_by(line)) {
            if moved {
                line.set_param("PARTSTAT", PartStat::NeedsAction.as_str());
                line.set_param("RSVP", "TRUE");
                continue;
            }
            let who = crate::icalendar::Addresses::new([line.value()]);
            let answer = before.partstat(&who).filter(|answer| *answer != PartStat::NeedsAction);
            if let Some(answer) = answer.filter(|_| PartStat::of(line) == PartStat::NeedsAction) {
                line.set_param("PARTSTAT", answer.as_str());
                line.remove_param("RSVP");
            }
        }
    }
}

/// Notes on each attendee what became of the message (RFC 6638 section 3.2.9): delivered, or unknown here.
fn note_delivery(store: &Store, owner: PrincipalId, calendar: &mut Calendar) {
    let me = party::addresses(store, owner);
    for line in calendar.entries_mut().flat_map(|entry| entry.lines_mut()) {
        if !line.is("ATTENDEE") || me.named_by(line) || !party::served(line) {
            continue;
        }
        message::strip_status(line);
        let status = if party::principal_of(store, line).is_some() { "1.2" } else { "3.7" };
        line.set_param("SCHEDULE-STATUS", status);
    }
}
