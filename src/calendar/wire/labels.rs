//! The labels requests are counted under: those of the ancestor's last state (spec 5.4).

use crate::label::{Label, size_class};

pub const WELL_KNOWN: Label = Label::of("PROPFIND{well-known}");
pub const FIND_PRINCIPAL: Label = Label::of("PROPFIND{find-principal}");
pub const PRINCIPAL: Label = Label::of("PROPFIND{principal}");
pub const SEARCH_PROPERTIES: Label = Label::of("REPORT{pset}");
pub const HOME: Label = Label::of("PROPFIND{home}");
pub const SYNC_HOME: Label = Label::of("REPORT{sync-home}");
pub const PROPPATCH: Label = Label::of("PROPPATCH{calendar}");
pub const CALENDAR: Label = Label::of("PROPFIND{calendar}");
pub const INBOX: Label = Label::of("PROPFIND{inbox}");
pub const SYNC: Label = Label::of("REPORT{sync-coll}");
pub const SYNC_INIT: Label = Label::of("REPORT{sync-coll-init}");
pub const EVENTS: Label = Label::of("REPORT{vevent}");
pub const TASKS: Label = Label::of("REPORT{vtodo}");
pub const DELEGATES: Label = Label::of("REPORT{expand}");
pub const PROPERTY_SEARCH: Label = Label::of("REPORT{psearch}");
pub const CALENDARSERVER_SEARCH: Label = Label::of("REPORT{cpsearch}");
pub const PUT_EVENT: Label = Label::of("PUT{event}");
pub const PUT_UPDATE: Label = Label::of("PUT{update}");
pub const GET_EVENT: Label = Label::of("GET{event}");
pub const DELETE_EVENT: Label = Label::of("DELETE{event}");
pub const SYNC_NOTIFICATIONS: Label = Label::of("REPORT{sync-notif}");
pub const SYNC_NOTIFICATIONS_INIT: Label = Label::of("REPORT{sync-notif-init}");
pub const GET_NOTIFICATION: Label = Label::of("GET{notification}");
pub const ACCEPT_SHARE: Label = Label::of("POST{invite-accept}");
pub const DELETE_INVITE: Label = Label::of("DELETE{invite}");
pub const SHARE: Label = Label::of("POST{share-calendar}");
pub const ATTACH: Label = Label::of("POST{attachment}");
pub const GET_ATTACHMENT: Label = Label::of("GET{attachment}");
pub const TIME_RANGE: Label = Label::of("REPORT{calendar-query}");
pub const APNS: Label = Label::of("POST{apns}");

/// `REPORT{multiget-S}` for this many resources.
pub fn multiget(count: usize) -> Label {
    Label::request("REPORT", &format!("multiget-{}", size_class(count)))
}

/// `PUT{organizer-S}` for an event with this many attendees.
pub fn put_organizer(attendees: usize) -> Label {
    Label::request("PUT", &format!("organizer-{}", size_class(attendees)))
}

/// `PUT{attendee-S}` for an event with this many attendees.
pub fn put_attendee(attendees: usize) -> Label {
    Label::request("PUT", &format!("attendee-{}", size_class(attendees)))
}

/// `POST{fb-S}` for this many users.
pub fn free_busy(users: usize) -> Label {
    Label::request("POST", &format!("fb-{}", size_class(users)))
}

/// Those that do not depend on a count.
const PLAIN: [Label; 30] = [
    WELL_KNOWN,
    FIND_PRINCIPAL,
    PRINCIPAL,
    SEARCH_PROPERTIES,
    HOME,
    SYNC_HOME,
    PROPPATCH,
    CALENDAR,
    INBOX,
    SYNC,
    SYNC_INIT,
    EVENTS,
    TASKS,
    DELEGATES,
    PROPERTY_SEARCH,
    CALENDARSERVER_SEARCH,
    PUT_EVENT,
    PUT_UPDATE,
    GET_EVENT,
    DELETE_EVENT,
    SYNC_NOTIFICATIONS,
    SYNC_NOTIFICATIONS_INIT,
    GET_NOTIFICATION,
    ACCEPT_SHARE,
    DELETE_INVITE,
    SHARE,
    ATTACH,
    GET_ATTACHMENT,
    TIME_RANGE,
    APNS,
];

/// The label of every request there is.
pub fn all() -> Vec<Label> {
    let sized: [fn(usize) -> Label; 4] = [multiget, put_organizer, put_attendee, free_busy];
    let of_classes = sized.iter().flat_map(|label| CLASSES.map(label));
    PLAIN.into_iter().chain(of_classes).collect()
}

/// A count of each size class.
const CLASSES: [usize; 4] = [1, 6, 21, 76];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_labels_are_there_once() {
        let labels = all();
        let different: std::collections::BTreeSet<_> = labels.iter().collect();
        assert_eq!(different.len(), labels.len());
        for label in ["PROPFIND{well-known}", "PUT{organizer-huge}", "REPORT{multiget-small}", "POST{apns}"] {
            assert!(labels.contains(&Label::new(label)), "{label}");
        }
    }
}
