//! ImapReader: reads mail by IMAP all day long, over a connection that stays open, or in short sessions.

use std::rc::Rc;
use std::time::Duration;

use super::reader::Reader;
use super::registry::Build;
use crate::client::{Acting, Context, Memory, Outcome, Pace, Profile, Timer, Trigger};
use crate::config::Entry;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::params::{PARAMS, Sessions};
use crate::random::unit;

pub const ENTRY: Entry<Build> = Entry {
    name: "ImapReader",
    aliases: &["imapreader"],
    help: "Reads mail by IMAP all day: sees what is new as it comes (IDLE), reads, flags, files and deletes some of it; for `mix` = `together`.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Reader { ready }), service: "imap" },
};

/// How soon after its arrival a client opens its mailbox at most.
const SOON: Duration = Duration::from_secs(5);

impl Profile for Reader {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        let (habit, params) = (&self.ready.habit, &self.ready.params);
        if params.sessions == Sessions::Short {
            return habit.drawn(&params.interval);
        }
        let (every, soon) = (params.check_interval.as_secs_f64(), SOON.min(params.check_interval));
        let seconds = move |stream: crate::random::Stream, n: u64| match n {
            0 => unit(&mut stream.at(0)) * soon.as_secs_f64(),
            _ => every,
        };
        let pace = Pace::Drawn { seconds: Box::new(seconds), mean: Some(every) };
        Some(Timer { pace, pacing: habit.pacing })
    }

    fn operations(&self) -> Vec<Label> {
        labels::READING.into()
    }

    fn requests(&self) -> Vec<Label> {
        labels::IMAP.into()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            self.go(cx, memory, trigger).await?;
            Ok(Outcome::Done)
        })
    }
}
