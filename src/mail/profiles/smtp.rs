//! SMTP: sends a message to people drawn by chance (rows 20, 27, 28, 35).

use std::rc::Rc;

use super::letter::{Letter, Login};
use super::registry::{Build, Ready};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger};
use crate::config::Entry;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::params::PARAMS;

pub const ENTRY: Entry<Build> = Entry {
    name: "SMTP",
    aliases: &["smtp"],
    help: "Sends a message to accounts drawn by chance, over a connection of its own.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Sends { ready }), service: "smtp" },
};

struct Sends {
    ready: Ready,
}

impl Profile for Sends {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.ready.timer()
    }

    fn operations(&self) -> Vec<Label> {
        vec![labels::SEND]
    }

    fn requests(&self) -> Vec<Label> {
        labels::SMTP.into()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            let name = if self.ready.params.authenticate { "submission" } else { "smtp" };
            let service = self.ready.service(memory, name)?;
            let post = self.ready.post(memory)?;
            let login = if self.ready.params.authenticate { Login::Always } else { Login::Never };
            let letter = Letter::write(&self.ready, cx, None, None)?;
            cx.operation(labels::SEND, letter.submit(cx, &service, login, &post)).await?;
            Ok(Outcome::Done)
        })
    }
}
