//! A front before the embedded server: it answers chosen requests, for a while, as no server should.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::BodyExt;
use populace::clock::Clock;
use populace::embedded::server::Server;
use populace::event::ErrorKind;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use crate::misdeed::{Misdeed, Next};
use crate::request::Request;

/// When the server misbehaves, for whom, and how.
pub struct Illness {
    /// Since the start.
    pub when: Range<Duration>,
    pub whom: fn(&Request) -> bool,
    pub misdeed: Misdeed,
    /// The kinds of all failures that it brings; it may bring none.
    pub kinds: Vec<ErrorKind>,
}

/// A request that came.
pub struct Seen {
    pub at: Duration,
    /// The number of the illness that it met.
    pub ill: Option<usize>,
}

/// The front.
pub struct Front {
    pub server: Rc<Server>,
    clock: Clock,
    pub illnesses: Vec<Illness>,
    pub seen: RefCell<Vec<Seen>>,
    /// Counts what was seen for another thread.
    counter: Option<&'static AtomicU64>,
    /// The most bytes that a client took of one answer.
    pub most_taken: Cell<usize>,
}

impl Front {
    pub fn new(server: Rc<Server>, clock: Clock, illnesses: Vec<Illness>) -> Rc<Front> {
        Rc::new(Front::of(server, clock, illnesses, None))
    }

    /// One that counts its requests for another thread.
    pub fn counting(
        counter: &'static AtomicU64,
        server: Rc<Server>,
        clock: Clock,
        illnesses: Vec<Illness>,
    ) -> Rc<Front> {
        Rc::new(Front::of(server, clock, illnesses, Some(counter)))
    }

    fn of(
        server: Rc<Server>,
        clock: Clock,
        illnesses: Vec<Illness>,
        counter: Option<&'static AtomicU64>,
    ) -> Front {
        let (seen, most_taken) = (RefCell::default(), Cell::default());
        Front { server, clock, illnesses, seen, counter, most_taken }
    }

    /// Serves one connection.
    pub async fn serve(self: Rc<Self>, io: impl AsyncRead + AsyncWrite + Unpin) {
        let mut io = BufReader::new(io);
        while let Some(request) = Request::read(&mut io).await {
            let at = self.clock.elapsed();
            let meets = |illness: &Illness| illness.when.contains(&at) && (illness.whom)(&request);
            let ill = self.illnesses.iter().position(meets);
            self.seen.borrow_mut().push(Seen { at, ill });
            if let Some(counter) = self.counter {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            let next = if let Some(ill) = ill {
                self.illnesses[ill].misdeed.commit(&mut io, &request, &self).await
            } else {
                let answer = self.answer(&request).await;
                match io.write_all(&answer.concat()).await {
                    Ok(()) => Next::GoOn,
                    Err(_) => Next::HangUp,
                }
            };
            if next == Next::HangUp {
                return;
            }
        }
    }

    /// What the embedded server answers: head and body.
    pub async fn answer(&self, request: &Request) -> [Vec<u8>; 2] {
        let (head, body) = self.server.handle(request.for_server(), false).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut text = format!("HTTP/1.1 {} x\r\ncontent-length: {}\r\n", head.status.as_u16(), body.len());
        for (name, value) in &head.headers {
            if name != "content-length" {
                text += &format!("{name}: {}\r\n", value.to_str().unwrap());
            }
        }
        [(text + "\r\n").into_bytes(), body.to_vec()]
    }
}
