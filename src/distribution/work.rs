//! A time within somebody's working hours, some working days ahead.

use std::rc::Rc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::decode::{self, Build};
use super::local_time::resolve;
use super::normal::Normal;
use super::{Distribution, Draw, EventTime, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table, Value, did_you_mean};

pub const ENTRY: Entry<Build> = Entry {
    name: "Work",
    aliases: &["WorkDistribution"],
    help: "A time within working hours, on a quarter of an hour, around six working days of eight hours ahead; \
           never in the past.",
    params: &[
        Param { name: "daysOfWeek", default: "mon tue wed thu fri", help: "the working days, an array" },
        Param { name: "beginHour", default: "8", help: "the hour at which work begins, 0 to 23" },
        Param { name: "endHour", default: "17", help: "the hour at which work ends, up to 24" },
        Param { name: "tzname", default: "UTC", help: "the zone of these hours, as Europe/Berlin" },
    ],
    build,
};

/// The days of the week as parameters name them, from chrono's day 0.
pub const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// The grid on which all times lie.
const GRID: i64 = 15 * 60;

/// Working time ahead is Normal(48 h, 32 h), whatever the hours are (spec 4.2); in seconds.
const AHEAD: (f64, f64) = (172_800.0, 115_200.0);

/// Counts a random length of working time from now on.
///
/// Differences from the ancestor (spec 4.2): what is left of today counts from now, not from
/// `beginHour`, so that no time is in the past; one working day a week is enough; hours that do
/// not end after they begin are refused.
#[derive(Clone, Debug)]
pub struct Work {
    days: [bool; 7],
    begin: TimeDelta,
    end: TimeDelta,
    zone: Tz,
    ahead: Normal,
}

impl Work {
    /// Working days by their number, Sunday being 0; from `begin_hour` to `end_hour` o'clock in `zone`.
    pub fn new(days: &[usize], begin_hour: u32, end_hour: u32, zone: Tz) -> Result<Work, Refusal> {
        if begin_hour > 23 {
            return Err(Refusal::new("beginHour", format!("{begin_hour} is not an hour from 0 to 23")));
        }
        if end_hour > 24 {
            return Err(Refusal::new("endHour", format!("{end_hour} is not an hour up to 24")));
        }
        if end_hour <= begin_hour {
            let why = format!("work ends at {end_hour}, which is not after it begins at {begin_hour}");
            return Err(Refusal::new("endHour", why));
        }
        let mut worked = [false; 7];
        for day in days {
            if let Some(worked) = worked.get_mut(*day) {
                *worked = true;
            }
        }
        if worked == [false; 7] {
            return Err(Refusal::new("daysOfWeek", "there is no working day"));
        }
        let (begin, end) = (TimeDelta::hours(begin_hour.into()), TimeDelta::hours(end_hour.into()));
        Ok(Work { days: worked, begin, end, zone, ahead: Normal::new(AHEAD.0, AHEAD.1)? })
    }

    /// The time at which `ahead` seconds of work have passed after `now`, rounded down to the
    /// grid. None outside the years that a calendar can write.
    fn after(&self, now: DateTime<Utc>, ahead: i64) -> Option<DateTime<Tz>> {
        // The longest way is a few hundred working days, so from here on no date overflows.
        if !(1..=9_900).contains(&now.year()) {
            return None;
        }
        let mut left = TimeDelta::try_seconds(ahead)?;
        let mut cursor = self.first_slot(now)?;
        loop {
            let (begin, end) = self.next_span(cursor)?;
            if end - begin > left {
                return resolve(on_grid(begin + left), self.zone);
            }
            left -= end - begin;
            cursor = end;
        }
    }

    /// The first local time on the grid that is not before `now`. After clocks are put back, the
    /// repeated hour is skipped: a local time there means its first occurrence, which is past.
    fn first_slot(&self, now: DateTime<Utc>) -> Option<NaiveDateTime> {
        let local = now.with_timezone(&self.zone).naive_local();
        let grid = TimeDelta::seconds(GRID);
        let first = if on_grid(local) == local { local } else { on_grid(local) + grid };
        // No zone ever repeated more than a day.
        (0..100)
            .map(|slots| first + grid * slots)
            .find(|slot| resolve(*slot, self.zone).is_some_and(|time| time >= now))
    }

