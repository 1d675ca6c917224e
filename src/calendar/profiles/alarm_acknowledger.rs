//! AlarmAcknowledger: marks an alarm as seen at certain minutes, as all of a user's devices do at once.

use chrono::Timelike;

use super::alarmed::create_or_acknowledge;
use super::eventer::CREATE;
use super::habit::{ENABLED, Habit, PACING};
use super::planned::{DURATION, Planned, RECURRENCE, START};
use super::registry::{Build, Built, Surroundings};
use super::text::UPDATE;
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::labels;
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "AlarmAcknowledger",
    aliases: &[],
    help: "At certain minutes of each hour: creates an event with an alarm, later acknowledges the alarm.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "5", help: "seconds from one look at the clock to the next" },
        Param {
            name: "pastTheHour",
            default: "0, 15, 30, 45",
            help: "the minutes (of UTC) at which it acts",
        },
        START,
        DURATION,
        RECURRENCE,
    ],
    build,
};

struct AlarmAcknowledger {
    minutes: Vec<u32>,
    planned: Planned,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 5);
    let minutes: Vec<u32> = params.or("pastTheHour", vec![0, 15, 30, 45]);
    if let Some(bad) = minutes.iter().find(|minute| **minute > 59) {
        params.error_at_key("pastTheHour", format!("{bad} is no minute of an hour, which is from 0 to 59"));
    }
    let planned = Planned::decode(params);
    Some(timed?.does(AlarmAcknowledger { minutes, planned: planned? }).keeping_bodies())
}

/// Whether the minute calls for action: it is one of those wanted, and it was not that minute at the look before.
fn strikes(wanted: &[u32], before: Option<u32>, minute: u32) -> bool {
    wanted.contains(&minute) && before != Some(minute)
}

impl Deed for AlarmAcknowledger {
    const OPERATIONS: &'static [Label] = &[UPDATE, CREATE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::PUT_EVENT, labels::PUT_UPDATE, labels::GET_EVENT]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let (clock, event) = (habit.key("minute"), habit.key("event"));
        let minute = cx.run.clock.utc().minute();
        let before = memory.note(&clock).and_then(|text| text.parse().ok());
        memory.set_note(&clock, &minute.to_string());
        if !strikes(&self.minutes, before, minute) {
            return Ok(Outcome::Done);
        }
        let uid = match memory.note(&event) {
            Some(uid) => uid.to_owned(),
            None => habit.uuid(cx, "uid"),
        };
        let outcome = create_or_acknowledge(habit, &self.planned, cx, memory, &uid).await?;
        memory.set_note(&event, &uid);
        Ok(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec 13, 24.
    #[test]
    fn it_acts_once_at_each_of_its_minutes() {
        let minutes = [0, 0, 1, 1, 14, 15, 15, 16, 30, 30, 59, 0, 0];
        let mut before = None;
        let acted = minutes.map(|minute| strikes(&[0, 15, 30, 45], before.replace(minute), minute));
        let expected =
            [true, false, false, false, false, true, false, false, true, false, false, true, false];
        assert_eq!(acted, expected);
    }
}
