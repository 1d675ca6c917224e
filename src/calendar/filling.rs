//! Events that are in a calendar before anybody comes: created by name, so that a second time finds them.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::memory::CalendarMemory;
use super::profiles::planned::{duration, no_value, recurrence};
use super::program::Program;
use super::sync;
use super::wire::{Stored, labels, put_if_absent};
use crate::client::{Context, Trouble};
use crate::config::{Seconds, Table};
use crate::dav::path;
use crate::distribution::{Draw, EventTime, Numbers, Rules};
use crate::icalendar::compose::{Event, PRODID};
use crate::icalendar::timezone::vtimezone;

/// What the events are.
#[derive(Clone, Debug)]
pub struct Filling {
    /// How many.
    pub count: u32,
    /// What their names begin with; their numbers follow.
    pub name: String,
    /// They lie evenly over so long a time, from half of it before today to half after.
    pub over: Duration,
    pub duration: Numbers,
    pub recurrence: Rules,
}

/// Events begin at full quarters of an hour.
const GRID: i64 = 15 * 60;
/// Of so many the list is still read in one answer.
const MOST: u32 = 25_000;
const NAME: &str = "populace";
const OVER: Seconds = Seconds(Duration::from_secs(730 * 86_400));

impl Filling {
    /// Decodes `count`, `name`, `over`, and what the events are drawn from.
    pub fn decode(table: &Table<'_>) -> Option<Filling> {
        let count = table.required::<u32>("count");
        if let Some(count) = count.filter(|count| !(1..=MOST).contains(count)) {
            table.error_at_key("count", format!("{count} events: expected 1 to {MOST}"));
        }
        let name = table.or("name", NAME.to_owned());
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
            table.error_at_key("name", format!("{name:?} is no name: it is made of letters, digits and -"));
        }
        let over = table.or("over", OVER).0;
        let (duration, recurrence) = (duration(table), recurrence(table));
        Some(Filling { count: count?, name, over, duration: duration?, recurrence: recurrence? })
    }

    /// The name of event `n` within its calendar.
    fn resource(&self, n: u32) -> String {
        format!("{}-{n:06}.ics", self.name)
    }

    /// When event `n` begins, of a day on which today began at `midnight`.
    fn start(&self, n: u32, midnight: DateTime<Utc>) -> DateTime<Utc> {
        let over = self.over.as_secs_f64();
        let offset = over * (f64::from(n) / f64::from(self.count.max(1)) - 0.5);
        let whole = (offset / GRID as f64).floor() as i64 * GRID;
        midnight.checked_add_signed(TimeDelta::seconds(whole)).unwrap_or(midnight)
    }

    /// The object of event `n`. Its UID is that of no other account: some servers want it so.
    fn compose(&self, cx: &Context, n: u32) -> Result<Vec<u8>, Trouble> {
        let (now, uid) = (cx.run.clock.utc(), format!("{}-{n:06}-{}", self.name, cx.account.uid));
        let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let draw = |what: &str| Draw::new(cx.stream(&format!("{} {what}", self.name)), n.into(), now);
        let event = Event {
            prodid: PRODID,
            uid: &uid,
            now,
            start: EventTime::Utc(self.start(n, midnight)),
            duration: self.duration.seconds(&draw("duration")).map_err(no_value)?,
            rrule: self.recurrence.rule(&draw("recurrence")).map_err(no_value)?,
            summary: &format!("Event {n}"),
            alarm: None,
        };
        Ok(event.compose(&vtimezone).to_bytes())
    }
}

/// What is left to do in one calendar.
#[derive(Debug)]
pub struct Missing {
    /// The path of the calendar.
    pub calendar: Rc<str>,
    /// The numbers of the events that are not there.
    pub numbers: Vec<u32>,
}

/// Finds the calendar, `wanted` or else the first of the account's own that takes events, and what is missing there.
pub async fn survey(
    cx: &Context,
    program: &Rc<Program>,
    wanted: Option<&str>,
    filling: &Filling,
) -> Result<Missing, Trouble> {
    let mut memory = CalendarMemory::new(program.clone(), &cx.journal.who, &cx.account);
    sync::survey(cx, &mut memory).await?;
    let calendar = match wanted {
        Some(path) => Some(path::canonical(&path::with_slash(path))),
        None => {
            let mut own = memory.calendars_for("VEVENT").filter(|calendar| calendar.is_owned());
            own.next().map(|calendar| calendar.href.to_string())
        }
    };
    let calendar = calendar.ok_or_else(|| {
        Trouble::Content("the account has no calendar of its own that takes events".to_owned())
    })?;
    let listed = sync::list(cx, &mut memory, &calendar).await?;
    memory.session.close();
    let listed =
        listed.ok_or_else(|| Trouble::Content(format!("{calendar} is no calendar of the account")))?;
    let there: BTreeSet<String> = listed.keys().map(|path| path::last_segment(path)).collect();
    let numbers = (1..=filling.count).filter(|n| !there.contains(&filling.resource(*n))).collect();
    Ok(Missing { calendar: calendar.into(), numbers })
}

/// Creates these events, one after the other. One that somebody else has created meanwhile is there all the same.
pub async fn fill(
    cx: &Context,
    program: &Rc<Program>,
    calendar: &str,
    filling: &Filling,
    numbers: &[u32],
) -> Result<(), Trouble> {
    let mut memory = CalendarMemory::new(program.clone(), &cx.journal.who, &cx.account);
    for n in numbers {
        let body = filling.compose(cx, *n)?;
        let href = format!("{calendar}{}", path::encode_segment(&filling.resource(*n)));
        let _: Stored = put_if_absent(cx, &mut memory, &href, body, labels::PUT_EVENT).await?;
    }
    memory.session.close();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Recurrence;

    #[test]
    fn events_lie_evenly_around_today_on_quarters_of_an_hour() {
        let filling = Filling {
            count: 10_000,
            name: "x".to_owned(),
            over: Duration::from_secs(1000 * 86_400),
            duration: Numbers::fixed(3600.0),
            recurrence: Rules::new(Recurrence::never()).unwrap(),
        };
        let midnight: DateTime<Utc> = "2026-01-05T00:00:00Z".parse().unwrap();
        let starts: Vec<i64> = (1..=10_000).map(|n| filling.start(n, midnight).timestamp()).collect();
        assert!(starts.iter().all(|start| start % GRID == 0) && starts.is_sorted());
        let before = starts.iter().filter(|start| **start < midnight.timestamp()).count();
        assert_eq!(before, 4_999);
        // A step is 8,640 s, so that none is more than a quarter of an hour off.
        assert!((0..9_999).all(|n| (starts[n + 1] - starts[n] - 8_640).abs() < GRID));
        assert_eq!(filling.resource(7), "x-000007.ics");
    }
}
