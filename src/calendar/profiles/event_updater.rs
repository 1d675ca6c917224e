//! EventUpdater: changes one event again and again (the ancestor's states of 2014 and 2015).

use super::alarmed::create_or_acknowledge;
use super::eventer::CREATE;
use super::habit::{ENABLED, Habit, PACING};
use super::planned::{DURATION, Planned, RECURRENCE, START};
use super::registry::{Build, Built, Surroundings};
use super::text::UPDATE;
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::labels;
use crate::client::Context;
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "EventUpdater",
    aliases: &[],
    help: "Creates the event event_to_update.ics with an alarm, and then acknowledges the alarm each time.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one change to the next" },
        START,
        DURATION,
        RECURRENCE,
    ],
    build,
};

/// UID and name of the event.
const UID: &str = "event_to_update";

struct EventUpdater {
    planned: Planned,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 25);
    let planned = Planned::decode(params);
    Some(timed?.does(EventUpdater { planned: planned? }).keeping_bodies())
}

impl Deed for EventUpdater {
    const OPERATIONS: &'static [Label] = &[UPDATE, CREATE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::PUT_EVENT, labels::PUT_UPDATE, labels::GET_EVENT]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        create_or_acknowledge(habit, &self.planned, cx, memory, UID).await
    }
}
