//! One message to a group that everybody is in: by it servers make the mailboxes, and each has something in it (row 42).

use std::rc::Rc;
use std::time::Duration;

use super::arriving::{There, count, patience, until};
use super::letter;
use super::way::{Carrier, Services, Way};
use crate::client::{Context, Trouble};
use crate::config::Table;
use crate::distribution::Numbers;
use crate::mail::wire::imap::session::quoted;
use crate::mail::wire::smtp::Envelope;

/// The message, and the group.
#[derive(Clone, Debug)]
pub struct Broadcast {
    /// The address of the group.
    pub to: Rc<str>,
    /// Who sends it; None: the first of the accounts.
    from: Option<Rc<str>>,
    size: Numbers,
    /// How it gets there; None: by the first service that the server has.
    pub by: Option<Way>,
    wait: Duration,
}

impl Broadcast {
    /// Decodes `to`, `from`, `size`, `by` and `wait`.
    pub fn decode(table: &Table<'_>) -> Option<Broadcast> {
        let to: Option<Rc<str>> = table.required::<String>("to").map(Rc::from);
        let from: Option<Rc<str>> = table.optional::<String>("from").map(Rc::from);
        for (key, address) in [("to", &to), ("from", &from)] {
            let odd = |letter: char| letter.is_control() || letter.is_whitespace() || "<>".contains(letter);
            if let Some(address) = address.as_ref().filter(|text| text.is_empty() || text.contains(odd)) {
                table.error_at_key(key, format!("{address:?} is no address"));
            }
        }
        let (size, by, wait) = (letter::size(table), table.optional("by"), patience(table));
        if by == Some(Way::Imap) {
            table.error_at_key("by", "by IMAP a message reaches one mailbox only: say smtp or submission");
        }
        Some(Broadcast { to: to?, from, size, by, wait })
    }

    /// Sends it, as the account whose act this is; what it is known by.
    pub async fn send(&self, cx: &Context, services: &Services) -> Result<String, Trouble> {
        let (way, service) = Way::find(self.by, &Way::TO_MANY, services)?;
        let (from, to) = (self.from.as_ref().unwrap_or(&cx.account.email), [self.to.clone()]);
        let letter = letter::write(cx, (&format!("broadcast to {}", self.to), 0), (from, &to), &self.size)?;
        let mut carrier = Carrier::open(cx, way, &service).await?;
        carrier.carry(cx, &Envelope { from, to: &to, message: &letter.message }).await?;
        carrier.close(cx).await?;
        Ok(letter.id)
    }

    /// Waits until the account has it, if IMAP can tell.
    pub async fn arrive(&self, cx: &Context, services: &Services, id: &str) -> Result<(), Trouble> {
        let Some(service) = services.get(Way::Imap.name()) else { return Ok(()) };
        let criterion = format!("HEADER Message-ID {}", quoted(&format!("<{id}>")));
        until(cx, service, self.wait, async |imap| {
            let some = count(cx, imap).await? > 0;
            Ok(match some && !imap.search(cx, &criterion).await?.is_empty() {
                true => There::All,
                false => There::NotYet("it was not there".to_owned()),
            })
        })
        .await
    }
}
