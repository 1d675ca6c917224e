//! What a server does within one exchange, over pipes, sockets and TLS: what it comes to, that nothing of it reaches the
//! next exchange, and that the next one succeeds.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use populace::clock::Clock;
use populace::embedded::config::Config;
use populace::embedded::server::Server;
use populace::event::ErrorKind::{self, Closed, Protocol, Status, Timeout, TooLarge};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::carriers::{CARRIERS, Carrier, Client, Io, real_time};
use crate::clients::{BODY_LIMIT, people};
use crate::front::{Front, Illness};
use crate::misdeed::Misdeed::{self, AndThen, Bytewise, Cut, Endless, HangUp, Leave, Say, Spoil, Stall};
use crate::misdeed::Part;
use crate::request::Request;

/// The header of a request that the front is to misbehave at.
const ILL: (&str, &str) = ("x-ill", "yes");
const WELL: (&str, &str) = ("x-ill", "no");

fn is_ill(request: &Request) -> bool {
    request.headers.iter().any(|(name, value)| (name.as_str(), value.as_str()) == ILL)
}

/// What became of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Reused,
    Closed,
}

/// A request that meets this, between two that do not; all three of one method.
async fn meets(carrier: Carrier, misdeed: Misdeed, outcome: Result<(), ErrorKind>, then: Then) {
    let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
    let kinds = outcome.err().into_iter().collect();
    let illness = Illness { when: Duration::ZERO..Duration::MAX, whom: is_ill, misdeed, kinds };
    let front = Front::new(Server::new(Config::new(people(), clock)), clock, vec![illness]);
    let served = front.clone();
    let mut client = Client::of(carrier, clock, move |io| served.clone().serve(io), &[]).await;
    let mut ask = async |header| client.ask("PROPFIND", header, Bytes::new(), &[204, 207]).await;
    let well = ask(WELL).await.unwrap();
    assert!(!well.is_empty());
    let ill = ask(ILL).await;
    assert_eq!(ill.map(drop), outcome, "{carrier:?}");
    // What is unasked is there by now.
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(ask(WELL).await.unwrap(), well, "{carrier:?}");
    let connections = client.connections.get();
    assert_eq!(connections, if then == Then::Reused { 1 } else { 2 }, "{carrier:?} {outcome:?}");
    let errors = client.book.statistics().measured().unwrap().errors.clone();
    let counted: Vec<_> = errors.iter().map(|(kind, errors)| (*kind, errors.count)).collect();
    assert_eq!(counted, outcome.err().map(|kind| (kind, 1)).into_iter().collect::<Vec<_>>());
    assert!(front.most_taken.get() < BODY_LIMIT + (8 << 20), "{} bytes taken", front.most_taken.get());
}

fn meet_over_all<const N: usize>(each: impl Fn() -> [(Misdeed, Result<(), ErrorKind>, Then); N]) {
    real_time(async {
        for carrier in CARRIERS {
            for (misdeed, outcome, then) in each() {
                meets(carrier, misdeed, outcome, then).await;
            }
        }
    });
}

#[test]
fn breaking_off_and_silence() {
    meet_over_all(|| {
        [
            (Cut(Part::HalfHead), Err(Closed), Then::Closed),
            (Cut(Part::Head), Err(Closed), Then::Closed),
            (Cut(Part::HalfBody), Err(Closed), Then::Closed),
            (Stall(Part::Nothing), Err(Timeout), Then::Closed),
            (Stall(Part::HalfBody), Err(Timeout), Then::Closed),
        ]
    });
}

