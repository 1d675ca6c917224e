//! One open connection, which is a bare stream while nothing is under way on it.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::body;
use super::fault::{Fault, hung_up};
use super::head::Head;
use super::request::Written;
use super::settings::Settings;
use super::wire::Wire;
use crate::event::WireTimes;
use crate::transport::{ByteCount, ConnectError, Meter, Resting, Slot, Stream};

/// A connection that a session may send on. Between two exchanges it is little more than its stream (design,
/// decision 2).
pub struct Connection {
    bytes: Rc<ByteCount>,
    idle: Rc<Idle>,
}

/// Where the stream is while the connection is idle, shared with the task that watches it.
struct Idle {
    limit: Option<Duration>,
    /// None while an exchange has it, and when the connection is closed.
    stream: RefCell<Option<Stream>>,
    /// When it has been idle for too long; None while it is in use.
    deadline: Cell<Option<Instant>>,
    /// Wakes the task that watches, from its first to its last turn. Beyond that it must not be kept, as it keeps the
    /// task's memory.
    waker: RefCell<Option<Waker>>,
    /// The connection is not wanted any more.
    given_up: Cell<bool>,
    /// See [`Resting`].
    rest: Cell<u64>,
}

impl Connection {
    /// Opens a connection, which keeps the slot, with the times it took.
    pub async fn open(
        settings: &Settings,
        slot: Option<Slot>,
    ) -> Result<(Connection, WireTimes), ConnectError> {
        let opened = settings.connector.open(&settings.target, settings.trust, slot).await?;
        let bytes = opened.stream.bytes();
        let idle = Rc::new(Idle {
            limit: settings.connections.idle_close,
            stream: RefCell::new(Some(opened.stream)),
            deadline: Cell::new(None),
            waker: RefCell::default(),
            given_up: Cell::new(false),
            rest: Cell::new(0),
        });
        tokio::task::spawn_local(watch(idle.clone()));
        Ok((Connection { bytes, idle }, opened.times))
    }

    /// Whether it has ended: the server closed it, it was idle for too long, or a request on it was given up.
    pub fn is_closed(&self) -> bool {
        self.idle.check();
        !self.is_open()
    }

    /// Whether it was open when somebody last looked.
    pub fn is_open(&self) -> bool {
        self.idle.stream.borrow().is_some()
    }

    /// The slot that it keeps.
    pub fn slot(&self) -> Option<Slot> {
        self.idle.stream.borrow().as_ref().and_then(Stream::slot)
    }

    /// Lets no more than so many bytes come from now on.
    pub fn allow(&self, bytes: u64) {
        self.bytes.allow(bytes);
    }

    /// Counts its bytes from now on.
    pub fn meter(&self) -> Meter {
        self.bytes.meter()
    }

    /// Sends one request, which is written out in `request`, and reads its answer; `begun` hears of the status as soon
    /// as the head is there. Afterwards the connection is idle, or closed if either side wants that. An answer that
    /// ends before the request has left costs the connection, and so does a request that says it is the last.
    pub async fn exchange(
        &mut self,
        settings: &Settings,
        (method, body_limit): (&str, usize),
        request: &Written,
        begun: impl FnOnce(u16),
    ) -> Result<(Head, Bytes), Fault> {
        self.idle.deadline.set(None);
        self.idle.rest.set(0);
        let mut stream = self.idle.stream.take().ok_or_else(hung_up)?;
        let mut wire = Wire::new(&mut stream, &settings.connector, &request.bytes);
        let head = wire.head(method).await?;
        begun(head.status);
        let budget = settings.connector.budget();
        let body = body::read(&mut wire, head.body, body_limit, budget).await?;
        if head.persists && !request.is_last && wire.is_done() {
            self.idle.take_back(stream);
        } else {
            stream.close();
        }
        Ok((head, body))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.idle.give_way();
    }
}

impl Resting for Idle {
    fn rest(&self) -> &Cell<u64> {
        &self.rest
    }

    fn give_way(&self) -> bool {
        let open = self.stream.borrow().is_some();
        self.close();
        self.given_up.set(true);
        if let Some(watcher) = self.waker.take() {
            watcher.wake();
        }
        open
    }
}

impl Idle {
    /// Takes the stream after an exchange. A connection that may not be closed by itself is never closed for others.
    fn take_back(self: &Rc<Self>, stream: Stream) {
        let slot = stream.slot();
        self.stream.replace(Some(stream));
        self.deadline.set(self.limit.map(|limit| Instant::now() + limit));
        self.check();
        let open = self.stream.borrow().is_some();
        if let Some(slot) = slot.filter(|_| open && self.limit.is_some()) {
            slot.rests(self.clone());
        }
    }

    /// Closes the connection if the server has closed it, or has said something unasked. Otherwise the watcher is
    /// woken when one of these happens.
    fn check(&self) {
        let waker = self.waker.borrow();
        let mut cx = Context::from_waker(waker.as_ref().unwrap_or(Waker::noop()));
        let mut stream = self.stream.borrow_mut();
        if stream.as_mut().is_some_and(|stream| stream.poll_stirred(&mut cx).is_ready()) {
            *stream = None;
            self.rest.set(0);
            debug!(target: "connection", "the server has closed a connection that was idle");
        }
    }

    fn close(&self) {
        self.rest.set(0);
        if let Some(stream) = self.stream.take() {
            stream.close();
            debug!(target: "connection", "a connection is closed");
        }
    }

    fn is_overdue(&self) -> bool {
        self.deadline.get().is_some_and(|deadline| deadline <= Instant::now())
    }
}

/// Closes a connection when it has been idle for too long or the server has closed it.
async fn watch(idle: Rc<Idle>) {
    let stirred = poll_fn(|cx| {
        if idle.given_up.get() {
            return Poll::Ready(());
        }
        idle.waker.replace(Some(cx.waker().clone()));
        let was_open = idle.stream.borrow().is_some();
        idle.check();
        if was_open && idle.stream.borrow().is_none() { Poll::Ready(()) } else { Poll::Pending }
    });
    let mut stirred = pin!(stirred);
    match idle.limit {
        None => stirred.await,
        Some(limit) => {
            while !idle.is_overdue() {
                // A limit of nothing must not keep the process busy while an exchange goes on.
                let later = limit.max(Duration::from_millis(1));
                let wake = idle.deadline.get().unwrap_or_else(|| Instant::now() + later);
                tokio::select! {
                    biased;
                    () = &mut stirred => break,
                    () = sleep_until(wake) => {}
                }
            }
            if idle.is_overdue() {
                idle.close();
            }
        }
    }
    idle.waker.take();
}
