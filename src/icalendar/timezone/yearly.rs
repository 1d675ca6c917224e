//! Whether changes come every year on the same rule, and which.

use chrono::{Datelike, Weekday};

use super::onset::Onset;

/// A rule is believed when it held for at least this many years.
const PROOF: usize = 8;

/// Where in `series` the rule begins that holds until the year `last`; its length if there is none.
pub fn start(series: &[Onset], last: i32) -> usize {
    let none = series.len();
    if series.last().is_none_or(|onset| onset.year() < last) {
        return none;
    }
    let longest = (0..none).find(|start| rule(&series[*start..]).is_some()).unwrap_or(none);
    if none - longest >= PROOF { longest } else { none }
}

/// The RRULE value by which `series` recurs, one onset a year without holes; none if there is none.
pub fn rule(series: &[Onset]) -> Option<String> {
    let first = series.first()?.local;
    let regular = series.windows(2).all(|pair| pair[1].year() == pair[0].year() + 1);
    let alike = |onset: &Onset| {
        let local = onset.local;
        (local.month(), local.weekday(), local.time()) == (first.month(), first.weekday(), first.time())
    };
    if !regular || !series.iter().all(alike) {
        return None;
    }
    let day = days(series, first.weekday())?;
    Some(format!("FREQ=YEARLY;BYMONTH={};{day}", first.month()))
}

/// The parts of the rule that pick the day of the month.
fn days(series: &[Onset], weekday: Weekday) -> Option<String> {
    let weekday = &weekday.to_string().to_uppercase()[..2];
    let days = || series.iter().map(|onset| onset.local.day());
    let nth = |day: u32| day.div_ceil(7);
    let (least, most) = (days().min()?, days().max()?);
    if series.iter().all(|onset| onset.local.day() + 7 > u32::from(onset.local.num_days_in_month())) {
        Some(format!("BYDAY=-1{weekday}"))
    } else if nth(least) == nth(most) {
        Some(format!("BYDAY={}{weekday}", nth(least)))
    } else if most - least == 6 {
        // "Friday on or after the 23rd": all seven dates have been seen.
        let dates: Vec<String> = (least..=most).map(|day| day.to_string()).collect();
        Some(format!("BYMONTHDAY={};BYDAY={weekday}", dates.join(",")))
    } else {
        None
    }
}
