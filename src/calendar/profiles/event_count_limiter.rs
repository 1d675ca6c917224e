//! EventCountLimiter: keeps calendars from growing for ever.

use std::time::Duration;

use super::choosing;
use super::habit::{self, ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire;
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
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
    habit: Habit,
    interval: Duration,
    limit: usize,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let interval = habit::interval(params, 60);
    let limit = params.or("eventCountLimit", 1000);
    let limiter = EventCountLimiter { habit: habit.clone(), interval: interval?, limit };
    Some(Built::new(ENTRY.name, &habit, limiter))
}

impl EventCountLimiter {
    /// The paths of the events that are too many.
    fn surplus(&self, cx: &Context, memory: &CalendarMemory) -> Vec<String> {
        let stream = self.habit.draws(cx, "event");
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

    async fn limit(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let surplus = self.surplus(cx, memory);
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

impl Profile for EventCountLimiter {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![LIMIT]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.limit(cx, ours(memory)?).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};

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
}
