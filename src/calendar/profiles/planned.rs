//! The event that a user plans: when, how long, how often.

use super::defaults;
use super::habit::Habit;
use crate::client::{Context, Trouble};
use crate::config::{Param, Table};
use crate::distribution::{Moments, Numbers, Rules, SampleError};
use crate::icalendar::Calendar;
use crate::icalendar::compose::{Alarm, Event, PRODID};
use crate::icalendar::timezone::vtimezone;

/// What the events of a profile are drawn from.
#[derive(Clone, Debug)]
pub struct Planned {
    start: Moments,
    duration: Numbers,
    recurrence: Rules,
}

pub const START: Param = Param {
    name: "eventStartDistribution",
    default: "NearFuture",
    help: "when the event begins: a distribution of times",
};
pub const DURATION: Param = Param {
    name: "eventDurationDistribution",
    default: "UniformDiscrete 900, 1800, 2700, 3600, 7200",
    help: "how long the event lasts, seconds",
};
pub const RECURRENCE: Param = Param {
    name: "recurrenceDistribution",
    default: "Recurrence, never",
    help: "how the event recurs: a distribution of recurrence rules",
};

impl Planned {
    pub fn decode(params: &Table<'_>) -> Option<Planned> {
        let start = defaults::or(params, START.name, defaults::near_future);
        let (duration, recurrence) = (duration(params), recurrence(params));
        Some(Planned { start: start?, duration: duration?, recurrence: recurrence? })
    }

    /// The event of this act, with `uid`.
    pub fn compose(
        &self,
        habit: &Habit,
        cx: &Context,
        uid: &str,
        alarm: Option<Alarm<'_>>,
    ) -> Result<Calendar, Trouble> {
        let start = self.start.moment(&habit.draw(cx, "start")).map_err(no_value)?;
        let duration = self.duration.seconds(&habit.draw(cx, "duration")).map_err(no_value)?;
        let rrule = self.recurrence.rule(&habit.draw(cx, "recurrence")).map_err(no_value)?;
        let event = Event {
            prodid: PRODID,
            uid,
            now: cx.run.clock.utc(),
            start,
            duration,
            rrule,
            summary: "Simple event",
            alarm,
        };
        Ok(event.compose(&vtimezone))
    }
}

/// How long events last.
pub fn duration(params: &Table<'_>) -> Option<Numbers> {
    defaults::or(params, DURATION.name, || defaults::bag([900, 1800, 2700, 3600, 7200]))
}

/// How they recur.
pub fn recurrence(params: &Table<'_>) -> Option<Rules> {
    defaults::or(params, RECURRENCE.name, defaults::no_recurrence)
}

/// A distribution gave no value: the operation cannot be done, which is told as such.
pub fn no_value(error: SampleError) -> Trouble {
    Trouble::Content(error.to_string())
}
