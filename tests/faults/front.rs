//! A front before the embedded server: it answers chosen requests, for a while, as no server should.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use http_body_util::BodyExt;
use populace::clock::Clock;
use populace::embedded::server::Server;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

use crate::misdeed::{Misdeed, Next};
use crate::request::Request;

/// When the server misbehaves, for whom, and how.
pub struct Illness {
    /// Since the start.
    pub when: Range<Duration>,
    pub whom: fn(&Request) -> bool,
    pub misdeed: Misdeed,
}

/// The front.
pub struct Front {
    pub server: Rc<Server>,
    clock: Clock,
    illness: Illness,
    /// When each request came, whether it met the illness, and what it was.
    pub seen: RefCell<Vec<(Duration, bool, String)>>,
    /// The most bytes that a client took of one answer.
    pub most_taken: Cell<usize>,
}

impl Front {
    pub fn new(server: Rc<Server>, clock: Clock, illness: Illness) -> Rc<Front> {
        let (seen, most_taken) = (RefCell::default(), Cell::default());
        Rc::new(Front { server, clock, illness, seen, most_taken })
    }

    /// Serves one connection.
    pub async fn serve(self: Rc<Self>, io: impl AsyncRead + AsyncWrite + Unpin) {
        let mut io = BufReader::new(io);
        while let Some(request) = Request::read(&mut io).await {
            let now = self.clock.elapsed();
            let ill = self.illness.when.contains(&now) && (self.illness.whom)(&request);
            self.seen.borrow_mut().push((now, ill, format!("{} {}", request.method, request.path)));
            let next = if ill {
                self.illness.misdeed.commit(&mut io, &request, &self).await
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
