//! When an event happens: its instances inside a range of time.
//!
//! The recurrence engine of `calcard` does the counting. It is given only the lines that say when, so that
//! nothing else in a body can trouble it, and no SEQUENCE, as it takes an override whose SEQUENCE differs
//! from the master's for an instance of its own.
use crate::icalendar::{Calendar, Component};
use calcard::icalendar::dates::{CalendarEvent, TimeOrDelta};
use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// An event that would happen more often than this before the end of a range is cut off there.
const MAX_INSTANCES: i64 = 20_000;

/// The properties that say when.
const WHEN: &[&str] = &[
    "DTSTART",
    "DTEND",
    "DURATION",
    "DUE",
    "COMPLETED",
    "CREATED",
    "RRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
];

/// One instance of an event or task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instance {
    /// Its begin. Times without a zone count as UTC.
    pub start: DateTime<Utc>,
    /// Its end, exclusive.
    pub end: DateTime<Utc>,
    /// The place of the entry that describes it among [`Calendar::entries`]: the master or an override.
    pub entry: usize,
    /// DTSTART is a date.
    pub all_day: bool,
}

/// The instances that overlap `from..to`, by begin (RFC 4791 section 9.9: one without length counts when it
/// begins inside).
pub fn instances(calendar: &Calendar, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Instance> {
    let entries: Vec<&Component> = calendar.entries().collect();
    let Ok(reduced) = ICalendar::parse(reduce(calendar, &entries)) else { return Vec::new() };
    let limit = entries.iter().map(|entry| limit(entry, to)).max().unwrap_or(0);
    let expanded = reduced.expand_dates(chrono_tz::UTC, limit);
    let overlaps = |instance: &Instance| {
        let point = instance.start == instance.end;
        instance.start < to && (instance.end > from || point && instance.start >= from)
    };
    let mut found: Vec<Instance> =
        expanded.events.iter().filter_map(|event| read(&reduced, &entries, event)).filter(overlaps).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The lines that say when, each entry with its number for a UID.
fn reduce(calendar: &Calendar, entries: &[&Component]) -> String {
    let mut out = b"BEGIN:VCALENDAR\r\n".to_vec();
    for zone in calendar.root().components().filter(|component| component.is("VTIMEZONE")) {
        out.extend_from_slice(b"BEGIN:VTIMEZONE\r\n");
        let names = ["TZID", "X-LIC-LOCATION", "X-MICROSOFT-CDO-TZID"];
        let lines = zone.lines().filter(|line| names.iter().any(|name| line.is(name)));
        lines.for_each(|line| line.write(&mut out));
        out.extend_from_slice(b"END:VTIMEZONE\r\n");
    }
    for (number, entry) in entries.iter().enumerate() {
        let name = entry.name().to_ascii_uppercase();
        out.extend_from_slice(format!("BEGIN:{name}\r\nUID:{number}\r\n").as_bytes());
        let lines = entry.lines().filter(|line| WHEN.iter().any(|name| line.is(name)));
        lines.for_each(|line| line.write(&mut out));
        out.extend_from_slice(format!("END:{name}\r\n").as_bytes());
    }
    out.extend_from_slice(b"END:VCALENDAR\r\n");
    String::from_utf8_lossy(&out).into_owned()
}

/// How many instances there can be until `to`: a rule of days or longer gives one a day at most, unless it
/// names hours.
fn limit(entry: &Component, to: DateTime<Utc>) -> usize {
    let Some(rule) = entry.value("RRULE").map(str::to_ascii_uppercase) else { return 0 };
    let daily =
        ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].iter().any(|freq| rule.contains(&format!("FREQ={freq}")));
    let by_time = ["BYHOUR", "BYMINUTE", "BYSECOND"].iter().any(|part| rule.contains(part));
    let start = entry
        .value("DTSTART")
        .and_then(|value| NaiveDate::parse_from_str(value.trim().get(..8)?, "%Y%m%d").ok());
    let days = start.map_or(MAX_INSTANCES, |start| (to.date_naive() - start).num_days().saturating_add(2));
    let instances = if daily && !by_time { days.clamp(0, MAX_INSTANCES) } else { MAX_INSTANCES };
    usize::try_from(instances).unwrap_or(0)
}

type Expanded = CalendarEvent<
    DateTime<calcard::common::timezone::Tz>,
    TimeOrDelta<DateTime<calcard::common::timezone::Tz>, TimeDelta>,
>;

fn read(reduced: &ICalendar, entries: &[&Component], event: &Expanded) -> Option<Instance> {
    let component = reduced.components.get(event.comp_id as usize)?;
    let uid = component.entries.iter().find(|entry| entry.name == ICalendarProperty::Uid)?;
    let Some(ICalendarValue::Text(number)) = uid.values.first() else { return None };
    let number: usize = number.parse().ok()?;
    let begin = entries.get(number)?.value("DTSTART").unwrap_or_default().trim();
    let start = event.start.with_timezone(&Utc);
    let end = match &event.end {
        TimeOrDelta::Time(end) => end.with_timezone(&Utc),
        TimeOrDelta::Delta(length) => start.checked_add_signed(*length)?,
    };
    Some(Instance { start, end: end.max(start), entry: number, all_day: begin.len() == 8 })
}

/// A UTC date-time of the basic form, as `20260105T090000Z`.
pub fn utc(value: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(value.trim(), "%Y%m%dT%H%M%SZ").ok().map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn starts(body: &str, from: &str, to: &str) -> Vec<(String, usize)> {
        let text = format!("BEGIN:VCALENDAR\r\n{body}END:VCALENDAR\r\n");
        let calendar = Calendar::parse(text.as_bytes()).unwrap();
        let found = instances(&calendar, utc(from).unwrap(), utc(to).unwrap());
        found.iter().map(|i| (i.start.format("%m-%dT%H:%M").to_string(), i.entry)).collect()
    }

    #[test]
    fn a_weekly_meeting_keeps_its_local_time_and_its_exceptions() {
        let body = "BEGIN:VTIMEZONE\r\nTZID:X/Berlin\r\nX-LIC-LOCATION:Europe/Berlin\r\nEND:VTIMEZONE\r\n\
            BEGIN:VEVENT\r\nUID:u\r\nSEQUENCE:2\r\nDTSTART;TZID=X/Berlin:20260316T100000\r\nDTEND;TZID=X/Berlin:20260316T110000\r\n\
            RRULE:FREQ=WEEKLY\r\nEXDATE;TZID=X/Berlin:20260323T100000\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:u\r\nRECURRENCE-ID;TZID=X/Berlin:20260406T100000\r\nDTSTART;TZID=X/Berlin:20260407T120000\r\n\
            DTEND;TZID=X/Berlin:20260407T130000\r\nEND:VEVENT\r\n";
        assert_eq!(
            starts(body, "20260310T000000Z", "20260414T000000Z"),
            [
                ("03-16T09:00".to_owned(), 0),
                ("03-30T08:00".to_owned(), 0),
                ("04-07T10:00".to_owned(), 1),
                ("04-13T08:00".to_owned(), 0),
            ]
        );
    }

    #[test]
    fn the_range_is_half_open() {
        let body = "BEGIN:VEVENT\r\nDTSTART:20260105T090000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n";
        assert_eq!(starts(body, "20260105T093000Z", "20260105T094000Z").len(), 1);
        assert_eq!(starts(body, "20260105T100000Z", "20260105T110000Z").len(), 0);
        assert_eq!(starts(body, "20260105T080000Z", "20260105T090000Z").len(), 0);
        let day = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260105\r\nEND:VEVENT\r\n";
        assert_eq!(starts(day, "20260105T230000Z", "20260106T000000Z").len(), 1);
        assert_eq!(starts(day, "20260106T000000Z", "20260107T000000Z").len(), 0);
    }

    #[test]
    fn an_old_daily_event_reaches_the_range_and_a_wild_rule_ends() {
        let old = "BEGIN:VEVENT\r\nDTSTART:20060105T090000Z\r\nDTEND:20060105T093000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n";
        assert_eq!(starts(old, "20260105T000000Z", "20260107T000000Z").len(), 2);
        let wild = "BEGIN:VEVENT\r\nDTSTART:20060105T090000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n";
        assert_eq!(starts(wild, "20260105T000000Z", "20260107T000000Z").len(), 0);
    }

    proptest! {
        #[test]
        fn nothing_panics(lines in proptest::collection::vec("(DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID)(;TZID=X)?:(FREQ=(DAILY|YEARLY);(COUNT|UNTIL|INTERVAL)=)?[0-9TZP]{0,16}\r\n", 0..6)) {
            let body = format!("BEGIN:VEVENT\r\n{}END:VEVENT\r\n", lines.concat());
            starts(&body, "20260105T000000Z", "20260107T000000Z");
        }
    }
}
