//! Attacher: adds files to private events.

use std::time::Duration;

use super::attaching::{Files, SIZE};
use super::choosing::{self, is_private};
use super::habit::{self, ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Attacher",
    aliases: &[],
    help: "Attaches a file to a random event that nobody is invited to.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "60", help: "seconds from one file to the next" },
        SIZE,
    ],
    build,
};

const ATTACH: Label = Label::of("attach");

struct Attacher {
    habit: Habit,
    interval: Duration,
    files: Files,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::timed(params, ENTRY.name);
    let interval = habit::interval(params, 60);
    let files = Files::decode(params);
    let attacher = Attacher { habit: habit.clone(), interval: interval?, files: files? };
    Some(Built::new(ENTRY.name, &habit, attacher).keeping_bodies())
}

impl Attacher {
    async fn attach(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let stream = self.habit.draws(cx, "event");
        let Some(href) = choosing::event(stream, choosing::owned(memory), is_private) else {
            return Ok(Outcome::Idle("there is no private event to attach a file to"));
        };
        let attached = cx.operation(ATTACH, self.files.attach(&self.habit, cx, memory, &href)).await?;
        Ok(attached.map_or_else(Outcome::Off, |()| Outcome::Done))
    }
}

impl Profile for Attacher {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![ATTACH]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.attach(cx, ours(memory)?).await })
    }
}
