//! Resetter: adds the account anew, as helpdesks advise.

use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::{operations, sync};
use crate::client::{Context, Outcome};
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

struct Resetter;

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 600);
    Some(timed?.does(Resetter))
}

impl Deed for Resetter {
    const OPERATIONS: &'static [Label] = &[RESET, operations::POLL];

    fn requests(&self) -> Vec<Label> {
        // What it makes anew are those of the program.
        Vec::new()
    }

    async fn act(&self, _: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        cx.operation(RESET, sync::restart(cx, memory)).await?;
        Ok(Outcome::Done)
    }
}
