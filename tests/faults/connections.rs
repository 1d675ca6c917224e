//! Connections that end, break off or fall silent, and servers that speak something else.

use populace::event::ErrorKind::{Closed, Protocol, Timeout};

use crate::life::{all, endure, reads};
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
