//! The VTIMEZONE of a zone (RFC 5545, 3.6.5), from the zone database in this program.
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// How many years are looked at to see whether a zone keeps one rule, and written out when it does not.
const YEARS: i32 = 6;

thread_local! {
    static WRITTEN: RefCell<BTreeMap<(&'static str, i32), String>> = const { RefCell::new(BTreeMap::new()) };
}

/// The component as text, with CRLF, right from the beginning of `year` on: by yearly rules where the
/// zone has them, else with the changes of the next years. Written once and kept, since a simulation
/// uses few zones.
pub fn vtimezone(zone: Tz, year: i32) -> String {
    let key = (zone.name(), year);
    if let Some(known) = WRITTEN.with_borrow(|written| written.get(&key).cloned()) {
        return known;
    }
    let text = write(zone, year);
    WRITTEN.with_borrow_mut(|written| written.insert(key, text.clone()));
    text
}

/// One moment at which the clocks of a zone change.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    /// What the clocks showed just before, were they not changed: DTSTART of an observance.
    local: NaiveDateTime,
    from: i32,
    to: i32,
    name: String,
    daylight: bool,
}

/// A day of the year that a rule names: month, weekday, and its place from the front or, -1, the last.
type Day = (u32, chrono::Weekday, i32);

fn write(zone: Tz, year: i32) -> String {
    let mut lines = vec!["BEGIN:VTIMEZONE".to_owned(), format!("TZID:{}", zone.name())];
    // The year before, so that its last change covers the days before the first one of `year`.
    let changes: Vec<Vec<Change>> = (year - 1..year + YEARS).map(|year| changes(zone, year)).collect();
    if changes.iter().all(Vec::is_empty) {
        lines.extend(fixed(zone, year));
    } else if let Some(days) = rules(&changes) {
        for (change, day) in changes[0].iter().zip(days) {
            lines.extend(observance(change, Some(day)));
        }
    } else {
        lines.extend(fixed(zone, year - 1));
        lines.extend(changes.iter().flatten().flat_map(|change| observance(change, None)));
    }
    lines.extend(["END:VTIMEZONE".to_owned(), String::new()]);
    lines.join("\r\n")
}

/// The observance in force at the beginning of a year.
fn fixed(zone: Tz, year: i32) -> Vec<String> {
    let Some(start) = NaiveDate::from_ymd_opt(year, 1, 1).and_then(|day| day.and_hms_opt(0, 0, 0)) else {
        return Vec::new();
    };
    let offset = zone.offset_from_utc_datetime(&start);
    let seconds = offset.fix().local_minus_utc();
    let name = offset.abbreviation().unwrap_or_else(|| zone.name()).to_owned();
    let daylight = !offset.dst_offset().is_zero();
    observance(&Change { local: start, from: seconds, to: seconds, name, daylight }, None)
}

fn observance(change: &Change, day: Option<Day>) -> Vec<String> {
    let kind = if change.daylight { "DAYLIGHT" } else { "STANDARD" };
    let mut lines =
        vec![format!("BEGIN:{kind}"), format!("DTSTART:{}", change.local.format("%Y%m%dT%H%M%S"))];
    if let Some((month, weekday, place)) = day {
        let name = weekday.to_string().to_uppercase();
        lines.push(format!("RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={place}{}", &name[..2]));
    }
    lines.push(format!("TZNAME:{}", change.name));
    lines.push(format!("TZOFFSETFROM:{}", offset_text(change.from)));
    lines.push(format!("TZOFFSETTO:{}", offset_text(change.to)));
    lines.push(format!("END:{kind}"));
    lines
}

/// `+0530`, with seconds only where there are any.
fn offset_text(seconds: i32) -> String {
    let (sign, all) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    let rest = if rest == 0 { String::new() } else { format!("{rest:02}") };
    format!("{sign}{hours:02}{minutes:02}{rest}")
}

/// The changes of one year (UTC), in order.
fn changes(zone: Tz, year: i32) -> Vec<Change> {
    let Some(mut at) = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single() else { return Vec::new() };
    let mut found = Vec::new();
    while at.year() == year {
        let next = at + TimeDelta::days(1);
        let (before, after) = (seconds_at(zone, at), seconds_at(zone, next));
        if before != after {
            found.push(change(zone, at, next));
        }
        at = next;
    }
    found
}

