//! What two versions of an event differ in.
use crate::icalendar::address::normalise;
use crate::icalendar::{Addresses, Calendar, Component, Line, PartStat};

/// Properties that are no reason to tell others: stamps, and what each user has for itself.
const PRIVATE: &[&str] = &["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "TRANSP", "REQUEST-STATUS"];

/// Properties that say when an event happens. Deleting one instance (EXDATE) moves nothing.
const TIMES: &[&str] = &["DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "RDATE"];

/// Is there a difference that the other people of the event must hear of?
pub fn differ(old: &Calendar, new: &Calendar) -> bool {
    public_lines(old) != public_lines(new)
}

/// Does it happen at another time, so that answers given before no longer count?
pub fn moved(old: &Calendar, new: &Calendar) -> bool {
    times(old) != times(new)
}

/// Has an attendee changed what only the organizer may: the time, or who organizes?
pub fn oversteps(old: &Calendar, new: &Calendar) -> bool {
    let organizer = |calendar: &Calendar| calendar.organizer().map(|organizer| normalise(&organizer.address));
    old.master().map(entry_times) != new.master().map(entry_times) || organizer(old) != organizer(new)
}

/// Has the answer of a user to any instance changed? Before the event was there it was NEEDS-ACTION.
pub fn answers_differ(old: Option<&Calendar>, new: &Calendar, who: &Addresses) -> bool {
    new.entries().any(|entry| {
        let before =
            old.and_then(|old| matching(old, entry).or(old.master())).and_then(|entry| entry.partstat(who));
        entry.partstat(who).is_some_and(|now| now != before.unwrap_or(PartStat::NeedsAction))
    })
}

/// The instances that a master excludes, each as a RECURRENCE-ID with the parameters of its EXDATE.
pub fn exclusions(master: &Component) -> Vec<Line> {
    let one = |line: &Line, value: &str| {
        let mut id =
            Line::from_logical(line.as_str().to_ascii_uppercase().replacen("EXDATE", "RECURRENCE-ID", 1));
        id.set_value(value.trim());
        id
    };
    master.all("EXDATE").flat_map(|line| line.value().split(',').map(move |value| one(line, value))).collect()
}

/// The instance an entry stands for; none for a master.
pub fn instance(entry: &Component) -> Option<&str> {
    entry.value("RECURRENCE-ID").map(str::trim)
}

/// The entry of `calendar` for the same instance.
pub fn matching<'a>(calendar: &'a Calendar, entry: &Component) -> Option<&'a Component> {
    calendar.entries().find(|other| instance(other) == instance(entry))
}

fn public_lines(calendar: &Calendar) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in calendar.entries() {
        let id = instance(entry).unwrap_or_default();
        lines.extend(
            entry.lines().filter(|line| is_public(line)).map(|line| format!("{id} {}", public_text(line))),
        );
    }
    lines.sort_unstable();
    lines
}

fn is_public(line: &Line) -> bool {
    !PRIVATE.iter().any(|name| line.is(name)) && !line.name().to_ascii_uppercase().starts_with("X-")
}

/// People by address alone, as answers are told by replies.
fn public_text(line: &Line) -> String {
    match line.is("ATTENDEE") || line.is("ORGANIZER") {
        true => format!("{}:{}", line.name(), normalise(line.value())),
        false => line.as_str().to_owned(),
    }
}

fn times(calendar: &Calendar) -> Vec<(Option<&str>, Vec<&str>)> {
    calendar.entries().map(|entry| (instance(entry), entry_times(entry))).collect()
}

fn entry_times(entry: &Component) -> Vec<&str> {
    let mut lines: Vec<&str> =
        entry.lines().filter(|line| TIMES.iter().any(|name| line.is(name))).map(Line::as_str).collect();
    lines.sort_unstable();
    lines
}
