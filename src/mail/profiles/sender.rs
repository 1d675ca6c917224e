//! Sender: writes a message now and then, and answers what its client has read.

use std::rc::Rc;

use super::letter::{Answers, Letter, Login, no_value};
use super::registry::{Build, Ready};
use crate::client::habit::falls_within;
use crate::client::{Acting, Actor, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::Entry;
use crate::distribution::Draw;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::message::HOST;
use crate::mail::params::PARAMS;
use crate::mail::software::MailMemory;

pub const ENTRY: Entry<Build> = Entry {
    name: "Sender",
    aliases: &["sender"],
    help: "Writes a message now and then, and answers some of what its client has read; for `mix` = `together`.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Sender { ready }), service: "submission" },
};

struct Sender {
    ready: Ready,
}

impl Sender {
    async fn send(&self, cx: &Context, memory: &mut dyn Memory, trigger: &Trigger) -> Result<(), Trouble> {
        let service = self.ready.service(memory, "submission")?;
        let post = self.ready.post(memory)?;
        let login = if self.ready.params.authenticate { Login::Always } else { Login::Offered };
        let (label, letter) = match trigger {
            Trigger::Reaction(topic) => {
                let mut parts = topic.splitn(3, ' ');
                let (Some(to), Some(id), Some(subject)) = (parts.next(), parts.next(), parts.next()) else {
                    return Ok(());
                };
                let answers = Answers { id, subject };
                (labels::REPLY, Letter::write(&self.ready, cx, Some(to.into()), Some(answers))?)
            }
            Trigger::Timer | Trigger::Resumed | Trigger::Arrival => {
                (labels::SEND, Letter::write(&self.ready, cx, None, None)?)
            }
        };
        cx.operation(label, letter.submit(cx, &service, login, &post)).await
    }
}

impl Profile for Sender {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.ready.habit.drawn(&self.ready.params.interval)
    }

    fn operations(&self) -> Vec<Label> {
        vec![labels::SEND, labels::REPLY]
    }

    fn requests(&self) -> Vec<Label> {
        labels::SMTP.into()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            self.send(cx, memory, trigger).await?;
            Ok(Outcome::Done)
        })
    }

    /// Some of what was read is answered after a while. The share is below all, so that answers to answers die out.
    fn notice(&self, cx: &Context, memory: &mut dyn Memory, me: Actor) {
        let (habit, params) = (&self.ready.habit, &self.ready.params);
        let Some(memory) = MailMemory::of(memory) else { return };
        let (share, delay) = (habit.draws(cx, "reply"), habit.draws(cx, "reply delay"));
        for (n, read) in (0..).zip(&memory.read) {
            let ours = read.id.ends_with(HOST) && *read.from != *cx.account.email;
            if !ours || !falls_within(params.reply_share, share, n) {
                continue;
            }
            let drawn = params.reply_delay.seconds(&Draw::new(delay, n, cx.run.clock.utc()));
            match drawn.map_err(no_value) {
                Ok(delay) => cx.react(me, delay, format!("{} {} {}", read.from, read.id, read.subject)),
                Err(why) => cx.run.notice(format!("{}: {why}", ENTRY.name)),
            }
        }
    }
}
