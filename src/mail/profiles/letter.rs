//! A message as a user writes it, and how it is handed over: what SMTP and Sender share.

use std::rc::Rc;

use rand::RngExt;

use super::registry::Ready;
use crate::client::{Context, Trouble};
use crate::mail::message::{Draft, HOST, lines, text};
use crate::mail::params::{RECIPIENTS, SIZES};
use crate::mail::post::Post;
use crate::mail::wire::Service;
use crate::mail::wire::smtp::{Envelope, NAME, Smtp};

/// Who logs in before a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    Never,
    Always,
    /// Where the server offers a way to.
    Offered,
}

/// A message that is ready to be handed over.
pub struct Letter {
    from: Rc<str>,
    to: Vec<Rc<str>>,
    id: String,
    message: Vec<u8>,
}

/// What a message answers.
pub struct Answers<'a> {
    pub id: &'a str,
    pub subject: &'a str,
}

impl Letter {
    /// A message to these people, or to people drawn by chance.
    ///
    /// # Errors
    /// A distribution gives nothing that can be used.
    pub fn write(
        ready: &Ready,
        cx: &Context,
        to: Option<Rc<str>>,
        answers: Option<Answers<'_>>,
    ) -> Result<Letter, Trouble> {
        let Ready { habit, params } = ready;
        let to = match to {
            Some(to) => vec![to],
            None => anybody(ready, cx)?,
        };
        let body = match &params.file {
            Some(file) => lines(file),
            None => {
                let size = params.size.count(&habit.draw(cx, "size")).map_err(no_value)?;
                let size = size.min((*SIZES.end()).into());
                text(size as usize, habit.draws(cx, "body"))
            }
        };
        let from = params.from.as_ref().unwrap_or(&cx.account.email).clone();
        let id = format!("{}{HOST}", habit.uuid(cx, "message"));
        let subject = match &answers {
            Some(answers) if answers.subject.starts_with("Re: ") => answers.subject.to_owned(),
            Some(answers) => format!("Re: {}", answers.subject),
            None => format!("{} {}", params.search_pattern, &id[..8]),
        };
        let draft = Draft {
            from: &from,
            to: &to,
            subject: &subject,
            id: &id,
            date: cx.run.clock.utc(),
            reply_to: answers.map(|answers| answers.id),
            body: &body,
        };
        let message = draft.compose();
        Ok(Letter { from, to, id, message })
    }

    /// Hands it over, on a connection of its own.
    pub async fn submit(
        &self,
        cx: &Context,
        service: &Rc<Service>,
        login: Login,
        post: &Post,
    ) -> Result<(), Trouble> {
        let mut smtp = Smtp::open(cx, service, NAME).await?;
        if login == Login::Always || login == Login::Offered && smtp.offers("AUTH") {
            smtp.login(cx, &cx.account).await?;
        }
        let envelope = Envelope { from: &self.from, to: &self.to, message: &self.message };
        post.begin(cx, &self.id, &self.to);
        let sent = smtp.send(cx, &envelope).await;
        post.end(cx, &self.id, sent.is_ok());
        let quit = smtp.quit(cx).await;
        sent?;
        quit
    }
}

/// The recipients of a new message: accounts drawn by chance.
fn anybody(ready: &Ready, cx: &Context) -> Result<Vec<Rc<str>>, Trouble> {
    let habit = &ready.habit;
    let count = ready.params.recipients.count(&habit.draw(cx, "recipients")).map_err(no_value)?;
    let (chosen, accounts) = (habit.draws(cx, "recipient"), &cx.run.accounts);
    let one = |n| accounts[chosen.at(n).random_range(0..accounts.len())].email.clone();
    Ok((0..count.clamp((*RECIPIENTS.start()).into(), (*RECIPIENTS.end()).into())).map(one).collect())
}

/// A distribution that gave nothing that can be used.
pub fn no_value(why: impl std::fmt::Display) -> Trouble {
    Trouble::Content(why.to_string())
}
