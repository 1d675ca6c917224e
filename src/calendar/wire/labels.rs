//! The labels requests are counted under: those of the ancestor's last state (spec 5.4).

use crate::label::{Label, size_class};

/// Makes a constant of each label, and [`PLAIN`] of them all, so that none is left out there.
macro_rules! plain {
    ($($name:ident = $text:literal,)*) => {
        $(pub const $name: Label = Label::of($text);)*

        /// Those that do not depend on a count.
        const PLAIN: &[Label] = &[$($name),*];
    };
}

plain! {
    WELL_KNOWN = "PROPFIND{well-known}",
    FIND_PRINCIPAL = "PROPFIND{find-principal}",
    PRINCIPAL = "PROPFIND{principal}",
    SEARCH_PROPERTIES = "REPORT{pset}",
    HOME = "PROPFIND{home}",
    SYNC_HOME = "REPORT{sync-home}",
    PROPPATCH = "PROPPATCH{calendar}",
    CALENDAR = "PROPFIND{calendar}",
    INBOX = "PROPFIND{inbox}",
    SYNC = "REPORT{sync-coll}",
    SYNC_INIT = "REPORT{sync-coll-init}",
    EVENTS = "REPORT{vevent}",
    TASKS = "REPORT{vtodo}",
    DELEGATES = "REPORT{expand}",
    PROPERTY_SEARCH = "REPORT{psearch}",
    CALENDARSERVER_SEARCH = "REPORT{cpsearch}",
    PUT_EVENT = "PUT{event}",
    PUT_UPDATE = "PUT{update}",
    GET_EVENT = "GET{event}",
    DELETE_EVENT = "DELETE{event}",
    SYNC_NOTIFICATIONS = "REPORT{sync-notif}",
    SYNC_NOTIFICATIONS_INIT = "REPORT{sync-notif-init}",
    GET_NOTIFICATION = "GET{notification}",
    ACCEPT_SHARE = "POST{invite-accept}",
    DELETE_INVITE = "DELETE{invite}",
    SHARE = "POST{share-calendar}",
    ATTACH = "POST{attachment}",
    GET_ATTACHMENT = "GET{attachment}",
    TIME_RANGE = "REPORT{calendar-query}",
    APNS = "POST{apns}",
}

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

/// The label of every request there is.
pub fn all() -> Vec<Label> {
    let sized: [fn(usize) -> Label; 4] = [multiget, put_organizer, put_attendee, free_busy];
    PLAIN.iter().copied().chain(sized.into_iter().flat_map(of_all_sizes)).collect()
}

/// A label that depends on a count, for every size class.
pub fn of_all_sizes(label: fn(usize) -> Label) -> Vec<Label> {
    CLASSES.map(label).to_vec()
}

/// The same for the classes of counts up to `most`.
pub fn of_sizes_to(most: usize, label: fn(usize) -> Label) -> Vec<Label> {
    CLASSES.into_iter().filter(|least| *least <= most).map(label).collect()
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