/// A connection that has served before may have been closed as the request set out: it is sent again, once.
#[test]
fn hanging_up_twice() {
    real_time(async {
        for carrier in CARRIERS {
            let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
            let when = Duration::ZERO..Duration::MAX;
            let illness = Illness { when, whom: is_ill, misdeed: HangUp, kinds: vec![Closed] };
            let front = Front::new(Server::new(Config::new(people(), clock)), clock, vec![illness]);
            let mut client = Client::of(carrier, clock, move |io| front.clone().serve(io), &[]).await;
            let mut ask = async |header| client.ask("PROPFIND", header, Bytes::new(), &[207]).await;
            ask(WELL).await.unwrap();
            assert_eq!(ask(ILL).await, Err(Closed), "{carrier:?}");
            ask(WELL).await.unwrap();
            assert_eq!(client.connections.get(), 3, "{carrier:?}");
        }
    });
}

#[test]
fn what_is_not_http_and_what_has_no_end() {
    const CHUNKED: &str = "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n";
    meet_over_all(|| {
        [
            (Say("SSH-2.0-OpenSSH_9.9\r\n"), Err(Protocol), Then::Closed),
            (Leave("HTTP/1.1 207 x\r\ncontent-length: many\r\n\r\n"), Err(Protocol), Then::Closed),
            (
                Leave("HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\nno size\r\n"),
                Err(Protocol),
                Then::Closed,
            ),
            (Endless("HTTP/1.1 207 x\r\n\r\n", include_str!("mix.plist")), Err(TooLarge), Then::Closed),
            (
                Endless(CHUNKED, format!("400\r\n{}\r\n", ".".repeat(1024)).leak()),
                Err(TooLarge),
                Then::Closed,
            ),
            (Endless("HTTP/1.1 207 x\r\nx: ", ".".repeat(1024).leak()), Err(Protocol), Then::Closed),
        ]
    });
}

/// Whoever reads it gets the same, in as many pieces as there are bytes.
#[test]
fn byte_by_byte() {
    meet_over_all(|| [(Bytewise, Ok(()), Then::Reused)]);
}

/// A body where there is none (RFC 9112 6.3), an answer that nobody asked for: nothing of it is taken for the next answer.
#[test]
fn more_than_was_asked_for() {
    const NO_CONTENT: &str = "HTTP/1.1 204 x\r\n";
    meet_over_all(|| {
        [
            (Leave(leak(NO_CONTENT, "content-length: 26\r\n")), Ok(()), Then::Closed),
            (Leave(leak(NO_CONTENT, "")), Ok(()), Then::Closed),
            (Leave(leak("HTTP/1.1 304 x\r\n", "content-length: 26\r\n")), Err(Status), Then::Closed),
            (
                Leave(leak("HTTP/1.1 101 x\r\n", "upgrade: x\r\nconnection: upgrade\r\n")),
                Err(Status),
                Then::Closed,
            ),
            (AndThen("HTTP/1.1 207 x\r\ncontent-length: 5\r\n\r\nwrong"), Ok(()), Then::Closed),
            (AndThen("\r\n"), Ok(()), Then::Closed),
            (Leave("HTTP/1.1 204 x\r\n\r\n"), Ok(()), Then::Reused),
            (Leave("HTTP/1.1 304 x\r\ncontent-length: 26\r\n\r\n"), Err(Status), Then::Reused),
        ]
    });
}

fn leak(first: &str, lines: &str) -> &'static str {
    format!("{first}{lines}\r\n<multistatus xmlns='DAV:'/>").leak()
}

/// The length of the chunks' own text stands beside them (RFC 9112 6.1): the chunks count, and the connection is given up.
#[test]
fn two_lengths() {
    fn both(head: &mut String, body: &mut String) {
        *head = head.replacen("\r\n", "\r\ntransfer-encoding: chunked\r\n", 1);
        *body = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    }
    meet_over_all(|| [(Spoil(both), Ok(()), Then::Closed)]);
}

