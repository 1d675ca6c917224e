//! Connections that end, break off or fall silent, and servers that speak something else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use populace::event::ErrorKind::{Closed, Protocol, Timeout};

use crate::front::Illness;
use crate::life::{all, endure, live, reads};
use crate::misdeed::Misdeed::{Cut, Drip, HangUp, Say, Stall};
use crate::misdeed::Part;
use crate::request::Request;

fn other_than_put(request: &Request) -> bool {
    request.method != "PUT"
}

#[test]
fn breaking_off() {
    endure([
        (all as fn(&Request) -> bool, HangUp, Closed),
        (other_than_put, HangUp, Closed),
        (all, Cut(Part::HalfHead), Closed),
        (reads, Cut(Part::Head), Closed),
        (reads, Cut(Part::HalfBody), Closed),
    ]);
}

/// Whether a resource is stored for the first time, or changed for the first time since it was met.
fn first_attempt(request: &Request) -> bool {
    thread_local! {
        static LAST: RefCell<BTreeMap<String, bytes::Bytes>> = RefCell::default();
    }
    let stored = || LAST.with_borrow_mut(|last| last.insert(request.path.clone(), request.body.clone()));
    request.method == "PUT" && stored().is_none_or(|last| last != request.body)
}

/// The server stores, and ends the connection instead of an answer: what is sent again finds what was stored before.
#[test]
fn what_was_stored_before_the_connection_ended() {
    let when = Duration::from_secs(60)..Duration::from_secs(150);
    let life = live(vec![Illness {
        when: when.clone(),
        whom: first_attempt,
        misdeed: Cut(Part::Nothing),
        kinds: Vec::new(),
    }]);
    life.assert_sound();
    life.assert_recovered();
    assert!(life.book.wrong(when.clone()).is_empty(), "{:#?}", life.book.wrong(when));
    let labels = &life.stats.measured().unwrap().requests;
    assert!(
        labels.iter().any(|(label, tally)| label.as_str() == "RESENT{PUT}" && tally.count() > 10),
        "{labels:#?}"
    );
}

#[test]
fn silence_for_ever() {
    let parts = [Part::Nothing, Part::HalfHead, Part::Head, Part::HalfBody];
    endure(parts.map(|part| (reads as fn(&Request) -> bool, Stall(part), Timeout)));
}

#[test]
fn one_byte_a_second() {
    endure([(all as fn(&Request) -> bool, Drip, Timeout)]);
}

#[test]
fn something_else_than_http() {
    let texts = [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\0\x01\x02",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/3.0 200 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    endure(texts.map(|text| (all as fn(&Request) -> bool, Say(text), Protocol)));
}
