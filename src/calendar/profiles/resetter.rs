//! Resetter: adds the account anew, as helpdesks advise.

use std::time::Duration;

use super::habit::{self, ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::{operations, sync};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Resetter",
    aliases: &[],
    help: "Forgets everything the server said, finds the calendars again and downloads what is in them.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "600", help: "seconds from one reset to the next" },
    ],
    build,
};

const RESET: Label = Label::of("reset");

struct Resetter {
    habit: Habit,
    interval: Duration,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let interval = habit::interval(params, 600);
    let resetter = Resetter { habit: habit.clone(), interval: interval? };
    Some(Built::new(ENTRY.name, &habit, resetter))
}

impl Profile for Resetter {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![RESET, operations::POLL]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            let memory = ours(memory)?;
            cx.operation(RESET, sync::restart(cx, memory)).await?;
            Ok(Outcome::Done)
        })
    }
}
