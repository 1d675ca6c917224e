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
use crate::calendar::wire::{self, labels};
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

    fn requests(&self) -> Vec<Label> {
        [labels::of_all_sizes(labels::put_attendee), vec![labels::GET_EVENT, labels::DELETE_EVENT]].concat()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            match trigger {
                Trigger::Reaction(topic) => self.react(cx, ours(memory)?, topic).await,
                Trigger::Arrival | Trigger::Timer | Trigger::Resumed => Ok(Outcome::Done),
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
mod tests;
