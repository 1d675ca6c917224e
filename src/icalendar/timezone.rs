//! VTIMEZONE components (RFC 5545, 3.6.5), derived from the zone database.
//!
//! The changes of a zone's clocks are found by asking for its offsets over four decades. Those that
//! come every year on the same rule ("the last Sunday in March") become an RRULE; what follows no
//! rule (Ramadan, a zone that gave up summer time) is listed date by date.

mod onset;
mod yearly;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;

use chrono_tz::Tz;

use onset::{Onset, Span};

/// So many years are looked at to find a rule: all weekdays fall on all dates in 28.
const YEARS: i32 = 40;

/// The last year whose changes the zone database knows.
const LAST: i32 = 2099;

/// Years beyond which dates without a rule are not listed.
const LISTED: i32 = 5;

/// How many texts are remembered.
const REMEMBERED: usize = 256;

thread_local! {
    /// A client sends the same few components with every event, and deriving one takes some thousand look-ups.
    static MEMORY: RefCell<BTreeMap<(&'static str, i32), String>> = const { RefCell::new(BTreeMap::new()) };
}

/// The VTIMEZONE of `zone` as text with CRLF, right for every time from the beginning of `year` on:
/// for ever where the changes follow a rule, else until the end of the fifth year after `year`.
///
/// A year outside 1 to 9900 is taken for the nearest of these.
pub fn vtimezone(zone: Tz, year: i32) -> String {
    let key = (zone.name(), year.clamp(1, 9_900));
    MEMORY.with_borrow_mut(|memory| {
        if memory.len() >= REMEMBERED && !memory.contains_key(&key) {
            memory.clear();
        }
        memory.entry(key).or_insert_with(|| derive(zone, key.1)).clone()
    })
}

fn derive(zone: Tz, year: i32) -> String {
    let last = (year + YEARS).min(LAST.max(year));
    let onsets = onset::find(zone, year - 1, last);
    let mut text = format!("BEGIN:VTIMEZONE\r\nTZID:{}\r\n", zone.name());
    if !onsets.iter().any(|onset| onset.year() < year) {
        begin(&mut text, zone, year);
    }
    for series in series(&onsets) {
        write_series(&mut text, &series, year, last);
    }
    text.push_str("END:VTIMEZONE\r\n");
    text
}

/// The onsets of each pair of offsets, in order of time; the pairs in order of their first onset.
fn series(onsets: &[Onset]) -> Vec<Vec<Onset>> {
    let mut all: Vec<Vec<Onset>> = vec![];
    for onset in onsets {
        match all.iter_mut().find(|series| series[0].same_change(onset)) {
            Some(series) => series.push(onset.clone()),
            None => all.push(vec![onset.clone()]),
        }
    }
    all
}

/// States what is in force when `year` begins, if no change of the year before tells it.
fn begin(text: &mut String, zone: Tz, year: i32) {
    let span = Span::at_new_year(zone, year - 1);
    let start =
        if year > 1970 { "19700101T000000".to_owned() } else { format!("{:04}0101T000000", year.max(2) - 1) };
    write_observance(text, &span, span.offset, &start, &[]);
}

/// One series: first its dates that follow no rule, then its rule.
fn write_series(text: &mut String, series: &[Onset], year: i32, last: i32) {
    let (loose, ruled) = series.split_at(yearly::start(series, last));
    // A rule that begins too late leaves a hole before it, so it waits for a later `year`.
    let ruled = if ruled.first().is_some_and(|first| first.year() <= year + LISTED) { ruled } else { &[] };
    let loose: Vec<&Onset> = loose.iter().filter(|onset| onset.year() <= year + LISTED).collect();
    if let Some((first, rest)) = loose.split_first() {
        let dates: Vec<String> = rest.iter().map(|onset| format!("RDATE:{}", onset.stamp())).collect();
        write_observance(text, &first.after, first.before.offset, &first.stamp(), &dates);
    }
    if let Some((first, rule)) = ruled.first().zip(yearly::rule(ruled)) {
        write_observance(text, &first.after, first.before.offset, &first.stamp(), &[format!("RRULE:{rule}")]);
    }
}

fn write_observance(text: &mut String, span: &Span, from: i32, start: &str, recurrence: &[String]) {
    let kind = if span.daylight { "DAYLIGHT" } else { "STANDARD" };
    let mut lines = vec![format!("BEGIN:{kind}"), format!("DTSTART:{start}")];
    lines.extend_from_slice(recurrence);
    lines.push(format!("TZNAME:{}", span.name));
    lines.push(format!("TZOFFSETFROM:{}", offset(from)));
    lines.push(format!("TZOFFSETTO:{}", offset(span.offset)));
    lines.push(format!("END:{kind}"));
    for line in lines {
        text.push_str(&line);
        text.push_str("\r\n");
    }
}

/// An offset in seconds as the UTC-OFFSET of RFC 5545, 3.3.14.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.unsigned_abs();
    let mut text = format!("{sign}{:02}{:02}", all / 3600, all / 60 % 60);
    if !all.is_multiple_of(60) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{:02}", all % 60);
    }
    text
}

#[cfg(test)]
mod tests;
