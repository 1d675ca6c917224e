//! EventUpdater: changes one event again and again (the ancestor's states of 2014 and 2015).

use std::time::Duration;

use super::alarmed::create_or_acknowledge;
use super::eventer::CREATE;
use super::habit::{self, ENABLED, Habit, PACING};
use super::planned::{DURATION, Planned, RECURRENCE, START};
use super::registry::{Build, Built, Surroundings, ours};
use super::text::UPDATE;
use crate::client::{Acting, Context, Memory, Profile, Timer, Trigger};
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
    habit: Habit,
    interval: Duration,
    planned: Planned,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let interval = habit::interval(params, 25);
    let planned = Planned::decode(params);
    let updater = EventUpdater { habit: habit.clone(), interval: interval?, planned: planned? };
    Some(Built::new(ENTRY.name, &habit, updater).keeping_bodies())
}

impl Profile for EventUpdater {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![UPDATE, CREATE]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(
            async move { create_or_acknowledge(&self.habit, &self.planned, cx, ours(memory)?, UID).await },
        )
    }
}
