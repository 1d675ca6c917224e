//! Tests of servers that say more than anybody can hold: each is an error of its own kind, and what was held is given back.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::spawn_local;
use tokio::time::timeout;

use super::Service;
use super::deflate::Deflate;
use super::imap::Imap;
use super::imap::session::RETRIEVE;
use super::pop3::Pop3;
use super::smtp::Smtp;
use crate::client::{Context, Trouble};
use crate::event::ErrorKind;
use crate::http::testing::virtual_time;
use crate::mail::testing::{Server, Stage, service};
use crate::transport::{Budget, Connector, Pipe};

/// What a server says after the login, again and again, until nobody listens.
struct Flood {
    words: Vec<u8>,
    packed: bool,
    /// How many bytes of it went over the wire.
    said: Rc<Cell<usize>>,
}

impl Flood {
    fn of(words: &str, times: usize, packed: bool) -> Rc<Flood> {
        let words = words.repeat(times).into_bytes();
        // What is packed refers to nothing before it, so that it can be said twice.
        let words = if packed { Deflate::new().pack(&words).unwrap() } else { words };
        Rc::new(Flood { words, packed, said: Rc::default() })
    }

    async fn say(self: Rc<Self>, mut pipe: Pipe) {
        let login = b"* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello\r\na1 OK [CAPABILITY COMPRESS=DEFLATE] in\r\n";
        pipe.write_all(login).await.unwrap();
        hear(&mut pipe).await;
        if self.packed {
            hear(&mut pipe).await;
            pipe.write_all(b"a2 OK now\r\n").await.unwrap();
        }
        if pipe.read_u8().await.is_err() {
            return;
        }
        while pipe.write_all(&self.words).await.is_ok() {
            self.said.set(self.said.get() + self.words.len());
        }
    }

    /// A service that floods whoever asks, in a process that holds so many bytes.
    fn service(self: &Rc<Self>, holds: usize) -> Rc<Service> {
        let flood = self.clone();
        let connector = Connector::pipes(Rc::new(move |pipe| {
            spawn_local(flood.clone().say(pipe));
        }));
        service(Rc::new(connector.holding(holds)))
    }

    /// A session that is logged in, and compressed if the flood is.
    async fn session(&self, cx: &Context, service: &Rc<Service>) -> Imap {
        let mut imap = Imap::open(cx, service).await.unwrap();
        imap.login(cx, &cx.account).await.unwrap();
        if self.packed {
            imap.compress(cx).await.unwrap();
        }
        imap
    }
}

async fn hear(pipe: &mut Pipe) {
    while pipe.read_u8().await.unwrap() != b'\n' {}
}

fn is_too_large<T>(result: Result<T, Trouble>) -> bool {
    matches!(result, Err(Trouble::Exchange { kind: ErrorKind::TooLarge, .. }))
}

/// How a FETCH ends that is answered so, in a process that holds `holds` bytes, and how many bytes were said.
fn flooded(words: &str, times: usize, packed: bool, holds: usize) -> usize {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let (cx, flood) = (stage.context(0), Flood::of(words, times, packed));
        let service = flood.service(holds);
        let mut imap = flood.session(&cx, &service).await;
        assert_eq!(service.connector.budget().left(), holds, "between steps nothing is held");
        let fetched = imap.fetch(&cx, RETRIEVE, "1", "BODY[]").await;
        assert!(is_too_large(fetched), "{words:?}");
        assert!(!imap.is_open());
        assert_eq!(service.connector.budget().left(), holds, "{words:?}: all is given back");
        flood.said.get()
    })
}

const SMALL: usize = 4 << 20;

#[test]
fn one_connection_takes_no_more_than_its_part() {
    let line = format!("* OK {}\r\n", "x".repeat(10_000));
    let said = flooded(&line, 100, false, Budget::WHOLE);
    assert!((60 << 20..70 << 20).contains(&said), "{said}");
    // Unpacked it is as much, whatever went over the wire.
    let said = flooded(&line, 400, true, Budget::WHOLE);
    assert!(said < 4 << 20, "{said}");
}

