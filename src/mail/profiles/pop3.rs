//! POP3: fetches what is in the mailbox, and deletes it (rows 29, 36).

use std::rc::Rc;

use super::registry::{Build, Ready};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::Entry;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::params::PARAMS;
use crate::mail::wire::Service;
use crate::mail::wire::pop3::Pop3;

pub const ENTRY: Entry<Build> = Entry {
    name: "POP3",
    aliases: &["pop3"],
    help: "Fetches every message by POP3 and deletes it, unless it is left on the server.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Fetches { ready }), service: "pop3" },
};

struct Fetches {
    ready: Ready,
}

impl Fetches {
    async fn fetch(&self, cx: &Context, service: &Rc<Service>) -> Result<(), Trouble> {
        let mut pop3 = Pop3::open(cx, service).await?;
        pop3.login(cx, &cx.account).await?;
        for number in 1..=pop3.count(cx).await? {
            pop3.retrieve(cx, number).await?;
            if !self.ready.params.leave {
                pop3.delete(cx, number).await?;
            }
        }
        pop3.quit(cx).await
    }
}

impl Profile for Fetches {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.ready.timer()
    }

    fn operations(&self) -> Vec<Label> {
        vec![labels::POP]
    }

    fn requests(&self) -> Vec<Label> {
        labels::POP3.into()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            let service = self.ready.service(memory, "pop3")?;
            cx.operation(labels::POP, self.fetch(cx, &service)).await?;
            Ok(Outcome::Done)
        })
    }
}
