//! A message as a user writes it, and how it is handed over: what SMTP and Sender share.

use std::collections::BTreeSet;
use std::rc::Rc;

use rand::RngExt;

use super::registry::Ready;
use crate::client::{Context, Trouble};
use crate::mail::message::{Draft, lines, text};
use crate::mail::params::{RECIPIENTS, SIZES};
use crate::mail::post::Post;
use crate::mail::stamp::Stamp;
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

/// A message that is written; it gets its id and date when it is handed over.
pub struct Letter {
    from: Rc<str>,
    to: Vec<Rc<str>>,
    uuid: String,
    subject: String,
    reply_to: Option<Box<str>>,
    body: Vec<u8>,
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
        let uuid = habit.uuid(cx, "message");
        let subject = match &answers {
            Some(answers) if answers.subject.starts_with("Re: ") => answers.subject.to_owned(),
            Some(answers) => format!("Re: {}", answers.subject),
            None => format!("{} {}", params.search_pattern, &uuid[..8]),
        };
        let reply_to = answers.map(|answers| answers.id.into());
        Ok(Letter { from, to, uuid, subject, reply_to, body })
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
        let id = Stamp::now(&cx.run.clock).id(&self.uuid);
        let draft = Draft {
            from: &self.from,
            to: &self.to,
            subject: &self.subject,
            id: &id,
            date: cx.run.clock.utc(),
            reply_to: self.reply_to.as_deref(),
            body: &self.body,
        };
        let message = draft.compose();
        let envelope = Envelope { from: &self.from, to: &self.to, message: &message };
        post.begin(cx, &id, &self.to);
        let sent = smtp.send(cx, &envelope).await;
        post.end(&id, sent.is_ok());
        let quit = smtp.quit(cx).await;
        sent?;
        quit
    }
}

/// The recipients of a new message: accounts drawn by chance, each once, as a server delivers a message once to whoever is named
/// twice.
fn anybody(ready: &Ready, cx: &Context) -> Result<Vec<Rc<str>>, Trouble> {
    let habit = &ready.habit;
    let count = ready.params.recipients.count(&habit.draw(cx, "recipients")).map_err(no_value)?;
    let (chosen, accounts) = (habit.draws(cx, "recipient"), &cx.run.accounts);
    let count = count.clamp((*RECIPIENTS.start()).into(), (*RECIPIENTS.end()).into());
    let (count, mut named) = (accounts.len().min(count as usize), BTreeSet::new());
    let drawn = (0..).map(|n| chosen.at(n).random_range(0..accounts.len()));
    let one = |account: usize| accounts[account].email.clone();
    Ok(drawn.filter(|account| named.insert(*account)).take(count).map(one).collect())
}

/// A distribution that gave nothing that can be used.
pub fn no_value(why: impl std::fmt::Display) -> Trouble {
    Trouble::Content(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::habit::Habit;
    use crate::config::{At, Diagnostics, Table};
    use crate::distribution::Numbers;
    use crate::http::testing::virtual_time;
    use crate::mail::params::Params;
    use crate::mail::testing::{Server, Stage};

    #[test]
    fn nobody_is_named_twice() {
        virtual_time(async {
            let (at, diags) = (At::named("SMTP"), Diagnostics::new());
            let habit = Habit::decode(&Table::empty(&at, &diags, "SMTP"), "SMTP");
            let params = Params { recipients: Numbers::fixed(3.0), ..Params::standard().unwrap() };
            let ready = Ready { habit, params };
            let mut stage = Stage::new(&Server::new(""), &[]);
            let mut first = BTreeSet::new();
            for _ in 0..20 {
                let mut to = anybody(&ready, &stage.context(0)).unwrap();
                first.insert(to[0].clone());
                to.sort();
                assert_eq!(to, ["user1@x".into(), "user2@x".into()]);
            }
            assert_eq!(first.len(), 2, "either may be the first");
        });
    }
}
