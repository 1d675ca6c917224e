//! APNSSubscriber: renews a device's subscription to Apple's push service.

use std::time::Duration;

use super::habit::{self, ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, Asked};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "APNSSubscriber",
    aliases: &[],
    help: "Subscribes the client's device to push by APNS, again and again, as devices do.",
    params: &[
        ENABLED,
        PACING,
        Param { name: "interval", default: "60", help: "seconds from one subscription to the next" },
    ],
    build,
};

const SUBSCRIBE: Label = Label::of("subscribe");

struct ApnsSubscriber {
    habit: Habit,
    interval: Duration,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let interval = habit::interval(params, 60);
    let subscriber = ApnsSubscriber { habit: habit.clone(), interval: interval? };
    Some(Built::new(ENTRY.name, &habit, subscriber))
}

impl ApnsSubscriber {
    async fn subscribe(&self, cx: &Context, memory: &mut CalendarMemory) -> Result<Outcome, Trouble> {
        let Some(key) = memory.home.pushkey.clone() else {
            return Ok(Outcome::Off("the server shows no push key to subscribe to".to_owned()));
        };
        match cx.operation(SUBSCRIBE, wire::apns_subscribe(cx, memory, &key)).await? {
            Asked::Done => Ok(Outcome::Done),
            Asked::Refused(status) => {
                Ok(Outcome::Off(format!("the server takes no subscriptions to APNS (status {status})")))
            }
        }
    }
}

impl Profile for ApnsSubscriber {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.habit.every(self.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![SUBSCRIBE]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.subscribe(cx, ours(memory)?).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};

    #[test]
    fn a_server_without_apns_switches_the_profile_off() {
        play(async {
            let (stage, subscriber) = (Stage::new(1), decode("APNSSubscriber", "").unwrap());
            let mut memory = stage.memory();
            let (outcome, _) = stage.act(&subscriber, &mut memory, Trigger::Timer).await;
            let off = "the server shows no push key to subscribe to".to_owned();
            assert_eq!(outcome.unwrap(), Outcome::Off(off));
            memory.home.pushkey = Some("/CalDAV/h/1/".into());
            stage.act(&subscriber, &mut memory, Trigger::Timer).await.0.unwrap();
            let post = &stage.server.take()[0];
            assert!(post.line() == "POST /apns/" && post.body.starts_with("token="), "{post:?}");
            stage.server.refuse("POST", 404);
            let (outcome, _) = stage.act(&subscriber, &mut memory, Trigger::Timer).await;
            let off = "the server takes no subscriptions to APNS (status 404)".to_owned();
            assert_eq!(outcome.unwrap(), Outcome::Off(off));
            assert_eq!(stage.seen.labels(), ["POST{apns}", "[subscribe]", "POST{apns}", "[subscribe]"]);
        });
    }
}
