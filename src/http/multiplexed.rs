//! One open connection of HTTP/2 (RFC 9113), on which several exchanges may be under way.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::body::Bounds;
use super::call::{Answer, Call};
use super::fault::Fault;
use super::headers::Headers;
use super::request::request_target;
use super::settings::{LABEL_HEADER, Settings};
use crate::event::{ErrorKind, WireTimes};
use crate::transport::{Alpn, ConnectError, Slot};

/// A connection that a session may send on, alone or with others of its client.
pub struct Multiplexed {
    sender: SendRequest<Full<Bytes>>,
    slot: Option<Slot>,
    used: Cell<Instant>,
}

/// Where hyper's own tasks run: in this thread, as all do.
#[derive(Clone, Copy)]
pub(super) struct Here;

impl<F> hyper::rt::Executor<F> for Here
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, task: F) {
        tokio::task::spawn_local(task);
    }
}

impl Multiplexed {
    /// Opens a connection, which keeps the slot, with the times it took. Without TLS the server is known to speak HTTP/2
    /// (RFC 9113 3.3).
    pub async fn open(
        settings: &Settings,
        slot: Option<Slot>,
    ) -> Result<(Rc<Multiplexed>, WireTimes), ConnectError> {
        let (target, trust) = (&settings.target, settings.trust);
        let opened = settings.connector.open_speaking(target, trust, Alpn::Http2, slot.clone()).await?;
        let (sender, connection) = handshake(Here, TokioIo::new(opened.stream)).await.map_err(|why| {
            let detail = format!("no HTTP/2 with {}: {}", target.address(), told(&why));
            ConnectError { kind: ErrorKind::Protocol, detail }
        })?;
        // It ends when the last sender is gone, or the server wants it; whoever sends hears of that.
        tokio::task::spawn_local(async move { drop(connection.await) });
        Ok((Rc::new(Multiplexed { sender, slot, used: Cell::new(Instant::now()) }), opened.times))
    }

    /// Whether it has ended, or has been idle for longer than it may be.
    pub fn is_closed(&self, settings: &Settings) -> bool {
        let idle = settings.connections.idle_close.is_some_and(|limit| self.used.get().elapsed() > limit);
        idle || self.sender.is_closed()
    }

    /// The slot that it keeps.
    pub fn slot(&self) -> Option<Slot> {
        self.slot.clone()
    }

    /// Sends a request and reads its answer; `begun` hears of the status as soon as it is there. Gives how many bytes the
    /// bodies had on the wire, too.
    pub async fn exchange(
        &self,
        settings: &Settings,
        (call, authorization, limit): (&Call<'_>, Option<&str>, usize),
        begun: impl FnOnce(u16),
    ) -> Result<(Answer, (u64, u64)), Fault> {
        let request = request(call, settings, authorization)?;
        let mut sender = self.sender.clone();
        let answer = async {
            sender.ready().await?;
            sender.send_request(request).await
        };
        let (head, body) = answer.await.map_err(|why| fault(&why))?.into_parts();
        begun(head.status.as_u16());
        let headers: Headers =
            head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let body = whole(body, settings, limit).await?;
        self.used.set(Instant::now());
        let bytes = (call.body.len() as u64, body.len() as u64);
        Ok((Answer { status: head.status.as_u16(), headers, body }, bytes))
    }
}

/// Reads a whole body of at most so many bytes.
async fn whole(mut body: Incoming, settings: &Settings, limit: usize) -> Result<Bytes, Fault> {
    let (mut bounds, mut read) = (Bounds::of(limit, settings.connector.budget()), BytesMut::new());
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|why| fault(&why))?.into_data() {
            read.extend_from_slice(&data);
            bounds.check(read.len())?;
        }
    }
    Ok(read.freeze())
}

/// The request for a call. A header of the call stands in the place of one that all requests have; those that are about
/// connections have no meaning here (RFC 9113 8.2.2).
fn request(
    call: &Call<'_>,
    settings: &Settings,
    authorization: Option<&str>,
) -> Result<Request<Full<Bytes>>, Fault> {
    let label = settings.connector.tells_labels().then_some((LABEL_HEADER, call.label.as_str()));
    let own = call.headers.iter().map(|(name, value)| (*name, &**value));
    let own = own.chain(authorization.map(|proof| ("authorization", proof))).chain(label);
    let own: Vec<(&str, &str)> = own.collect();
    let common = settings.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let common = common.filter(|(name, _)| own.iter().all(|(other, _)| !other.eq_ignore_ascii_case(name)));
    let uri = format!("{}{}", settings.target, request_target(call.path));
    let mut request = Request::builder().method(call.method).uri(uri);
    let of_connections =
        ["connection", "keep-alive", "host", "transfer-encoding", "content-length", "upgrade"];
    let last = |n: &usize| {
        let name = own[*n].0;
        own[n + 1..].iter().all(|(other, _)| !other.eq_ignore_ascii_case(name))
    };
    let own_last = (0..own.len()).filter(last).map(|n| own[n]);
    for (name, value) in common.chain(own_last) {
        if of_connections.iter().all(|other| !other.eq_ignore_ascii_case(name)) {
            // As bytes: what is beyond ASCII may stand there (RFC 9110 5.5).
            request = request.header(name, value.as_bytes());
        }
    }
    // The error may not show what is in a header: that may be the proof of who the user is (design, decision 14).
    request.body(Full::new(call.body.clone())).map_err(|_| {
        (ErrorKind::Protocol, format!("{} {} cannot be sent by HTTP/2", call.method, call.shown()))
    })
}

fn fault(why: &hyper::Error) -> Fault {
    let kind = if why.is_parse() || why.is_user() { ErrorKind::Protocol } else { ErrorKind::Closed };
    (kind, format!("the connection broke: {}", told(why)))
}

/// An error with what is behind it.
fn told(why: &hyper::Error) -> String {
    match std::error::Error::source(why) {
        Some(source) => format!("{why}: {source}"),
        None => why.to_string(),
    }
}