    /// The working hours, or the rest of them, at or after `cursor`.
    fn next_span(&self, cursor: NaiveDateTime) -> Option<(NaiveDateTime, NaiveDateTime)> {
        cursor.date().iter_days().take(8).find_map(|date: NaiveDate| {
            let midnight = date.and_time(chrono::NaiveTime::MIN);
            let (begin, end) = (cursor.max(midnight + self.begin), midnight + self.end);
            let works = self.days[date.weekday().num_days_from_sunday() as usize];
            (works && begin < end).then_some((begin, end))
        })
    }
}

/// Rounds down to the grid.
fn on_grid(local: NaiveDateTime) -> NaiveDateTime {
    let seconds = i64::from(local.num_seconds_from_midnight());
    local.date().and_time(chrono::NaiveTime::MIN) + TimeDelta::seconds(seconds - seconds % GRID)
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let days = days(params);
    let begin = params.or("beginHour", 8);
    let end = params.or("endHour", 17);
    let zone = zone(params);
    decode::made(params, Work::new(&days?, begin, end, zone?))
}

fn days(params: &Table<'_>) -> Option<Vec<usize>> {
    let Some(value) = params.value("daysOfWeek") else { return Some((1..=5).collect()) };
    let Some(items) = value.as_array() else { return value.mismatch("an array of days", params.diags()) };
    let days: Vec<_> = items.iter().map(|item| day(item, params)).collect();
    days.into_iter().collect()
}

fn day(item: &Value, params: &Table<'_>) -> Option<usize> {
    let Some(name) = item.as_str() else { return item.mismatch("the name of a day", params.diags()) };
    let found = DAYS.iter().position(|day| day.eq_ignore_ascii_case(name));
    if found.is_none() {
        let note = params.diags().error(&item.at, format!("there is no day `{name}`"));
        note.help(did_you_mean(name, DAYS));
    }
    found
}

fn zone(params: &Table<'_>) -> Option<Tz> {
    let name = params.or("tzname", "UTC".to_owned());
    let zone = name.parse().ok();
    if zone.is_none() {
        let note = params.error_at_key("tzname", format!("there is no time zone `{name}`"));
        note.help(did_you_mean(&name, TZ_VARIANTS.iter().map(|zone| zone.name())));
    }
    zone
}

