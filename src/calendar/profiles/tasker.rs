//! Tasker: notes what is to be done.

use super::choosing;
use super::defaults;
use super::eventer::CREATE;
use super::habit::{ENABLED, Habit, PACING};
use super::planned::no_value;
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::distribution::Moments;
use crate::icalendar::compose::{PRODID, Task};
use crate::icalendar::timezone::vtimezone;
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Tasker",
    aliases: &[],
    help: "Creates a task in a random calendar that takes tasks.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "25", help: "seconds from one task to the next" },
        Param {
            name: "taskDueDistribution",
            default: "NearFuture",
            help: "when the task is due: a distribution of times",
        },
    ],
    build,
};

struct Tasker {
    due: Moments,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 25);
    let due = defaults::or(params, "taskDueDistribution", defaults::near_future);
    Some(timed?.does(Tasker { due: due? }))
}

impl Deed for Tasker {
    const OPERATIONS: &'static [Label] = &[CREATE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::PUT_EVENT, labels::GET_EVENT]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let stream = habit.draws(cx, "calendar");
        let Some(calendar) = choosing::calendar(stream, memory.calendars_for("VTODO")) else {
            return Ok(Outcome::Idle("there is no calendar that takes tasks"));
        };
        let place = calendar.href.clone();
        let uid = habit.uuid(cx, "uid");
        cx.operation(CREATE, async {
            let due = self.due.moment(&habit.draw(cx, "due")).map_err(no_value)?;
            let now = cx.run.clock.utc();
            let task = Task { prodid: PRODID, uid: &uid, now, due, summary: "Simple task" };
            let body = task.compose(&vtimezone).to_bytes();
            wire::put_new_event(cx, memory, &place, &uid, body, labels::PUT_EVENT).await
        })
        .await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

    #[test]
    fn a_task_goes_into_a_calendar_for_tasks() {
        play(async {
            let (stage, tasker) = (Stage::new(1), decode("Tasker", "").unwrap());
            stage.act(&tasker, &mut stage.memory(), Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["PUT{event}", "[create]"]);
            let put = &stage.server.take()[0];
            assert!(
                put.line().starts_with("PUT /c/tasks/") && put.body.contains("BEGIN:VTODO"),
                "{}",
                put.body
            );
        });
    }

    /// 423 is for a moment, but a failed request each time; one that stays fails the operation.
    #[test]
    fn what_is_locked_is_tried_again() {
        play(async {
            let (stage, tasker) = (Stage::new(1), decode("Tasker", "").unwrap());
            stage.server.refuse("PUT", 423);
            let (outcome, _) = stage.act(&tasker, &mut stage.memory(), Trigger::Timer).await;
            assert_eq!(outcome.unwrap(), Outcome::Done);
            assert_eq!(stage.seen.labels(), ["PUT{event}!", "PUT{event}", "[create]"]);
            (0..4).for_each(|_| stage.server.refuse("PUT", 423));
            let (outcome, _) = stage.act(&tasker, &mut stage.memory(), Trigger::Timer).await;
            assert_eq!(outcome.unwrap_err().status(), Some(423));
            let put = "PUT{event}!";
            assert_eq!(stage.seen.labels(), [put, put, put, put, "[create!]"]);
        });
    }
}
