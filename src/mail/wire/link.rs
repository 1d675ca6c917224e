//! One open connection to a service of mail, read by lines and by counts.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{self, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncWriteExt;
use tokio::task::coop::consume_budget;
use tokio::time::timeout;

use super::deflate::Deflate;
use super::held::Held;
use super::sasl::Salted;
use super::step::{Done, Fault, Step};
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::transport::{ConnectError, Connector, Endpoint, Meter, Slot, Stream, TooMuch, Trust};

/// The longest line that is read, bytes: RFC 5321 4.5.3.1 has 512 for replies, but lists of capabilities and of numbers of
/// messages (RFC 9051) are longer.
const LONGEST_LINE: usize = 1 << 20;

/// The most bytes that one step may bring, and may be made of what it brings: a message, or a listing of a mailbox.
const LONGEST_ANSWER: u64 = 64 << 20;

/// Where a service is, and how it is reached.
#[derive(Clone)]
pub struct Service {
    pub connector: Rc<Connector>,
    pub endpoint: Endpoint,
    pub trust: Trust,
    /// How long a step may take (mail-web-chat-network, row 40).
    pub timeout: Duration,
    /// The endpoint as it is shown.
    pub url: Rc<str>,
    /// What SCRAM has made of passwords.
    pub salted: Rc<Salted>,
}

impl Service {
    /// The services at these endpoints, by name.
    pub fn all(
        endpoints: &BTreeMap<String, Endpoint>,
        trust: Trust,
        timeout: Duration,
        connector: &Rc<Connector>,
    ) -> BTreeMap<String, Rc<Service>> {
        let salted = Rc::<Salted>::default();
        let service = |endpoint: &Endpoint| {
            let (url, salted) = (endpoint.to_string().into(), salted.clone());
            let (connector, endpoint) = (connector.clone(), endpoint.clone());
            Rc::new(Service { connector, endpoint, trust, timeout, url, salted })
        };
        endpoints.iter().map(|(name, endpoint)| (name.clone(), service(endpoint))).collect()
    }
}

/// An open connection.
pub struct Link {
    service: Rc<Service>,
    stream: Option<Stream>,
    read: BytesMut,
    /// What is read, and what the step under way keeps of it.
    held: Held,
    /// Counts what comes at rest: it belongs to the step that follows.
    at_rest: Option<Meter>,
    /// Why the connection ended at rest.
    lost: Option<Fault>,
    /// What is said is compressed.
    deflate: Option<Box<Deflate>>,
}

/// The most bytes that a server may say while nobody has asked it anything.
const LONGEST_NEWS: u64 = 1 << 20;

impl Link {
    /// Opens a connection, as a step of its own; waiting for the right to have one is lag.
    pub async fn open(cx: &Context, service: &Rc<Service>, label: Label) -> Result<Link, Trouble> {
        let before = cx.journal.clock.elapsed();
        let slot = service.connector.slot().await;
        let waited = cx.journal.clock.elapsed() > before;
        let mut step = Step::begin(cx, label, "connect", &service.url, waited)?;
        let opened = service.connector.open(&service.endpoint.target, service.trust, slot).await;
        match opened {
            Ok(opened) => {
                step.sent.wire = opened.times;
                let held = Held::new(service.connector.budget().share());
                let link = Link {
                    service: service.clone(),
                    stream: Some(opened.stream),
                    read: BytesMut::new(),
                    held,
                    at_rest: None,
                    lost: None,
                    deflate: None,
                };
                step.end(Ok((link, None)))
            }
            Err(ConnectError { kind, detail }) => step.end(Err(Fault::new(kind, detail))),
        }
    }

    pub fn service(&self) -> &Rc<Service> {
        &self.service
    }

    /// Does one step on this connection. After a fault that is not the server's plain refusal the connection is closed.
    pub async fn step<T>(
        &mut self,
        cx: &Context,
        label: Label,
        verb: &str,
        work: impl AsyncFnOnce(&mut Link) -> Done<T>,
    ) -> Result<T, Trouble> {
        let (url, limit) = (self.service.url.clone(), self.service.timeout);
        let mut step = Step::begin(cx, label, verb, &url, false)?;
        let bytes = self.stream.as_ref().map(Stream::bytes);
        if let Some(bytes) = bytes {
            bytes.allow(LONGEST_ANSWER);
            self.held.begin(LONGEST_ANSWER);
            step.meter = Some(self.at_rest.take().unwrap_or_else(|| bytes.meter()));
        }
        let done = match timeout(limit, work(self)).await {
            Ok(done) => done,
            Err(_) => {
                let detail = format!("no answer to {verb} within {limit:?}");
                Err(Fault::new(ErrorKind::Timeout, detail))
            }
        };
        if let Err(fault) = &done
            && (fault.last || fault.status.is_none() && !is_refusal(fault.kind))
        {
            self.close();
        }
        self.settle();
        step.end(done)
    }

    /// Whether it can still be used.
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// The right to have it open, if that is limited.
    pub fn slot(&self) -> Option<Slot> {
        self.stream.as_ref().and_then(Stream::slot)
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(fault) = self.lost.take() {
            return Err(fault);
        }
        let packed = self.deflate.as_mut().map(|deflate| deflate.pack(bytes)).transpose()?;
        let stream = self.stream.as_mut().ok_or_else(gone)?;
        stream.write_all(packed.as_deref().unwrap_or(bytes)).await.map_err(|why| broken(&why))?;
        stream.flush().await.map_err(|why| broken(&why))
    }

