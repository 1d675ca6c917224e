//! A request on its way out and the answer on its way in, over one stream.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::AsyncWrite;

use super::fault::{Fault, broken, hung_up};
use super::head::{self, Head};
use crate::transport::{Connector, Stream};

/// Both directions of an exchange. What is still to be sent is sent whenever something is read, as an answer may come
/// before its request has left.
pub struct Wire<'a> {
    stream: &'a mut Stream,
    connector: &'a Connector,
    unsent: &'a [u8],
    flushed: bool,
    /// Why no more can be sent; an answer may be there nevertheless.
    refused: Option<io::Error>,
    /// What was read and not taken yet.
    pub read: BytesMut,
}

impl<'a> Wire<'a> {
    pub fn new(stream: &'a mut Stream, connector: &'a Connector, request: &'a [u8]) -> Wire<'a> {
        Wire { stream, connector, unsent: request, flushed: false, refused: None, read: BytesMut::new() }
    }

    /// Waits for the head of the answer to a request of this method.
    pub async fn head(&mut self, method: &str) -> Result<Head, Fault> {
        // How much is known to have no end of a head in it: nothing is parsed again for every byte that comes.
        let mut seen = 0;
        loop {
            let ended = self.more().await? == 0;
            let news = self.read.get(usize::saturating_sub(seen, 3)..).unwrap_or_default();
            // What never becomes a head is told as such even if it came in many pieces.
            if (seen == 0 || ended || head::may_end(news) || self.read.len() >= head::MOST)
                && let Some(head) = head::take(&mut self.read, method)?
            {
                return Ok(head);
            }
            if ended {
                return Err(self.broken_off());
            }
            seen = self.read.len();
        }
    }

    /// Why the answer has no end, when the server has closed its side.
    pub fn broken_off(&mut self) -> Fault {
        self.refused.take().map_or_else(hung_up, |why| broken(&why))
    }

    /// Reads more; 0 bytes: the server has closed its side.
    pub async fn more(&mut self) -> Result<usize, Fault> {
        poll_fn(|cx| self.poll_more(cx)).await.map_err(|why| broken(&why))
    }

    /// Whether all was sent and nothing was read that nobody has taken: another exchange may follow.
    pub fn is_done(&self) -> bool {
        self.flushed && self.read.is_empty()
    }

    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.refused.is_none()
            && let Poll::Ready(Err(why)) = self.poll_send(cx)
        {
            self.refused = Some(why);
        }
        self.connector.poll_append(self.stream, cx, &mut self.read)
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            match ready!(Pin::new(&mut *self.stream).poll_write(cx, self.unsent))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.unsent = &self.unsent[count..],
            }
        }
        if !self.flushed {
            ready!(Pin::new(&mut *self.stream).poll_flush(cx))?;
            self.flushed = true;
        }
        Poll::Ready(Ok(()))
    }
}
