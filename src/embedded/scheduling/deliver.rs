//! An attendee's copy of an event, and the message about it.
use super::{compare, message, party};
use crate::embedded::store::{CollectionId, Object, PrincipalId, ScheduleTag, Store};
use crate::icalendar::object::is_override;
use crate::icalendar::{Addresses, Calendar, Component, Item, Line, PartStat};
use md5::{Digest, Md5};

/// Puts the organizer's event into an attendee's calendar and, with `notify`, a REQUEST into the inbox.
/// Nothing happens when the attendee has no calendar for it, or has the same already.
pub fn request(store: &mut Store, to: PrincipalId, event: &Calendar, component: &'static str, notify: bool) {
    let who = party::addresses(store, to);
    let Some(shown) = shown_to(event, &who) else { return };
    let Some(uid) = shown.uid().map(str::to_owned) else { return };
    let place = store.find_uid(to, &uid);
    let old = place
        .as_ref()
        .and_then(|(collection, name)| Calendar::parse(&store.resource(*collection, name)?.bytes).ok());
    if place.is_none() && !notify {
        return;
    }
    let Some(collection) =
        place.as_ref().map_or_else(|| calendar_for(store, to, component), |(c, _)| Some(*c))
    else {
        return;
    };
    let name = place.map_or_else(|| new_name(store, &uid), |(_, name)| name.to_string());
    let copy = personal(&shown, old.as_ref(), &who).to_bytes();
    // RFC 6638, 3.2.10: the tag stays while only the answers of others change.
    let tag = if notify { ScheduleTag::New } else { ScheduleTag::Keep };
    if store.resource(collection, &name).is_none_or(|resource| *resource.bytes != *copy) {
        store.put(collection, &name, Object::calendar(copy, &uid, component).with_tag(tag));
    }
    if notify {
        notice(store, to, &message::request(&shown), component);
    }
}

/// Takes an event back from an attendee who has a copy: the copy stays, cancelled, and a CANCEL comes into
/// the inbox.
pub fn cancel(store: &mut Store, to: PrincipalId, uid: &str, component: &'static str) {
    let Some((collection, name)) = store.find_uid(to, uid) else { return };
    let Some(resource) = store.resource(collection, &name) else { return };
    let Ok(mut copy) = Calendar::parse(&resource.bytes) else { return };
    let now = store.now();
    let message = message::cancel(&copy, now);
    message::cancelled(&mut copy, now);
    let object = Object::calendar(copy.to_bytes(), uid, component).with_tag(ScheduleTag::New);
    store.put(collection, &name, object);
    notice(store, to, &message, component);
}

/// Puts a message into an inbox.
pub fn notice(store: &mut Store, to: PrincipalId, message: &Calendar, component: &'static str) {
    let uid = message.uid().unwrap_or_default().to_owned();
    let name = new_name(store, &uid);
    let inbox = store.inbox(to);
    store.put(inbox, &name, Object::calendar(message.to_bytes(), &uid, component));
}

/// The calendar that takes new invitations of this component.
fn calendar_for(store: &Store, to: PrincipalId, component: &str) -> Option<CollectionId> {
    let accepts =
        |id: &CollectionId| store.collection(*id).is_some_and(|calendar| calendar.accepts(component));
    let mut owned =
        store.home(to).bindings().filter(|(_, binding)| binding.is_owned()).map(|(_, b)| b.collection);
    store.default_calendar(to).filter(accepts).or_else(|| owned.find(accepts))
}

/// A name that no resource has: the UID's hash, as UIDs may hold anything, and a number never given twice.
fn new_name(store: &Store, uid: &str) -> String {
    let hash = u128::from_be_bytes(Md5::digest(uid.as_bytes()).into());
    format!("{hash:032x}-{:08x}.ics", store.revision())
}

/// The event as an attendee sees it: the instances that invite, without the organizer's alarms. An instance
/// that does not invite although the others do is an exception to the rule.
fn shown_to(event: &Calendar, who: &Addresses) -> Option<Calendar> {
    let invited = |entry: &Component| entry.partstat(who).is_some();
    let excluded: Vec<Line> = event
        .overrides()
        .filter(|entry| !invited(entry))
        .filter_map(|entry| entry.get("RECURRENCE-ID"))
        .map(|line| line.renamed("EXDATE"))
        .collect();
    let mut shown = event.clone();
    let entries: Vec<bool> = event.entries().map(invited).collect();
    if !entries.contains(&true) {
        return None;
    }
    let mut invites = entries.into_iter();
    let names = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"];
    shown.root_mut().items_mut().retain(|item| match item {
        Item::Component(component) if names.iter().any(|name| component.is(name)) => {
            invites.next() == Some(true)
        }
        _ => true,
    });
    for entry in shown.entries_mut() {
        entry.items_mut().retain(|item| matches!(item, Item::Line(_)));
        entry.lines_mut().for_each(message::strip_status);
        if !is_override(entry) {
            excluded.iter().for_each(|line| entry.push(line.clone()));
        }
    }
    Some(shown)
}

/// What is each attendee's own: alarms, and whether the time counts as taken. Until there is an answer it
/// does not.
fn personal(shown: &Calendar, old: Option<&Calendar>, who: &Addresses) -> Calendar {
    let mut copy = shown.clone();
    for entry in copy.entries_mut() {
        let before = old.and_then(|old| compare::matching(old, entry));
        let transp = before.and_then(|before| before.get("TRANSP")).cloned();
        if let Some(line) = transp {
            entry.set(line);
        } else if entry.is("VEVENT") && entry.partstat(who) == Some(PartStat::NeedsAction) {
            entry.set_value("TRANSP", "TRANSPARENT");
        }
        for alarm in before.into_iter().flat_map(Component::components) {
            entry.push_component(alarm.clone());
        }
    }
    copy
}