    /// The next line, without its end: CRLF, or a bare LF.
    pub async fn line(&mut self) -> Result<Bytes, Fault> {
        let mut from = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.read[from..]) {
                let mut line = self.take(from + at + 1);
                line.truncate(line.len() - 1);
                if line.last() == Some(&b'\r') {
                    line.truncate(line.len() - 1);
                }
                return Ok(line.freeze());
            }
            from = self.read.len();
            if from > LONGEST_LINE {
                return Err(Fault::new(ErrorKind::TooLarge, "a line has no end"));
            }
            self.more().await?;
        }
    }

    /// The next `count` bytes.
    pub async fn exactly(&mut self, count: usize) -> Result<Bytes, Fault> {
        if count as u64 > LONGEST_ANSWER {
            return Err(Fault::new(ErrorKind::TooLarge, format!("{count} bytes are announced")));
        }
        while self.read.len() < count {
            self.more().await?;
        }
        Ok(self.take(count).freeze())
    }

    /// Encrypts the connection, whose peer expects that. What came in plain text before and was not taken is an error: who
    /// sits between could have put it there (CVE-2011-0411).
    pub async fn secure(&mut self) -> Result<(), Fault> {
        if !self.read.is_empty() {
            return Err(Fault::new(ErrorKind::Protocol, "the server went on in plain text after STARTTLS"));
        }
        let stream = self.stream.take().ok_or_else(gone)?;
        let service = &self.service;
        let upgraded = service.connector.upgrade(stream, &service.endpoint.target, service.trust).await;
        let stream = upgraded.map_err(|ConnectError { kind, detail }| Fault::new(kind, detail))?;
        self.stream = Some(stream);
        Ok(())
    }

    /// Holds so many bytes more until the end of the step: what is made of the answer beside what was read.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        self.held.take(bytes)
    }

    fn take(&mut self, count: usize) -> BytesMut {
        self.read.split_to(count)
    }

    fn close(&mut self) {
        (self.stream, self.deflate) = (None, None);
        self.read.clear();
        self.settle();
    }

    /// At rest it holds no memory, and nothing of the budget.
    fn settle(&mut self) {
        if self.read.is_empty() {
            self.read = BytesMut::new();
            self.held.release();
        }
    }

    async fn more(&mut self) -> Result<(), Fault> {
        // An answer that is long and all there, as one that was compressed, leaves others their turn.
        consume_budget().await;
        poll_fn(|cx| self.poll_more(cx)).await
    }

    fn poll_more(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), Fault>> {
        loop {
            // Compressed, little may have come so far that nothing comes out of it.
            if let Some(deflate) = self.deflate.as_mut().filter(|deflate| deflate.is_waiting()) {
                let count = deflate.unpack(&mut self.read)?;
                if count > 0 {
                    return Poll::Ready(self.held.take(count));
                }
            }
            let Some(stream) = self.stream.as_mut() else { return Poll::Ready(Err(gone())) };
            let into = self.deflate.as_mut().map_or(&mut self.read, |deflate| &mut deflate.raw);
            match ready!(self.service.connector.poll_append(stream, cx, into)) {
                Ok(0) => return Poll::Ready(Err(Fault::new(ErrorKind::Closed, "the server hung up"))),
                Ok(count) if self.deflate.is_none() => return Poll::Ready(self.held.take(count)),
                Ok(_) => {}
                Err(why) => return Poll::Ready(Err(broken(&why))),
            }
        }
    }

    /// From now on what is said is compressed, in both directions.
    pub fn compress(&mut self) {
        let mut deflate = Deflate::new();
        deflate.raw = std::mem::take(&mut self.read);
        self.deflate = Some(Box::new(deflate));
    }

    /// Begins a rest: nothing is asked, and the server may tell something all the same.
    pub fn rest(&mut self) {
        if let Some(bytes) = self.stream.as_ref().map(Stream::bytes) {
            bytes.allow(LONGEST_NEWS);
            self.held.begin(LONGEST_NEWS);
            self.at_rest = Some(bytes.meter());
        }
    }

    /// Waits at rest for a line of note, or for the end of the connection. Lines of no note are dropped.
    pub fn poll_heard(&mut self, cx: &mut task::Context<'_>, of_note: impl Fn(&[u8]) -> bool) -> Poll<()> {
        loop {
            while let Some(at) = memchr::memchr(b'\n', &self.read) {
                if of_note(&self.read[..at]) {
                    return Poll::Ready(());
                }
                self.take(at + 1);
            }
            self.settle();
            if let Err(fault) = ready!(self.poll_more(cx)) {
                self.close();
                self.lost = Some(fault);
                return Poll::Ready(());
            }
        }
    }

    /// Whether something was heard at rest: a whole line, or that the connection has ended.
    pub fn has_heard(&self) -> bool {
        self.lost.is_some() || memchr::memchr(b'\n', &self.read).is_some()
    }
}

/// Whether the server only said no, and the connection is as good as before.
fn is_refusal(kind: ErrorKind) -> bool {
    use ErrorKind::*;
    matches!(kind, Refused | Deferred | Full | Auth | Content)
}

fn gone() -> Fault {
    Fault::new(ErrorKind::Closed, "the connection is closed")
}

fn broken(why: &io::Error) -> Fault {
    let kind = match why.get_ref() {
        Some(inner) if inner.is::<TooMuch>() => ErrorKind::TooLarge,
        _ => ErrorKind::Closed,
    };
    Fault::new(kind, format!("the connection broke: {why}"))
}
