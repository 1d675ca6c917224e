//! One open connection and the task that drives it.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep_until};

use super::settings::Settings;
use crate::event::{ErrorKind, WireTimes};
use crate::transport::{ByteCount, ConnectError, Meter};

/// A connection that a session may send on.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    bytes: Rc<ByteCount>,
    idle: Rc<Idle>,
}

/// Since when a connection is idle, shared with the task that drives it.
struct Idle {
    limit: Option<Duration>,
    /// When it has been idle for too long; None while it is in use.
    deadline: Cell<Option<Instant>>,
}

impl Connection {
    /// Opens a connection, with the times it took.
    pub async fn open(settings: &Settings) -> Result<(Connection, WireTimes), ConnectError> {
        let opened = settings.connector.open(&settings.target, settings.trust).await?;
        let bytes = opened.stream.bytes();
        let (sender, driver) = http1::handshake(TokioIo::new(opened.stream)).await.map_err(|why| {
            ConnectError { kind: ErrorKind::Protocol, detail: format!("no HTTP on this connection: {why}") }
        })?;
        let idle = Rc::new(Idle { limit: settings.connections.idle_close, deadline: Cell::new(None) });
        let watched = idle.clone();
        tokio::task::spawn_local(async move {
            let mut driver = pin!(driver);
            while let Some(limit) = watched.limit {
                let wake = watched.deadline.get().unwrap_or_else(|| Instant::now() + limit);
                tokio::select! {
                    biased;
                    // How a connection ends is told to whoever has a request on it; an idle one just ends.
                    _ = &mut driver => return,
                    () = sleep_until(wake) => {}
                }
                if watched.deadline.get().is_some_and(|deadline| deadline <= Instant::now()) {
                    return;
                }
            }
            let _ = driver.await;
        });
        Ok((Connection { sender, bytes, idle }, opened.times))
    }

    /// Whether it has ended: the server closed it, it was idle for too long, or a request on it was given up.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Counts its bytes from now on.
    pub fn meter(&self) -> Meter {
        self.bytes.meter()
    }

    /// Sends one request and waits for the header of its answer.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        self.idle.deadline.set(None);
        self.sender.ready().await?;
        self.sender.send_request(request).await
    }

    /// Says that no request is under way any more.
    pub fn rest(&self) {
        self.idle.deadline.set(self.idle.limit.map(|limit| Instant::now() + limit));
    }
}
