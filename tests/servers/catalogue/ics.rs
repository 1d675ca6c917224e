//! The bodies in iCalendar. All of them are about tomorrow, because a server need not tell anyone of what is past.

use chrono::{DateTime, Duration, Utc};

use crate::running::User;

/// `20260105T090000Z`
pub fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// Ten o'clock of tomorrow.
pub fn tomorrow() -> DateTime<Utc> {
    let midnight = Utc::now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    midnight + Duration::hours(34)
}

fn calendar(lines: &[String]) -> String {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iCal 4.0.3//EN\r\n");
    text.push_str("CALSCALE:GREGORIAN\r\n");
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text + "END:VCALENDAR\r\n"
}

/// A simple event, or a meeting if it has attendees besides its organizer.
pub fn event(uid: &str, summary: &str, organizer: &User, attendees: &[&User]) -> String {
    let mut lines = vec!["BEGIN:VEVENT".to_owned(), format!("UID:{uid}"), format!("SUMMARY:{summary}")];
    lines.push(format!("CREATED:{0}\r\nDTSTAMP:{0}", stamp(Utc::now())));
    lines.push(format!("DTSTART:{}", stamp(tomorrow())));
    lines.push(format!("DTEND:{}", stamp(tomorrow() + Duration::hours(1))));
    lines.push("TRANSP:OPAQUE\r\nSEQUENCE:2".to_owned());
    if !attendees.is_empty() {
        let User { full_name, email, .. } = organizer;
        lines.push(format!("ORGANIZER;CN={full_name}:mailto:{email}"));
        lines.push(format!("ATTENDEE;CN={full_name};CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED:mailto:{email}"));
    }
    for User { full_name, email, .. } in attendees {
        let state = "PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE";
        lines.push(format!("ATTENDEE;CN={full_name};CUTYPE=INDIVIDUAL;{state}:mailto:{email}"));
    }
    lines.push("END:VEVENT".to_owned());
    calendar(&lines)
}

pub fn task(uid: &str) -> String {
    calendar(&[
        "BEGIN:VTODO".to_owned(),
        format!("UID:{uid}"),
        format!("CREATED:{0}\r\nDTSTAMP:{0}", stamp(Utc::now())),
        format!("DUE:{}", stamp(tomorrow())),
        "SUMMARY:Simple task\r\nEND:VTODO".to_owned(),
    ])
}

/// A free-busy request (spec 5.4.4).
pub fn free_busy(uid: &str, organizer: &User, attendee: &User) -> String {
    let start = tomorrow() - Duration::hours(10);
    let (own, other) = (&organizer.email, &attendee.email);
    calendar(&[
        "METHOD:REQUEST\r\nBEGIN:VFREEBUSY".to_owned(),
        format!("UID:{uid}"),
        format!("DTEND:{}", stamp(start + Duration::hours(24))),
        format!("ATTENDEE:mailto:{own}\r\nATTENDEE:mailto:{other}"),
        format!("DTSTART:{}", stamp(start)),
        format!("DTSTAMP:{}", stamp(Utc::now())),
        format!("ORGANIZER:mailto:{own}"),
        format!("SUMMARY:Availability for {own}, {other}"),
        "END:VFREEBUSY".to_owned(),
    ])
}

/// The lines of an iCalendar text, unfolded (RFC 5545, section 3.1).
pub fn unfold(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "").lines().map(str::to_owned).collect()
}

/// Whether `line` is the ATTENDEE with this address.
fn is_attendee(line: &str, user: &User) -> bool {
    line.starts_with("ATTENDEE") && line.to_lowercase().ends_with(&format!("mailto:{}", user.email))
}

/// The user's PARTSTAT in an event.
pub fn partstat(text: &str, user: &User) -> Option<String> {
    let lines = unfold(text);
    let line = lines.iter().find(|line| is_attendee(line, user))?;
    let parameter = line.split([';', ':']).find_map(|parameter| parameter.strip_prefix("PARTSTAT="));
    Some(parameter.unwrap_or("NEEDS-ACTION").to_owned())
}

/// The event with the user's invitation accepted.
pub fn accept(text: &str, user: &User) -> String {
    let accepted = format!("ATTENDEE;CN={};PARTSTAT=ACCEPTED:mailto:{}", user.full_name, user.email);
    let lines =
        unfold(text).into_iter().map(|line| if is_attendee(&line, user) { accepted.clone() } else { line });
    lines.map(|line| line + "\r\n").collect()
}
