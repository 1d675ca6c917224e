//! Eventer: plans events.

use std::time::Duration;

use super::attaching::{PERCENT, SIZE, SomeFiles};
use super::choosing;
use super::habit::{self, ENABLED, Habit, PACING};
use super::planned::{DURATION, Planned, RECURRENCE, START};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Eventer",
    aliases: &[],
    help: "Creates an event in a random calendar, now and then with a file attached.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one event to the next" },
        START,
        DURATION,
        RECURRENCE,
        PERCENT,
        SIZE,
    ],
    build,
};

pub const CREATE: Label = Label::of("create");

struct Eventer {
    habit: Habit,
    interval: Duration,
    planned: Planned,
    files: SomeFiles,
}

fn build(params: &Table<'_>, around: Surroundings) -> Option<Built> {
    let habit = Habit::timed(params, ENTRY.name);
    let interval = habit::interval(params, 25);
    let planned = Planned::decode(params);
    let files = SomeFiles::decode(params, around);
    let eventer = Eventer { habit: habit.clone(), interval: interval?, planned: planned?, files: files? };
    Some(Built::new(ENTRY.name, &habit, eventer))
}

impl Eventer {
    async fn create(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let stream = self.habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, memory.calendars_for("VEVENT")) else {
            return Ok(Outcome::Idle("there is no calendar that takes events"));
        };
        let place = calendar.href.clone();
        let uid = self.habit.uuid(cx, "uid");
        cx.operation(CREATE, async {
            let body = self.planned.compose(&self.habit, cx, &uid, None)?.to_bytes();
            let href = wire::put_new_event(cx, memory, &place, &uid, body, labels::PUT_EVENT).await?;
            self.files.attach(&self.habit, cx, memory, &href).await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

impl Profile for Eventer {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![CREATE]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.create(cx, ours(memory)?).await })
    }
}