#[test]
fn what_is_kept_of_an_answer_is_held() {
    let literal = format!("* 1 FETCH (BODY[] {{100000}}\r\n{})\r\n", "x".repeat(100_000));
    let flags = format!("* 1 FETCH (FLAGS ({}a))\r\n", "a ".repeat(1000));
    let found = format!("* SEARCH{}\r\n", " 1".repeat(10_000));
    for (words, most) in [
        (literal.as_str(), SMALL),
        // A few bytes of these take many.
        (&flags, SMALL / 8),
        ("* 1 FETCH ()\r\n", SMALL / 4),
        (&found, SMALL / 2),
    ] {
        let said = flooded(words, 100_000 / words.len() + 1, false, SMALL);
        assert!(said < most + (1 << 20), "{said}");
        flooded(words, 1_000_000 / words.len() + 1, true, SMALL);
    }
}

#[test]
fn what_has_no_end_is_not_waited_for() {
    for words in
        ["x", "* 1 FETCH (BODY[] {99999999999}\r\n", "* 1 FETCH (BODY[] {1000000000}\r\n", "* (a a {0}\r\n"]
    {
        for packed in [false, true] {
            flooded(words, 10_000 / words.len(), packed, 64 << 20);
        }
    }
}

/// A service that says the beginning, and then the same words again and again.
fn saying(beginning: &'static str, words: String) -> Rc<Service> {
    let connector = Connector::pipes(Rc::new(move |mut pipe: Pipe| {
        let words = words.clone();
        spawn_local(async move {
            pipe.write_all(beginning.as_bytes()).await.unwrap();
            while pipe.write_all(words.as_bytes()).await.is_ok() {}
        });
    }));
    service(Rc::new(connector.holding(SMALL)))
}

#[test]
fn other_protocols_are_bounded_too() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let cx = stage.context(0);
        // A few long lines are as much as many short ones.
        for line in ["250-x\r\n".to_owned(), format!("250-{}\r\n", "x".repeat(20_000))] {
            let service = saying("220 hello\r\n", line);
            assert!(is_too_large(Smtp::open(&cx, &service, "me").await));
            assert_eq!(service.connector.budget().left(), SMALL);
        }
        let service = saying("+OK\r\n+OK\r\n", format!("{}\r\n", "x".repeat(1000)));
        let mut pop3 = Pop3::open(&cx, &service).await.unwrap();
        assert!(is_too_large(pop3.login(&cx, &cx.account).await));
        assert_eq!(service.connector.budget().left(), SMALL);
    });
}

/// At rest too: nobody reads what a server says all the time while nothing is asked.
#[test]
fn a_flood_at_rest_ends_the_connection() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let (cx, flood) = (stage.context(0), Flood::of("* OK still here\r\n", 10_000, true));
        let service = flood.service(SMALL);
        let mut imap = flood.session(&cx, &service).await;
        imap.link().send(b"x").await.unwrap();
        imap.link().rest();
        poll_fn(|task| imap.poll_heard(task)).await;
        assert!(is_too_large(imap.simple(&cx, "NOOP").await));
        assert_eq!(service.connector.budget().left(), SMALL);
        assert!(flood.said.get() < 64 << 10, "{}", flood.said.get());
    });
}

/// All connections share what the process holds; who waits for the rest of an answer holds its part of it.
#[test]
fn connections_share_what_the_process_holds() {
    virtual_time(async {
        let mut stage = Stage::new(&Server::new(""), &[]);
        let (first, second) = (stage.context(0), stage.context(0));
        let connector = Connector::pipes(Rc::new(move |pipe: Pipe| {
            spawn_local(async move {
                let mut pipe = pipe;
                pipe.write_all(b"* OK [CAPABILITY IMAP4rev1] hello\r\na1 OK [CAPABILITY X] in\r\n")
                    .await
                    .unwrap();
                hear(&mut pipe).await;
                hear(&mut pipe).await;
                let part = format!("* 1 FETCH (BODY[] {{100000}}\r\n{}", "x".repeat(60_000));
                pipe.write_all(part.as_bytes()).await.unwrap();
                std::future::pending::<()>().await;
            });
        }));
        let service = service(Rc::new(connector.holding(100_000)));
        let mut one = Imap::open(&first, &service).await.unwrap();
        one.login(&first, &first.account).await.unwrap();
        let mut two = Imap::open(&second, &service).await.unwrap();
        two.login(&second, &second.account).await.unwrap();
        let a_while = std::time::Duration::from_secs(1);
        assert!(timeout(a_while, one.fetch(&first, RETRIEVE, "1", "BODY[]")).await.is_err());
        assert!(is_too_large(two.fetch(&second, RETRIEVE, "1", "BODY[]").await));
        drop(one);
        assert_eq!(service.connector.budget().left(), 100_000);
    });
}