/// An answer to a HEAD request has the length of a body that does not come; here it comes.
#[test]
fn a_body_after_the_head_of_one() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 x\r\ncontent-length: 5\r\n\r\nhello";
    const HEAD: &[u8] = b"HTTP/1.1 200 x\r\ncontent-length: 5\r\n\r\n";
    real_time(async {
        for (carrier, answer, connections) in
            CARRIERS.into_iter().flat_map(|carrier| [(carrier, ANSWER, 3), (carrier, HEAD, 1)])
        {
            let client = client(carrier, move |mut io| async move {
                while head(&mut io).await {
                    io.write_all(answer).await.unwrap();
                    io.flush().await.unwrap();
                }
            });
            let client = &mut client.await;
            for _ in 0..3 {
                assert_eq!(client.ask("HEAD", WELL, Bytes::new(), &[200]).await.unwrap(), "");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(client.connections.get(), connections, "{carrier:?}");
        }
    });
}

/// What the server does after it has refused a request of which it has read the head only.
#[derive(Clone, Copy, Debug)]
enum After {
    Closes,
    Reads,
    Waits,
}

/// A refusal before the body was taken: it is heard, the rest is not sent, and the next request has another connection.
#[test]
fn early_refusals_of_large_requests() {
    real_time(async {
        let afters = [After::Closes, After::Reads, After::Waits];
        for (carrier, after) in CARRIERS.into_iter().flat_map(|carrier| afters.map(|after| (carrier, after)))
        {
            for (status, kind) in [("401", ErrorKind::Auth), ("413", Status)] {
                refuses_early(carrier, after, status, kind).await;
            }
        }
    });
}

async fn refuses_early(carrier: Carrier, after: After, status: &'static str, kind: ErrorKind) {
    let client = client(carrier, move |mut io| async move {
        while head(&mut io).await {
            let refusal = format!("HTTP/1.1 {status} x\r\ncontent-length: 2\r\n\r\nno");
            io.write_all(refusal.as_bytes()).await.unwrap();
            io.flush().await.unwrap();
            match after {
                After::Closes => return,
                After::Waits => pending().await,
                After::Reads => {
                    let mut taken = 0;
                    let mut buffer = vec![0; 64 << 10];
                    while let Ok(count @ 1..) = io.read(&mut buffer).await {
                        taken += count;
                    }
                    assert!(taken < LARGE, "the whole of it was sent");
                }
            }
        }
    });
    let client = &mut client.await;
    for connections in 1..=3 {
        let asked = client.ask("PUT", WELL, Bytes::from(vec![b'x'; LARGE]), &[201]).await;
        assert_eq!(asked, Err(kind), "{carrier:?} {after:?}");
        assert_eq!(client.connections.get(), connections, "{carrier:?} {after:?}");
    }
    let errors = client.book.statistics().measured().unwrap().errors.clone();
    assert_eq!(errors.values().map(|errors| errors.count).collect::<Vec<_>>(), [3]);
}

/// More than any buffer on the way holds.
const LARGE: usize = 32 << 20;

/// Who says that a request is the last one of its connection closes that, and does not wait for the server to do so.
#[test]
fn the_last_request_of_a_connection() {
    real_time(async {
        for carrier in CARRIERS {
            let ends = std::rc::Rc::new(std::cell::Cell::new(0));
            let ended = ends.clone();
            let serve = move |mut io: Box<dyn Io>| {
                let ended = ended.clone();
                async move {
                    while head(&mut io).await {
                        io.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 0\r\n\r\n").await.unwrap();
                        io.flush().await.unwrap();
                    }
                    ended.set(ended.get() + 1);
                }
            };
            let close = [("Connection", "TE, Close")];
            let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
            let client = &mut Client::of(carrier, clock, serve, &close).await;
            for connections in 1..=3 {
                client.ask("GET", WELL, Bytes::new(), &[200]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
                assert_eq!((client.connections.get(), ends.get()), (connections, connections), "{carrier:?}");
            }
        }
    });
}

async fn client<F>(carrier: Carrier, serve: impl Fn(Box<dyn Io>) -> F + 'static) -> Client
where
    F: Future<Output = ()> + 'static,
{
    let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
    Client::of(carrier, clock, serve, &[]).await
}

/// Reads the head of a request, and no byte more; false when there is none.
async fn head(io: &mut Box<dyn Io>) -> bool {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match io.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return false,
        }
    }
    true
}
