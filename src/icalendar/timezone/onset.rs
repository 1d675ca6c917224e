//! When the clocks of a zone change, and from what to what.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz, TzOffset};

/// Changes are looked for in steps of this many seconds. No zone of the last half century
/// changed twice within a week.
const STEP: i64 = 7 * 86_400;

/// What is in force between two changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Seconds east of UTC.
    pub offset: i32,
    /// The abbreviation, as `CEST`.
    pub name: String,
    /// Summer time.
    pub daylight: bool,
}

/// What tells two spans apart: the offset, and what the database adds for it to the zone's standard
/// time, both in seconds. Some zones subtract in winter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    offset: i32,
    saving: i64,
}

/// One change.
#[derive(Debug, Clone)]
pub struct Onset {
    /// What the clocks show at the change, by the offset before it.
    pub local: NaiveDateTime,
    pub before: Span,
    pub after: Span,
}

impl Span {
    /// What is in force when `year` begins in UTC.
    pub fn at_new_year(zone: Tz, year: i32) -> Span {
        let instant = new_year(year);
        span(zone, instant, mark(zone, instant).saving > 0)
    }
}

impl Onset {
    /// The year on the clocks.
    pub fn year(&self) -> i32 {
        self.local.year()
    }

    /// The DATE-TIME text of RFC 5545, 3.3.5.
    pub fn stamp(&self) -> String {
        self.local.format("%Y%m%dT%H%M%S").to_string()
    }

    /// The same offsets, name and sort as `other`, perhaps in another year.
    pub fn same_change(&self, other: &Onset) -> bool {
        self.before.offset == other.before.offset && self.after == other.after
    }
}

/// The changes from the beginning of the year `from` to the end of the year `to`, in UTC.
pub fn find(zone: Tz, from: i32, to: i32) -> Vec<Onset> {
    let marks = marks(zone, new_year(from), new_year(to + 1));
    // Where the database takes winter for the exception, the rest of the year is summer time.
    let winter = marks.iter().any(|(_, mark)| mark.saving < 0);
    let daylight = |mark: &Mark| if winter { mark.saving == 0 } else { mark.saving > 0 };
    let onset = |pair: &[(i64, Mark)]| {
        let [(earlier, before), (instant, after)] = pair else { return None };
        let before = span(zone, *earlier, daylight(before));
        let local = local(*instant, before.offset)?;
        Some(Onset { local, before, after: span(zone, *instant, daylight(after)) })
    };
    marks.windows(2).filter_map(onset).collect()
}

/// What is in force at `at`, and every change until `end` with its instant.
fn marks(zone: Tz, mut at: i64, end: i64) -> Vec<(i64, Mark)> {
    let mut before = mark(zone, at);
    let mut marks = vec![(at, before)];
    while at < end {
        let next = (at + STEP).min(end);
        if mark(zone, next) == before {
            at = next;
        } else {
            // The span that begins there may be left again before `next`, which is then found next.
            at = first_after(zone, before, at, next);
            before = mark(zone, at);
            marks.push((at, before));
        }
    }
    marks
}

/// The first second after `low` at which something else than `before` is in force; at `high` it is.
fn first_after(zone: Tz, before: Mark, mut low: i64, mut high: i64) -> i64 {
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if mark(zone, middle) == before { low = middle } else { high = middle }
    }
    high
}

fn mark(zone: Tz, instant: i64) -> Mark {
    let offset = offset(zone, instant);
    Mark { offset: offset.fix().local_minus_utc(), saving: offset.dst_offset().num_seconds() }
}

fn span(zone: Tz, instant: i64, daylight: bool) -> Span {
    let offset = offset(zone, instant);
    let seconds = offset.fix().local_minus_utc();
    let name = offset.abbreviation().map_or_else(|| number_name(seconds), str::to_owned);
    Span { offset: seconds, name, daylight }
}

fn offset(zone: Tz, instant: i64) -> TzOffset {
    let utc = DateTime::<Utc>::from_timestamp(instant, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&utc.naive_utc())
}

/// The name of a zone without letters, as the database writes it: `-03`, `+0545`.
fn number_name(seconds: i32) -> String {
    let text = super::offset(seconds);
    text.strip_suffix("00").map(str::to_owned).unwrap_or(text)
}

fn local(instant: i64, offset: i32) -> Option<NaiveDateTime> {
    let utc = DateTime::<Utc>::from_timestamp(instant, 0)?.naive_utc();
    utc.checked_add_offset(FixedOffset::east_opt(offset)?)
}

fn new_year(year: i32) -> i64 {
    NaiveDate::from_ymd_opt(year, 1, 1)
        .unwrap_or_default()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        .timestamp()
}
