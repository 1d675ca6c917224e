//! Accepter: answers invitations and clears the inbox (spec 6.1).

use std::rc::Rc;
use std::time::Duration;

use super::again;
use super::changing::{Change, change};
use super::choosing::mentions;
use super::defaults;
use super::habit::{ENABLED, Habit, PACING};
use super::registry::{Build, Built, Surroundings, ours};
use crate::calendar::memory::{CalendarMemory, Event, Kind, News};
use crate::calendar::wire;
use crate::client::{Acting, Actor, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::{Entry, Param, Table};
use crate::distribution::{Draw, Numbers};
use crate::icalendar::PartStat;
use crate::label::Label;

pub const ENTRY: Entry<Build> = Entry {
    name: "Accepter",
    aliases: &[],
    help: "Accepts invitations after a while, deletes answers that come in, and removes events that were cancelled.",
    params: &[
        ENABLED,
        PACING,
        Param {
            name: "acceptDelayDistribution",
            default: "Normal 1200, 60",
            help: "seconds from seeing an invitation or a cancellation to acting on it",
        },
    ],
    build,
};

const ACCEPT: Label = Label::of("accept");
const REPLY_DONE: Label = Label::of("reply done");
const CANCELLED: Label = Label::of("cancelled");

/// What is to be done with a resource; in a topic it stands before the path.
const TO_ACCEPT: &str = "accept ";
const TO_CLEAR: &str = "reply ";
const TO_CANCEL: &str = "cancel ";

struct Accepter {
    habit: Habit,
    delay: Numbers,
}

fn build(params: &Table<'_>, _: Surroundings) -> Option<Built> {
    let habit = Habit::decode(params, ENTRY.name);
    let delay = defaults::or(params, "acceptDelayDistribution", || defaults::normal(1200.0, 60.0));
    let accepter = Accepter { habit: habit.clone(), delay: delay? };
    Some(Built::new(ENTRY.name, &habit, accepter).keeping_bodies())
}

impl Accepter {
    /// What a changed resource asks for: a topic, and whether the user takes a while over it.
    fn wish(memory: &CalendarMemory, href: &str) -> Option<(String, bool)> {
        let (collection, event) = memory.event(href)?;
        let word: &[u8] = if collection.kind == Kind::Calendar { b"ATTENDEE" } else { b"METHOD" };
        if !mentions(event, word) {
            return None;
        }
        let calendar = event.calendar()?;
        match collection.kind {
            Kind::Calendar => {
                calendar.needs_action(memory.me()).then(|| (format!("{TO_ACCEPT}{href}"), true))
            }
            Kind::Inbox => {
                let method = calendar.method()?.to_ascii_uppercase();
                match method.as_str() {
                    "REPLY" => Some((format!("{TO_CLEAR}{href}"), false)),
                    "CANCEL" => Some((format!("{TO_CANCEL}{href}"), true)),
                    _ => None,
                }
            }
        }
    }

    /// The next delay of this client. The draws are counted, so that a bag is emptied before it is filled again.
    fn next_delay(&self, cx: &Context, memory: &mut CalendarMemory) -> Duration {
        let key = self.habit.key("delays drawn");
        let n: u64 = memory.note(&key).and_then(|text| text.parse().ok()).unwrap_or(0);
        memory.set_note(&key, &(n + 1).to_string());
        let draw = Draw::new(self.habit.stream(cx, "delay"), n, cx.run.clock.utc());
        // A draw that gives no number must not leave the invitation unanswered.
        self.delay.seconds(&draw).unwrap_or(Duration::ZERO)
    }

    async fn react(
        &self,
        cx: &Context,
        memory: &mut CalendarMemory,
        topic: &str,
    ) -> Result<Outcome, Trouble> {
        memory.pending.remove(topic);
        // What there is to come back to if it fails: all of it, or a resource that is still to be deleted.
        let mut left = topic.to_owned();
        let result = if let Some(href) = topic.strip_prefix(TO_ACCEPT) {
            self.accept(cx, memory, href, &mut left).await
        } else if let Some(href) = topic.strip_prefix(TO_CLEAR) {
            self.clear(cx, memory, href).await
        } else if let Some(href) = topic.strip_prefix(TO_CANCEL) {
            self.cancel(cx, memory, href, &mut left).await
        } else {
            Ok(Outcome::Done)
        };
        if left != topic {
            again::conclude::<()>(memory, topic, &Ok(()));
        }
        again::conclude(memory, &left, &result);
        result
    }

    /// Answers an invitation and deletes the message that brought it; of a message, only that is left to be done.
    async fn accept(
        &self,
        cx: &Context,
        memory: &mut CalendarMemory,
        href: &str,
        left: &mut String,
    ) -> Result<Outcome, Trouble> {
        let Some((collection, event)) = memory.event(href) else {
            return self.dismiss(cx, memory, left).await;
        };
        if collection.kind == Kind::Inbox {
            cx.operation(ACCEPT, wire::delete(cx, memory, href)).await?;
            return Ok(Outcome::Done);
        }
        if event.calendar().is_some_and(|calendar| !calendar.needs_action(memory.me())) {
            return Ok(Outcome::Idle("the invitation is answered already"));
        }
        let uid = event.uid.clone();
        let me = memory.me().clone();
        cx.operation(ACCEPT, async {
            let answer = |calendar: &mut crate::icalendar::Calendar| {
                calendar.needs_action(&me) && calendar.answer(&me, PartStat::Accepted) > 0
            };
            change(cx, memory, href, Change::AsAttendee, answer).await?;
            let item = uid.and_then(|uid| memory.find_uid(Kind::Inbox, &uid).into_iter().next());
            match item {
                Some(item) => {
                    *left = format!("{TO_ACCEPT}{item}");
                    wire::delete(cx, memory, &item).await
                }
                // A server without an inbox, or one that was quicker.
                None => Ok(()),
            }
        })
        .await?;
        Ok(Outcome::Done)
    }

    /// Deletes the messages that invite to what is no longer in any calendar: nobody will answer them, and an inbox that
    /// kept them would grow for ever.
    async fn dismiss(
        &self,
        cx: &Context,
        memory: &mut CalendarMemory,
        left: &mut String,
    ) -> Result<Outcome, Trouble> {
        let vain = Accepter::vain(memory);
        if vain.is_empty() {
            return Ok(Outcome::Idle("the invitation is gone"));
        }
        cx.operation(ACCEPT, async {
            for item in &vain {
                *left = format!("{TO_ACCEPT}{item}");
                wire::delete(cx, memory, item).await?;
            }
            Ok(())
        })
        .await?;
        Ok(Outcome::Done)
    }

    /// The paths of these messages.
    fn vain(memory: &CalendarMemory) -> Vec<String> {
        let inboxes = memory.calendars().iter().filter(|collection| collection.kind == Kind::Inbox);
        let items = inboxes.flat_map(|inbox| inbox.events().iter().map(move |item| (inbox, item)));
        let invites = |item: &Event| {
            let method = item.calendar().and_then(|calendar| calendar.method().map(str::to_owned));
            method.is_some_and(|method| method.eq_ignore_ascii_case("REQUEST"))
        };
        let in_vain = |item: &Event| {
            item.uid.as_deref().is_some_and(|uid| memory.find_uid(Kind::Calendar, uid).is_empty())
        };
        items
            .filter(|(_, item)| in_vain(item) && invites(item))
            .map(|(inbox, item)| inbox.href_of(item))
            .collect()
    }

    async fn clear(&self, cx: &Context, memory: &mut CalendarMemory, href: &str) -> Result<Outcome, Trouble> {
        if memory.event(href).is_none() {
            return Ok(Outcome::Idle("the answer is gone from the inbox"));
        }
        cx.operation(REPLY_DONE, wire::delete(cx, memory, href)).await?;
        Ok(Outcome::Done)
    }

    /// Deletes the message of a cancellation, the event, and the invitation to it if that is still there; of an event,
    /// only that is left to be done.
    async fn cancel(
        &self,
        cx: &Context,
        memory: &mut CalendarMemory,
        href: &str,
        left: &mut String,
    ) -> Result<Outcome, Trouble> {
        let Some((collection, item)) = memory.event(href) else {
            return Ok(Outcome::Idle("the cancellation is gone from the inbox"));
        };
        let uid = item.uid.clone().filter(|_| collection.kind == Kind::Inbox);
        cx.operation(CANCELLED, async {
            wire::delete(cx, memory, href).await?;
            let event = uid.and_then(|uid| memory.find_uid(Kind::Calendar, &uid).into_iter().next());
            match event {
                Some(event) => {
                    *left = format!("{TO_CANCEL}{event}");
                    wire::delete(cx, memory, &event).await
                }
                None => Ok(()),
            }
        })
        .await?;
        Ok(Outcome::Done)
    }
}

impl Profile for Accepter {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        None
    }

    fn operations(&self) -> Vec<Label> {
        vec![ACCEPT, REPLY_DONE, CANCELLED]
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            match trigger {
                Trigger::Reaction(topic) => self.react(cx, ours(memory)?, topic).await,
                Trigger::Arrival | Trigger::Timer => Ok(Outcome::Done),
            }
        })
    }

    fn notice(&self, cx: &Context, memory: &mut dyn Memory, me: Actor) {
        let Ok(memory) = ours(memory) else { return };
        again::ask(cx, memory, me);
        let changed = memory.news().iter().filter_map(|news| match news {
            News::Changed { href, .. } => Accepter::wish(memory, href),
            News::Removed { .. } => None,
        });
        for (topic, takes_a_while) in changed.collect::<Vec<_>>() {
            let topic: Rc<str> = topic.into();
            if memory.pending.insert(topic.clone()) {
                let delay = if takes_a_while { self.next_delay(cx, memory) } else { Duration::ZERO };
                cx.react(me, delay, topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::profiles::testing::{EVENT, Stage, decode, play};
    use crate::client::Reaction;

    const IN_SEVEN: &str = "<key>acceptDelayDistribution</key><integer>7</integer>";
    const HREF: &str = "/c/events/1.ics";
    const ITEM: &str = "/c/inbox/i1.ics";

    fn invitation() -> String {
        let people = "UID:1\r\nORGANIZER:urn:x-uid:50\r\n\
            ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:other@example.com\r\n\
            ATTENDEE;CN=User 16;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:User16@example.com";
        EVENT.replace("UID:1", people)
    }

    fn message(method: &str) -> String {
        EVENT.replace("VERSION:2.0", &format!("VERSION:2.0\r\nMETHOD:{method}"))
    }

    fn topic(asked: Vec<Reaction>) -> (Duration, Trigger) {
        assert_eq!(asked.len(), 1, "{asked:?}");
        (asked[0].delay, Trigger::Reaction(asked[0].topic.clone()))
    }

    /// Spec 13, 29 and 30: one reaction after the delay, however often the event changes; then the answer, and the
    /// inbox item of the same UID is gone; a later invitation is accepted again.
    #[test]
    fn an_invitation_is_accepted_once_after_the_delay() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            for _ in 0..2 {
                stage.deliver(&mut memory, HREF, &invitation());
                stage.deliver(&mut memory, ITEM, &message("REQUEST"));
                let (delay, accept) = topic(stage.notice(&accepter, &mut memory));
                assert_eq!(delay, Duration::from_secs(7));
                stage.deliver(&mut memory, HREF, &invitation());
                assert_eq!(stage.notice(&accepter, &mut memory), [], "while pending");
                let (outcome, more) = stage.act(&accepter, &mut memory, accept).await;
                assert_eq!((outcome.unwrap(), more), (Outcome::Done, vec![]));
                let done = ["PUT{attendee-small}", "GET{event}", "DELETE{event}", "[accept]"];
                assert_eq!(stage.seen.labels(), done);
                let body = stage.server.body(HREF);
                assert!(body.contains("ATTENDEE;CN=User 16;PARTSTAT=ACCEPTED:MAILTO:User16@"), "{body}");
                assert!(body.contains("PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:other@"), "{body}");
                assert!(memory.event(ITEM).is_none() && stage.server.body(ITEM).is_empty());
            }
        });
    }

    #[test]
    fn a_conflict_is_read_and_tried_again_but_not_for_ever() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, HREF, &invitation());
            let (_, accept) = topic(stage.notice(&accepter, &mut memory));
            stage.server.store(HREF, &invitation().replace("SUMMARY:x", "SUMMARY:moved"));
            assert_eq!(stage.act(&accepter, &mut memory, accept.clone()).await.0.unwrap(), Outcome::Done);
            let labels =
                ["PUT{attendee-small}", "GET{event}", "PUT{attendee-small}", "GET{event}", "[accept]"];
            assert_eq!(stage.seen.labels(), labels);
            assert!(stage.server.body(HREF).contains("SUMMARY:moved"));
            stage.deliver(&mut memory, HREF, &invitation());
            (0..10).for_each(|_| stage.server.refuse("PUT", 412));
            assert!(stage.act(&accepter, &mut memory, accept).await.0.is_err());
            let labels = stage.seen.labels();
            assert_eq!(labels.iter().filter(|label| label.starts_with("PUT")).count(), 4);
            assert_eq!(labels.last().unwrap(), "[accept!]");
        });
    }

    #[test]
    fn another_error_is_a_failed_operation_and_a_later_invitation_works() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, HREF, &invitation());
            let (_, accept) = topic(stage.notice(&accepter, &mut memory));
            stage.server.refuse("PUT", 403);
            let (outcome, _) = stage.act(&accepter, &mut memory, accept).await;
            assert_eq!(outcome.unwrap_err().status(), Some(403));
            assert_eq!(stage.seen.labels(), ["PUT{attendee-small}!", "[accept!]"]);
            stage.deliver(&mut memory, HREF, &invitation());
            let (_, accept) = topic(stage.notice(&accepter, &mut memory));
            // Without an inbox item the copy in the calendar is all there is.
            stage.act(&accepter, &mut memory, accept).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["PUT{attendee-small}", "GET{event}", "[accept]"]);
        });
    }

    #[test]
    fn an_event_that_is_gone_or_answered_leaves_nothing_to_do() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            let accepted = invitation().replace("NEEDS-ACTION", "ACCEPTED");
            stage.deliver(&mut memory, HREF, &accepted);
            assert_eq!(stage.notice(&accepter, &mut memory), [], "accepted already");
            stage.deliver(&mut memory, HREF, &invitation());
            let (_, accept) = topic(stage.notice(&accepter, &mut memory));
            stage.deliver(&mut memory, HREF, &accepted);
            let idle = stage.act(&accepter, &mut memory, accept.clone()).await.0.unwrap();
            assert_eq!(idle, Outcome::Idle("the invitation is answered already"));
            memory.drop_event(HREF, true);
            let idle = stage.act(&accepter, &mut memory, accept).await.0.unwrap();
            assert_eq!(idle, Outcome::Idle("the invitation is gone"));
            assert_eq!(stage.seen.labels(), [""; 0]);
        });
    }

    /// A limit on events, or whoever invited, was quicker than the answer.
    #[test]
    fn a_message_that_invites_to_what_is_gone_is_deleted() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            let other = message("REQUEST").replace("UID:1", "UID:2");
            stage.deliver(&mut memory, "/c/inbox/i2.ics", &other);
            stage.deliver(&mut memory, "/c/events/2.ics", &EVENT.replace("UID:1", "UID:2"));
            stage.deliver(&mut memory, HREF, &invitation());
            stage.deliver(&mut memory, ITEM, &message("REQUEST"));
            let (_, accept) = topic(stage.notice(&accepter, &mut memory));
            memory.drop_event(HREF, true);
            stage.server.refuse("DELETE", 503);
            let (outcome, more) = stage.act(&accepter, &mut memory, accept).await;
            assert!(outcome.is_err());
            let (_, again) = topic(more);
            stage.act(&accepter, &mut memory, again).await.0.unwrap();
            assert_eq!(stage.seen.labels(), ["DELETE{event}!", "[accept!]", "DELETE{event}", "[accept]"]);
            assert!(memory.event(ITEM).is_none() && memory.event("/c/inbox/i2.ics").is_some());
            assert!(memory.pending.is_empty(), "{:?}", memory.pending);
        });
    }

    /// Spec 13, 31. An answer that could not be deleted is not forgotten.
    #[test]
    fn an_answer_is_deleted_at_once_and_later_if_that_fails() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, ITEM, &message("REPLY"));
            let (delay, clear) = topic(stage.notice(&accepter, &mut memory));
            assert_eq!(delay, Duration::ZERO);
            stage.server.refuse("DELETE", 503);
            let (outcome, more) = stage.act(&accepter, &mut memory, clear).await;
            assert!(outcome.is_err() && memory.event(ITEM).is_some());
            let (_, clear) = topic(more);
            stage.act(&accepter, &mut memory, clear.clone()).await.0.unwrap();
            assert!(memory.event(ITEM).is_none() && stage.server.body(ITEM).is_empty());
            assert!(memory.pending.is_empty(), "{:?}", memory.pending);
            let labels = ["DELETE{event}!", "[reply done!]", "DELETE{event}", "[reply done]"];
            assert_eq!(stage.seen.labels(), labels);
            assert!(matches!(stage.act(&accepter, &mut memory, clear).await.0, Ok(Outcome::Idle(_))));
        });
    }

    /// What comes last fails: it is all that is done again.
    #[test]
    fn a_message_or_an_event_that_could_not_be_deleted_is_deleted_later() {
        play(async {
            for (about, label) in [("REQUEST", "accept"), ("CANCEL", "cancelled")] {
                let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
                let mut memory = stage.memory();
                let answered = if about == "CANCEL" { "ACCEPTED" } else { "NEEDS-ACTION" };
                stage.deliver(&mut memory, HREF, &invitation().replace("NEEDS-ACTION", answered));
                stage.deliver(&mut memory, ITEM, &message(about));
                let (_, act) = topic(stage.notice(&accepter, &mut memory));
                let last = if about == "CANCEL" { HREF } else { ITEM };
                stage.server.refuse(&format!("DELETE {last}"), 503);
                let (outcome, more) = stage.act(&accepter, &mut memory, act).await;
                assert!(outcome.is_err() && memory.event(last).is_some());
                stage.server.take();
                let (delay, again) = topic(more);
                assert_eq!(delay, Duration::from_secs(60));
                stage.act(&accepter, &mut memory, again).await.0.unwrap();
                assert_eq!(stage.server.lines(), [format!("DELETE {last}")]);
                assert!(memory.event(last).is_none() && memory.pending.is_empty(), "{:?}", memory.pending);
                let labels = stage.seen.labels();
                assert_eq!(
                    labels[labels.len() - 3..],
                    [format!("[{label}!]"), "DELETE{event}".to_owned(), format!("[{label}]")]
                );
            }
        });
    }

    #[test]
    fn a_cancelled_event_is_removed_after_the_delay() {
        play(async {
            let (stage, accepter) = (Stage::new(16), decode("Accepter", IN_SEVEN).unwrap());
            let mut memory = stage.memory();
            stage.deliver(&mut memory, HREF, &invitation().replace("NEEDS-ACTION", "ACCEPTED"));
            stage.deliver(&mut memory, ITEM, &message("CANCEL"));
            stage.deliver(&mut memory, "/c/inbox/i2.ics", &message("REQUEST"));
            let (delay, cancel) = topic(stage.notice(&accepter, &mut memory));
            assert_eq!(delay, Duration::from_secs(7));
            stage.act(&accepter, &mut memory, cancel.clone()).await.0.unwrap();
            assert_eq!(stage.server.lines(), [format!("DELETE {ITEM}"), format!("DELETE {HREF}")]);
            assert_eq!(stage.seen.labels(), ["DELETE{event}", "DELETE{event}", "[cancelled]"]);
            assert!(matches!(stage.act(&accepter, &mut memory, cancel).await.0, Ok(Outcome::Idle(_))));
        });
    }

    #[test]
    fn the_delays_of_a_client_empty_a_bag_before_it_is_filled_again() {
        play(async {
            let bag = "<key>acceptDelayDistribution</key><dict><key>type</key><string>UniformDiscrete</string>\
                       <key>params</key><dict><key>values</key><array><integer>1</integer><integer>2</integer>\
                       <integer>3</integer></array></dict></dict>";
            let (stage, accepter) = (Stage::new(16), decode("Accepter", bag).unwrap());
            let mut memory = stage.memory();
            for n in 0..3 {
                stage.deliver(&mut memory, &format!("/c/events/{n}.ics"), &invitation());
            }
            let mut delays: Vec<_> =
                stage.notice(&accepter, &mut memory).iter().map(|asked| asked.delay.as_secs()).collect();
            delays.sort_unstable();
            assert_eq!(delays, [1, 2, 3]);
        });
    }
}
