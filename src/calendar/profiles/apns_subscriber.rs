//! APNSSubscriber: renews a device's subscription to Apple's push service.

use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings};
use super::timed::{Acted, Deed, Timed};
use crate::calendar::memory::CalendarMemory;
use crate::calendar::wire::{self, Asked, labels};
use crate::client::{Context, Outcome};
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

struct ApnsSubscriber;

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let timed = Timed::every(params, ENTRY.name, 60);
    Some(timed?.does(ApnsSubscriber))
}

impl Deed for ApnsSubscriber {
    const OPERATIONS: &'static [Label] = &[SUBSCRIBE];

    fn requests(&self) -> Vec<Label> {
        vec![labels::APNS]
    }

    async fn act(&self, _: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{Stage, decode, play};
    use crate::client::Trigger;

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