impl Distribution for Work {
    fn kind(&self) -> SampleKind {
        SampleKind::When
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let time =
            self.after(draw.now, self.ahead.number(draw) as i64).ok_or(SampleError::Year(ENTRY.name))?;
        Ok(Sample::When(EventTime::Zoned(time)))
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::draw;
    use super::*;
    use chrono::Weekday;
    use chrono_tz::{America, Europe, US, UTC};

    fn work(days: &[usize], begin: u32, end: u32, zone: Tz) -> Work {
        Work::new(days, begin, end, zone).unwrap()
    }

    fn after(work: &Work, now: &str, ahead: f64) -> String {
        work.after(now.parse().unwrap(), (ahead * 3600.0) as i64).unwrap().to_rfc3339()
    }

    fn sample(work: &Work, n: u64, now: DateTime<Utc>) -> DateTime<Tz> {
        match work.sample(&Draw { now, ..draw(n) }).unwrap() {
            Sample::When(EventTime::Zoned(time)) => time,
            other => panic!("{other:?}"),
        }
    }

    /// Spec 13, test_stats 4: now is Sunday 18:05:36 in US/Eastern.
    #[test]
    fn working_time_is_counted_over_working_days() {
        let work = work(&[1, 3, 4, 6], 10, 20, US::Eastern);
        assert_eq!(after(&work, "2011-05-29T22:05:36Z", 35.5), "2011-06-04T15:30:00-04:00");
    }

    /// Spec 13, test_stats 5.
    #[test]
    fn the_usual_week_gives_times_in_working_hours_on_the_grid() {
        let work = work(&[1, 2, 3, 4, 5], 10, 20, US::Eastern);
        for n in 0..2000 {
            let time = sample(&work, n, draw(0).now);
            assert!(!matches!(time.weekday(), Weekday::Sat | Weekday::Sun), "{time}");
            assert!(
                (10..20).contains(&time.hour()) && time.minute().is_multiple_of(15) && time.second() == 0,
                "{time}"
            );
        }
    }

    /// The ancestor answers 09:00 of the same day, six hours ago (spec 4.2 a [run]).
    #[test]
    fn what_is_left_of_today_counts_from_now() {
        let work = work(&[1, 2, 3, 4, 5], 8, 16, UTC);
        assert_eq!(after(&work, "2026-01-05T15:07:00Z", 0.0), "2026-01-05T15:15:00+00:00");
        assert_eq!(after(&work, "2026-01-05T15:00:00Z", 0.0), "2026-01-05T15:00:00+00:00");
        assert_eq!(after(&work, "2026-01-05T15:07:00Z", 1.0), "2026-01-06T08:15:00+00:00");
        assert_eq!(after(&work, "2026-01-05T15:59:59Z", 0.0), "2026-01-06T08:00:00+00:00");
        assert_eq!(after(&work, "2026-01-05T07:00:00Z", 8.0), "2026-01-06T08:00:00+00:00");
    }

    /// The ancestor fails with this in 189 of 200 draws (spec 4.2 b [run]).
    #[test]
    fn one_working_day_a_week_is_enough() {
        let work = work(&[1], 8, 17, UTC);
        for n in 0..200 {
            assert_eq!(sample(&work, n, "2026-01-05T18:00:00Z".parse().unwrap()).weekday(), Weekday::Mon);
        }
        assert_eq!(after(&work, "2026-01-05T18:00:00Z", 9.0), "2026-01-19T08:00:00+00:00");
    }

    /// The first of these hangs the ancestor, the second crashes it.
    #[test]
    fn impossible_hours_and_days_are_refused() {
        let refused = |days: &[usize], begin, end| Work::new(days, begin, end, UTC).unwrap_err().param;
        assert_eq!(refused(&[1], 9, 9), "endHour");
        assert_eq!(refused(&[], 8, 17), "daysOfWeek");
        assert_eq!(refused(&[1], 24, 25), "beginHour");
        assert_eq!(refused(&[1], 8, 25), "endHour");
    }

    #[test]
    fn both_changes_of_the_clocks_are_survived() {
        let nights = work(&[0, 1, 2, 3, 4, 5, 6], 0, 24, America::New_York);
        // The gap: 02:30 does not exist on 8 March 2026.
        assert_eq!(after(&nights, "2026-03-08T05:00:00Z", 2.5), "2026-03-08T03:30:00-04:00");
        // The fold, before and within the repeated hour of 1 November.
        assert_eq!(after(&nights, "2026-11-01T05:10:00Z", 0.0), "2026-11-01T01:15:00-04:00");
        assert_eq!(after(&nights, "2026-11-01T06:10:00Z", 0.0), "2026-11-01T02:00:00-05:00");
    }

    #[test]
    fn the_ends_of_the_calendar_are_errors() {
        let work = work(&[1], 8, 17, Europe::Berlin);
        for now in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
            assert_eq!(work.sample(&Draw { now, ..draw(0) }), Err(SampleError::Year("Work")));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_time_is_in_the_past_or_off_the_grid(
            days in proptest::collection::vec(0usize..7, 1..7),
            begin in 0u32..24,
            hours in 1u32..24,
            zone in 0..TZ_VARIANTS.len(),
            now in 0i64..4_000_000_000,
            n: u64,
        ) {
            let work = work(&days, begin, (begin + hours).min(24), TZ_VARIANTS[zone]);
            let now = DateTime::from_timestamp(now, 0).unwrap();
            let time = sample(&work, n, now);
            proptest::prop_assert!(time >= now, "{time} is before {now}");
            proptest::prop_assert!(time.second() == 0 && time.minute().is_multiple_of(15), "{time}");
        }
    }
}
