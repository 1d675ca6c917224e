//! IDLE: the server tells of what is new by itself (RFC 2177).

use std::task::{self, Poll};

use super::response::{self, Response};
use super::session::{IDLE, Imap, ended};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::mail::wire::{Fault, Link};

impl Imap {
    /// Has the server tell of what is new from now on.
    pub async fn idle(&mut self, cx: &Context) -> Result<(), Trouble> {
        let tag = self.next_tag();
        let seen = &mut self.seen;
        let said = async |link: &mut Link| {
            link.send(format!("{tag} IDLE\r\n").as_bytes()).await?;
            loop {
                match response::read(link).await? {
                    Response::Continue(_) => return Ok(((), None)),
                    Response::Untagged(untagged) => seen.take(untagged, "IDLE")?,
                    Response::Tagged(_, said) => {
                        ended(said, "IDLE")?;
                        return Err(Fault::new(ErrorKind::Protocol, "IDLE has ended before it began"));
                    }
                }
            }
        };
        self.link.step(cx, IDLE, "IDLE", said).await?;
        self.idle = Some(tag);
        Ok(())
    }

    /// Ends it, if it has begun: then the next command can be sent.
    pub async fn done(&mut self, cx: &Context) -> Result<(), Trouble> {
        let Some(tag) = self.idle.take() else { return Ok(()) };
        let seen = &mut self.seen;
        let said = async |link: &mut Link| {
            link.send(b"DONE\r\n").await?;
            loop {
                match response::read(link).await? {
                    Response::Untagged(untagged) => seen.take(untagged, "IDLE")?,
                    Response::Tagged(answered, said) if answered == tag => {
                        ended(said, "IDLE")?;
                        return Ok(((), None));
                    }
                    _ => return Err(Fault::new(ErrorKind::Protocol, "DONE has no answer")),
                }
            }
        };
        self.link.step(cx, IDLE, "DONE", said).await
    }

    /// Whether the server was told to tell.
    pub fn is_idle(&self) -> bool {
        self.idle.is_some()
    }

    /// Waits, between two commands, for what the client should look at: a line that tells something (a server that only
    /// says that it is still there tells nothing), or the end of the connection.
    pub fn poll_heard(&mut self, cx: &mut task::Context<'_>) -> Poll<()> {
        self.link.poll_heard(cx, |line| !line.starts_with(b"* OK"))
    }

    /// Whether something was heard since the last command.
    pub fn has_heard(&self) -> bool {
        self.link.has_heard()
    }
}
