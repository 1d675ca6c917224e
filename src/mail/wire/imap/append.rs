//! APPEND: puts a message into a mailbox (RFC 9051 6.3.12).

use super::capability::Can;
use super::response::{self, Response};
use super::seen::Seen;
use super::session::{COMMAND, Imap, ended, quoted};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::mail::wire::{Fault, Link};

const VERB: &str = "APPEND";

impl Imap {
    /// Puts a message into a mailbox. With LITERAL+ (RFC 7888) it goes at once, else when the server says so.
    pub async fn append(&mut self, cx: &Context, mailbox: &str, message: &[u8]) -> Result<(), Trouble> {
        let tag = self.next_tag();
        let at_once = self.can(Can::LiteralPlus);
        let (name, count, plus) = (quoted(mailbox), message.len(), if at_once { "+" } else { "" });
        let head = format!("{tag} {VERB} {name} {{{count}{plus}}}\r\n");
        let seen = &mut self.seen;
        let said = async |link: &mut Link| {
            link.send(head.as_bytes()).await?;
            if !at_once && !goes_on(link, seen, &tag).await? {
                return Err(Fault::new(ErrorKind::Protocol, "APPEND: done before the message was sent"));
            }
            link.send(message).await?;
            link.send(b"\r\n").await?;
            match goes_on(link, seen, &tag).await? {
                true => Err(Fault::new(ErrorKind::Protocol, "APPEND: the server wants a second message")),
                false => Ok(((), None)),
            }
        };
        self.link.step(cx, COMMAND, VERB, said).await
    }
}

/// Whether the server wants more; if not, it has done it.
async fn goes_on(link: &mut Link, seen: &mut Seen, tag: &str) -> Result<bool, Fault> {
    loop {
        match response::read(link).await? {
            Response::Continue(_) => return Ok(true),
            Response::Tagged(answered, said) if answered == tag => {
                ended(said, VERB)?;
                return Ok(false);
            }
            Response::Tagged(other, _) => {
                return Err(Fault::new(
                    ErrorKind::Protocol,
                    format!("an answer to {other} instead of {tag}"),
                ));
            }
            Response::Untagged(other) => seen.take(other, VERB)?,
        }
    }
}
