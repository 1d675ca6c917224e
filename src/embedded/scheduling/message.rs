//! iTIP messages (RFC 5546) as they lie in an inbox.
use crate::icalendar::compose::time::utc;
use crate::icalendar::{Addresses, Calendar, Component, Item, Line};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// The properties that a reply repeats.
const REPLIED: &[&str] = &[
    "UID",
    "RECURRENCE-ID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "DUE",
    "ORGANIZER",
    "RRULE",
    "SEQUENCE",
    "SUMMARY",
];

/// The invitation: the event as the attendee may see it.
pub fn request(shown: &Calendar) -> Calendar {
    with_method(shown.clone(), "REQUEST")
}

/// The cancellation of all that `copy` invites to.
pub fn cancel(copy: &Calendar, now: DateTime<Utc>) -> Calendar {
    let mut calendar = with_method(copy.clone(), "CANCEL");
    cancelled(&mut calendar, now);
    calendar
}

/// Marks an event as cancelled, with the next SEQUENCE.
pub fn cancelled(calendar: &mut Calendar, now: DateTime<Utc>) {
    let sequence = calendar.sequence().saturating_add(1).to_string();
    for entry in calendar.entries_mut() {
        entry.set_value("STATUS", "CANCELLED");
        entry.set_value("SEQUENCE", &sequence);
        entry.set_value("DTSTAMP", &utc(now));
        entry.items_mut().retain(|item| matches!(item, Item::Line(_)));
    }
}

/// An attendee's answer: of each instance only what identifies it, and the attendee.
pub fn reply(copy: &Calendar, from: &Addresses, now: DateTime<Utc>) -> Calendar {
    let mut calendar = with_method(copy.clone(), "REPLY");
    for entry in calendar.entries_mut() {
        entry.items_mut().retain(|item| match item {
            Item::Line(line) if line.is("ATTENDEE") => from.named_by(line),
            Item::Line(line) => REPLIED.iter().any(|name| line.is(name)),
            Item::Component(_) => false,
        });
        entry.push(Line::new("DTSTAMP", &utc(now)));
        entry.push(Line::new("REQUEST-STATUS", "2.0;Success"));
        entry.lines_mut().for_each(strip_status);
    }
    calendar
}

/// What a server notes on a line for the one it serves is nobody else's.
pub fn strip_status(line: &mut Line) {
    const BEGIN: &str = "SCHEDULE-";
    // Most lines have neither, and to find that out once is enough.
    let begins = |name: &str| name.get(..BEGIN.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(BEGIN));
    if line.param_names().any(begins) {
        line.remove_param("SCHEDULE-STATUS");
        line.remove_param("SCHEDULE-FORCE-SEND");
    }
}

fn with_method(mut calendar: Calendar, method: &str) -> Calendar {
    let root = calendar.root_mut();
    root.set_value("METHOD", method);
    calendar
}

/// The master as the instance that `like` stands for: its times, without rule, dates and alarms.
pub fn instance_of(master: &Component, like: &Component) -> Component {
    let mut entry = single(master);
    for name in ["RECURRENCE-ID", "DTSTART", "DTEND", "DURATION"] {
        like.get(name).into_iter().for_each(|line| entry.push(line.clone()));
    }
    entry
}

/// The master as the instance of this RECURRENCE-ID, which begins then and lasts as long. None when the dates
/// cannot be read.
pub fn instance_at(master: &Component, id: Line) -> Option<Component> {
    let mut entry = single(master);
    entry.push(id.renamed("DTSTART"));
    if let Some(duration) = master.get("DURATION") {
        entry.push(duration.clone());
    } else if let (Some(start), Some(end)) = (master.get("DTSTART"), master.get("DTEND")) {
        let length = wall(end.value())? - wall(start.value())?;
        let mut line = id.renamed("DTEND");
        let (until, utc) = (wall(id.value())?.checked_add_signed(length)?, id.value().ends_with('Z'));
        let format = if id.value().len() == 8 { "%Y%m%d" } else { "%Y%m%dT%H%M%S" };
        line.set_value(&format!("{}{}", until.format(format), if utc { "Z" } else { "" }));
        entry.push(line);
    }
    entry.push(id);
    Some(entry)
}

/// What the clock shows: a date-time of the basic form, or a date at midnight.
fn wall(value: &str) -> Option<NaiveDateTime> {
    let value = value.trim().trim_end_matches('Z');
    let time = NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").ok();
    time.or_else(|| NaiveDate::parse_from_str(value, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0))
}

fn single(master: &Component) -> Component {
    let mut entry = master.clone();
    entry.items_mut().retain(|item| matches!(item, Item::Line(_)));
    for name in ["RRULE", "RDATE", "EXDATE", "DTSTART", "DTEND", "DURATION"] {
        entry.remove(name);
    }
    entry
}
