//! The text is read back by a small evaluator and compared with the zone database.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, TZ_VARIANTS, Tz, UTC};

use super::vtimezone;

/// Instants at which offsets begin, with the offset in seconds, in order.
fn onsets(text: &str, last_year: i32) -> Vec<(i64, i64)> {
    let mut all = vec![];
    for observance in text.split("BEGIN:").skip(2) {
        let line =
            |name: &str| observance.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let (from, to) = (seconds(line("TZOFFSETFROM").unwrap()), seconds(line("TZOFFSETTO").unwrap()));
        let stamp = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap();
        let start = stamp(line("DTSTART").unwrap());
        let listed = observance.lines().filter_map(|line| line.strip_prefix("RDATE:")).map(stamp);
        let ruled = line("RRULE").into_iter().flat_map(|rule| expand(rule, start, last_year));
        for local in std::iter::once(start).chain(listed).chain(ruled) {
            all.push((local.and_utc().timestamp() - from, to));
        }
    }
    all.sort();
    all
}

fn seconds(offset: &str) -> i64 {
    let part = |range| offset.get(range).map_or(0, |digits: &str| digits.parse::<i64>().unwrap());
    let sum = part(1..3) * 3600 + part(3..5) * 60 + part(5..7);
    if offset.starts_with('-') { -sum } else { sum }
}

/// The rules that `vtimezone` writes, by trying every day of the month.
fn expand(rule: &str, start: NaiveDateTime, last_year: i32) -> Vec<NaiveDateTime> {
    let part = |name| rule.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let month: u32 = part("BYMONTH").unwrap().parse().unwrap();
    let by_day = part("BYDAY").unwrap();
    let (nth, weekday) = by_day.split_at(by_day.len() - 2);
    let dates: Option<Vec<u32>> =
        part("BYMONTHDAY").map(|list| list.split(',').map(|d| d.parse().unwrap()).collect());
    let fits = |date: &NaiveDate| {
        let last = date.day() + 7 > u32::from(date.num_days_in_month());
        date.weekday().to_string().to_uppercase().starts_with(weekday)
            && dates.as_ref().is_none_or(|dates| dates.contains(&date.day()))
            && match nth {
                "" => true,
                "-1" => last,
                nth => date.day().div_ceil(7) == nth.parse::<u32>().unwrap(),
            }
    };
    let years = start.year() + 1..=last_year;
    let all =
        years.flat_map(|year| (1..=31).filter_map(move |day| NaiveDate::from_ymd_opt(year, month, day)));
    all.filter(fits).map(|date| date.and_time(start.time())).collect()
}

/// Compares every `step` seconds of the years `from` up to `to`; the first difference, if there is one.
fn difference(zone: Tz, year: i32, from: i32, to: i32, step: i64) -> Option<String> {
    let text = vtimezone(zone, year);
    let onsets = onsets(&text, to + 1);
    let instant = |year| {
        NaiveDate::from_ymd_opt(year, 1, 2).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp()
    };
    let mut at = instant(from);
    while at < instant(to) {
        let utc: DateTime<Utc> = DateTime::from_timestamp(at, 0).unwrap();
        let right = i64::from(zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc());
        let place = onsets.partition_point(|(onset, _)| *onset <= at);
        if place == 0 || onsets[place - 1].1 != right {
            return Some(format!("{zone} of {year} at {utc}: {right} is right, in\n{text}"));
        }
        at += step;
    }
    None
}

#[test]
fn new_york_follows_two_rules() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:DAYLIGHT",
        "DTSTART:20250309T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "TZNAME:EDT",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20251102T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
        "TZNAME:EST",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ];
    assert_eq!(vtimezone(America::New_York, 2026), expected.join("\r\n"));
}

#[test]
fn zones_of_all_sorts() {
    let has = |zone, parts: &[&str]| {
        let text = vtimezone(zone, 2026);
        for part in parts {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        text
    };
    has(America::Los_Angeles, &["TZNAME:PDT", "TZOFFSETTO:-0700", "BYDAY=2SU"]);
    has(Europe::Berlin, &["BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU", "DTSTART:20251026T030000"]);
    has(Australia::Sydney, &["BYMONTH=10;BYDAY=1SU", "BYMONTH=4;BYDAY=1SU", "TZOFFSETTO:+1100"]);
    has(Asia::Jerusalem, &["BYMONTHDAY=23,24,25,26,27,28,29;BYDAY=FR"]);
    let kolkata = has(Asia::Kolkata, &["TZNAME:IST", "TZOFFSETFROM:+0530", "TZOFFSETTO:+0530"]);
    let utc = has(UTC, &["TZID:UTC", "TZOFFSETTO:+0000"]);
    for text in [kolkata, utc] {
        assert_eq!(text.matches("BEGIN:STANDARD").count(), 1);
        assert!(!text.contains("DAYLIGHT") && !text.contains("RRULE"));
    }
    let casablanca = has(Africa::Casablanca, &["RDATE:2027"]);
    assert!(!casablanca.contains("RRULE"));
    has(America::Santiago, &["BYMONTH=4;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=SU", "TZNAME:-03\r\n"]);
}

#[test]
fn summer_is_daylight_also_where_winter_is_the_exception() {
    let text = vtimezone(Europe::Dublin, 2026);
    let summer = text.split("BEGIN:DAYLIGHT").nth(1).unwrap().split("END:").next().unwrap();
    assert!(summer.contains("BYMONTH=3") && summer.contains("TZOFFSETTO:+0100"), "{text}");
}

#[test]
fn every_zone_agrees_with_the_database() {
    let found: Vec<String> =
        TZ_VARIANTS.iter().filter_map(|zone| difference(*zone, 2026, 2026, 2031, 6 * 3600)).collect();
    assert!(found.is_empty(), "{} zones differ: {}", found.len(), found[0]);
}

#[test]
fn rules_hold_for_ever() {
    for zone in [America::New_York, Europe::Berlin, Australia::Sydney, Asia::Jerusalem, America::Santiago] {
        assert_eq!(difference(zone, 2026, 2026, 2090, 3 * 3600), None);
    }
}

#[test]
fn a_change_of_the_rule_is_followed() {
    for year in [2004, 2006, 2007, 2008] {
        assert_eq!(difference(America::New_York, year, year, 2040, 3600 * 6), None);
    }
}

#[test]
fn years_out_of_range_do_not_panic() {
    for year in [i32::MIN, -1, 0, 1, 1883, 2080, 2099, 9_999, i32::MAX] {
        for zone in [America::New_York, UTC, Africa::Casablanca] {
            assert!(vtimezone(zone, year).ends_with("END:VTIMEZONE\r\n"));
        }
    }
}

#[test]
fn lines_are_short_enough_not_to_be_folded() {
    for zone in TZ_VARIANTS {
        assert!(vtimezone(zone, 2026).split("\r\n").all(|line| line.len() <= 75), "{zone}");
    }
}
