//! SMTP: sends a message to people drawn by chance (rows 20, 27, 28, 35).

use std::rc::Rc;

use rand::RngExt;

use super::registry::{Build, Ready};
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::Entry;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::message::{Draft, lines, text};
use crate::mail::params::PARAMS;
use crate::mail::wire::Service;
use crate::mail::wire::smtp::{Envelope, Smtp};

pub const ENTRY: Entry<Build> = Entry {
    name: "SMTP",
    aliases: &["smtp"],
    help: "Sends a message to accounts drawn by chance, over a connection of its own.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Sends { ready }), service: "smtp" },
};

/// The largest body that is made.
const LARGEST: u64 = 64 << 20;

struct Sends {
    ready: Ready,
}

impl Sends {
    async fn send(&self, cx: &Context, service: &Rc<Service>) -> Result<Outcome, Trouble> {
        let Ready { habit, params } = &self.ready;
        let count = params.recipients.count(&habit.draw(cx, "recipients")).map_err(no_value)?.clamp(1, 1000);
        let chosen = habit.draws(cx, "recipient");
        let accounts = &cx.run.accounts;
        let to: Vec<Rc<str>> = (0..count)
            .map(|n| accounts[chosen.at(n).random_range(0..accounts.len())].email.clone())
            .collect();
        let body = match &params.file {
            Some(file) => lines(file),
            None => {
                let size = params.size.count(&habit.draw(cx, "size")).map_err(no_value)?.min(LARGEST);
                text(size as usize, habit.draws(cx, "body"))
            }
        };
        let from = params.from.as_ref().unwrap_or(&cx.account.email);
        let id = format!("{}@populace", habit.uuid(cx, "message"));
        let draft = Draft {
            from,
            to: &to,
            subject: &format!("{} {}", params.search_pattern, &id[..8]),
            id: &id,
            date: cx.run.clock.utc(),
            reply_to: None,
            body: &body,
        };
        let message = draft.compose();
        let send = async {
            let mut smtp = Smtp::open(cx, service, "populace.invalid").await?;
            if params.authenticate {
                smtp.login(cx, &cx.account).await?;
            }
            let sent = smtp.send(cx, &Envelope { from, to: &to, message: &message }).await;
            let quit = smtp.quit(cx).await;
            sent?;
            quit
        };
        cx.operation(labels::SEND, send).await?;
        Ok(Outcome::Done)
    }
}

/// A distribution that gave nothing that can be used.
pub fn no_value(why: impl std::fmt::Display) -> Trouble {
    Trouble::Content(why.to_string())
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
            self.send(cx, &service).await
        })
    }
}
