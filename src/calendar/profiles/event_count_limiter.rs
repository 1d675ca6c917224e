//! EventCountLimiter: keeps calendars from growing for ever.

use super::choosing;
use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, labels};
use crate::client::{Context, Outcome};
use crate::config::{Entry, Param, Table};
use crate::label::Label;
use crate::random;

pub const ENTRY: Entry<Build> = Entry {
    name: "EventCountLimiter",
    aliases: &[],
    help: "Deletes random events of the user's own calendars until none has more than a given number.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "60", help: "seconds from one look to the next" },
        Param { name: "eventCountLimit", default: "1000", help: "the most events a calendar may have" },
    ],
    build,
};

const LIMIT: Label = Label::of("limit");

struct EventCountLimiter {
    limit: usize,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 60);
    let limit = params.or("eventCountLimit", 1000);
    Some(timed?.does(EventCountLimiter { limit }))
}

impl EventCountLimiter {
    /// The paths of the events that are too many.
    fn surplus(&self, habit: &Habit, cx: &Context, memory: &CalendarMemory) -> Vec<String> {
        let stream = habit.draws(cx, "event");
        let full = choosing::owned(memory).filter(|calendar| calendar.events().len() > self.limit);
        full.zip(0..)
            .flat_map(|(calendar, n)| {
                let mut events: Vec<_> = calendar.events().iter().collect();
                random::shuffle(&mut stream.at(n), &mut events);
                let too_many = events.len() - self.limit;
                events.into_iter().take(too_many).map(|event| calendar.href_of(event)).collect::<Vec<_>>()
            })
            .collect()
    }
}

impl Deed for EventCountLimiter {
    const OPERATIONS: &'static [Label] = &[LIMIT];

    fn requests(&self) -> Vec<Label> {
        vec![labels::DELETE_EVENT]
    }

    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
        let surplus = self.surplus(habit, cx, memory);
        if surplus.is_empty() {
            // The look was what there was to do.
            return Ok(Outcome::Done);
        }
        cx.operation(LIMIT, async {
            for href in &surplus {
                wire::delete(cx, memory, href).await?;
            }
            Ok(())
        })
        .await?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Trigger;

    #[test]
    fn what_is_too_much_is_deleted_and_what_is_gone_is_no_failure() {
        play(async {
            let params = "<key>eventCountLimit</key><integer>4</integer>";
            let (stage, limiter) = (Stage::new(1), decode("EventCountLimiter", params).unwrap());
            let mut memory = stage.memory();
            for n in 0..4 {
                stage.deliver(&mut memory, &format!("/c/events/{n}.ics"), EVENT);
                stage.deliver(&mut memory, &format!("/c/tasks/{n}.ics"), EVENT);
                stage.deliver(&mut memory, &format!("/c/tasks/more{n}.ics"), EVENT);
            }
            stage.act(&limiter, &mut memory, Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), [""; 0], "at the limit");
            for n in 4..7 {
                stage.deliver(&mut memory, &format!("/c/events/{n}.ics"), EVENT);
            }
            stage.server.refuse("DELETE", 404);
            stage.act(&limiter, &mut memory, Trigger::Timer).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["DELETE{event}", "DELETE{event}", "DELETE{event}", "[limit]"]);
            assert_eq!(memory.calendar("/c/events/").unwrap().events().len(), 4);
        });
    }

    #[test]
    fn what_could_not_be_deleted_is_deleted_the_next_time() {
        play(async {
            let params = "<key>eventCountLimit</key><integer>4</integer>";
            let (stage, limiter) = (Stage::new(1), decode("EventCountLimiter", params).unwrap());
            let mut memory = stage.memory();
            (0..5).for_each(|n| stage.deliver(&mut memory, &format!("/c/events/{n}.ics"), EVENT));
            for (status, left) in [(503, 5), (403, 5), (410, 4)] {
                stage.server.refuse("DELETE", status);
                let (outcome, _) = stage.act(&limiter, &mut memory, Trigger::Timer).await;
                assert_eq!(outcome.is_err(), left == 5);
                assert_eq!(memory.calendar("/c/events/").unwrap().events().len(), left, "after {status}");
            }
        });
    }
}