/// The change between two moments of which the later one has another offset.
fn change(zone: Tz, mut early: DateTime<Utc>, mut late: DateTime<Utc>) -> Change {
    let from = seconds_at(zone, early);
    while late - early > TimeDelta::seconds(1) {
        let middle = early + (late - early) / 2;
        let middle = DateTime::from_timestamp(middle.timestamp(), 0).unwrap_or(middle);
        if seconds_at(zone, middle) == from {
            early = middle;
        } else {
            late = middle;
        }
    }
    let offset = zone.offset_from_utc_datetime(&late.naive_utc());
    Change {
        local: late.naive_utc() + TimeDelta::seconds(i64::from(from)),
        from,
        to: offset.fix().local_minus_utc(),
        name: offset.abbreviation().unwrap_or_else(|| zone.name()).to_owned(),
        daylight: !offset.dst_offset().is_zero(),
    }
}

fn seconds_at(zone: Tz, at: DateTime<Utc>) -> i32 {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

/// The days that explain the changes of every year, if there are such.
fn rules(years: &[Vec<Change>]) -> Option<Vec<Day>> {
    let first = years.first()?;
    let days = first.iter().enumerate().map(|(index, change)| {
        let candidates = candidates(change.local.date());
        candidates.into_iter().find(|day| years.iter().all(|year| explains(*day, change, year.get(index))))
    });
    let same_length = years.iter().all(|year| year.len() == first.len());
    days.collect::<Option<Vec<_>>>().filter(|_| same_length)
}

fn candidates(date: NaiveDate) -> Vec<Day> {
    let place = (date.day0() / 7 + 1) as i32;
    let last = is_last(date).then_some(-1);
    let ordered = last.into_iter().chain((place < 5).then_some(place));
    ordered.map(|place| (date.month(), date.weekday(), place)).collect()
}

fn is_last(date: NaiveDate) -> bool {
    (date + TimeDelta::days(7)).month() != date.month()
}

fn explains(day: Day, model: &Change, other: Option<&Change>) -> bool {
    let Some(other) = other else { return false };
    candidates(other.local.date()).contains(&day)
        && other.local.time() == model.local.time()
        && (other.from, other.to, &other.name) == (model.from, model.to, &model.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_with_rules_is_written_by_them() {
        let text = vtimezone(chrono_tz::America::Los_Angeles, 2026);
        let expected = "BEGIN:VTIMEZONE\r\nTZID:America/Los_Angeles\r\n\
            BEGIN:DAYLIGHT\r\nDTSTART:20250309T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\nTZNAME:PDT\r\n\
            TZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nEND:DAYLIGHT\r\n\
            BEGIN:STANDARD\r\nDTSTART:20251102T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nTZNAME:PST\r\n\
            TZOFFSETFROM:-0700\r\nTZOFFSETTO:-0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        assert_eq!(text, expected);
        let text = vtimezone(chrono_tz::Europe::Berlin, 2026);
        assert!(
            text.contains("DTSTART:20250330T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZNAME:CEST")
        );
    }

    #[test]
    fn a_zone_without_changes_has_one_observance() {
        let text = vtimezone(chrono_tz::Asia::Kolkata, 2026);
        let expected = "BEGIN:VTIMEZONE\r\nTZID:Asia/Kolkata\r\nBEGIN:STANDARD\r\nDTSTART:20260101T000000\r\nTZNAME:IST\r\n\
            TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        assert_eq!(text, expected);
    }

    /// The clocks of Morocco follow the moon: no yearly rule explains them.
    #[test]
    fn a_zone_without_rules_lists_its_changes() {
        let text = vtimezone(chrono_tz::Africa::Casablanca, 2026);
        assert!(
            !text.contains("RRULE")
                && text.matches("BEGIN:STANDARD").count() + text.matches("BEGIN:DAYLIGHT").count() > 8
        );
    }

    #[test]
    fn every_zone_can_be_written_and_read() {
        for zone in chrono_tz::TZ_VARIANTS.iter().step_by(7) {
            let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", vtimezone(*zone, 2026));
            let calendar = crate::icalendar::Calendar::parse(text.as_bytes()).unwrap();
            let zone = calendar.root().components().next().unwrap();
            assert!(zone.components().count() >= 1, "{text}");
        }
    }
}
