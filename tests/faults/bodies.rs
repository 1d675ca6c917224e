//! Heads and bodies that have no end, or another one than they say.

use std::io::Read;

use flate2::Compression;
use flate2::read::GzEncoder;
use populace::event::ErrorKind::{Closed, Content, Protocol, Timeout, TooLarge};

use crate::clients::BODY_LIMIT;
use crate::life::{all, endure, reads};
use crate::misdeed::Misdeed::{Body, Endless, Leave, Say};
use crate::request::Request;

type Whom = fn(&Request) -> bool;

/// What may lie between a client and the front: a full pipe and the buffer of the reader.
const BETWEEN: usize = 600 << 10;

#[test]
fn an_endless_body_is_read_to_the_limit() {
    const PIECE: &str = include_str!("mix.plist");
    let life = endure([
        (reads as Whom, Endless("HTTP/1.1 207 x\r\n\r\n", PIECE), TooLarge),
        (reads, Endless("HTTP/1.1 207 x\r\ncontent-length: 99999999999\r\n\r\n", PIECE), TooLarge),
        (reads, Endless("HTTP/1.1 503 x\r\n\r\n", PIECE), TooLarge),
        (reads, Endless(CHUNKED, format!("100\r\n{}\r\n", ".".repeat(256)).repeat(50).leak()), TooLarge),
    ]);
    let taken = life.front.most_taken.get();
    assert!((BODY_LIMIT..BODY_LIMIT + BETWEEN).contains(&taken), "{taken}");
}

#[test]
fn an_endless_head_is_bounded() {
    let life = endure([
        (
            all as Whom,
            Endless("HTTP/1.1 207 x\r\nx: ", "........................................."),
            Protocol,
        ),
        (all, Endless("HTTP/1.1 207 x\r\n", "x: .........................................\r\n"), Protocol),
        (all, Endless("HTTP/1.1 207 ", "x x x x x x x x x x x x x x x x x x x x x x "), Protocol),
        (all, Endless("", "........................................................"), Protocol),
    ]);
    assert!(life.front.most_taken.get() < BETWEEN, "{}", life.front.most_taken.get());
}

#[test]
fn interim_answers_without_end_are_bounded() {
    let life = endure([(reads as Whom, Endless("", "HTTP/1.1 100 Continue\r\n\r\n"), TooLarge)]);
    let most = 2 * BODY_LIMIT + (1 << 20) + BETWEEN;
    assert!(life.front.most_taken.get() < most, "{}", life.front.most_taken.get());
}

const CHUNKED: &str = "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n";

#[test]
fn endless_chunk_extensions_and_trailers_are_bounded() {
    let of_one = format!("{CHUNKED}5;a=").leak();
    let trailers = format!("{CHUNKED}0\r\n").leak();
    let life = endure([
        (reads as Whom, Endless(of_one, "........................................."), Protocol),
        (reads, Endless(CHUNKED, "1;a=.....................................\r\nx\r\n"), Protocol),
        (reads, Endless(trailers, "a: .....................................\r\n"), Protocol),
    ]);
    assert!(life.front.most_taken.get() < BETWEEN, "{}", life.front.most_taken.get());
}

#[test]
fn broken_chunks() {
    let texts = [
        ("not a size\r\n", Protocol),
        ("-5\r\nabcde\r\n", Protocol),
        ("fffffffffffffffff\r\n", Protocol),
        ("3\r\nabcdef\r\n0\r\n\r\n", Protocol),
        ("3\r\nab", Closed),
        ("3\r\nabc\r\n", Closed),
    ];
    endure(texts.map(|(text, kind)| (reads as Whom, Say(format!("{CHUNKED}{text}").leak()), kind)));
}

#[test]
fn lengths_that_are_none() {
    let lengths = ["many", "-1", "1, 2", "1\r\ncontent-length: 2", "99999999999999999999999999"];
    endure(lengths.map(|length| {
        let text = format!("HTTP/1.1 207 x\r\ncontent-length: {length}\r\n\r\nab").leak();
        (reads as Whom, Say(text), Protocol)
    }));
}

/// What is left of one answer is never taken for the next one.
#[test]
fn lengths_that_are_wrong() {
    const LONG: &str = "HTTP/1.1 207 x\r\ncontent-length: 1000\r\n\r\n<multistatus xmlns='DAV:'/>";
    const SHORT: &str = "HTTP/1.1 207 x\r\ncontent-length: 12\r\n\r\n<multistatus xmlns='DAV:'/>";
    const TWICE: &str = "HTTP/1.1 207 x\r\ncontent-length: 4\r\n\r\nnone\
        HTTP/1.1 207 x\r\ncontent-length: 26\r\n\r\n<multistatus xmlns='DAV:'/>";
    endure([
        (reads as Whom, Say(LONG), Closed),
        (reads, Leave(LONG), Timeout),
        (reads, Leave(SHORT), Content),
        (reads, Leave(TWICE), Content),
    ]);
}

#[test]
fn compressed_bodies_that_burst_or_break() {
    let mut bomb = Vec::new();
    GzEncoder::new(&vec![b' '; 16 << 20][..], Compression::best()).read_to_end(&mut bomb).unwrap();
    assert!(bomb.len() < BODY_LIMIT);
    let cut = bomb[..100].to_vec();
    let gzip = "content-encoding: gzip\r\n";
    endure([
        (reads as Whom, Body(gzip, bomb), TooLarge),
        (reads, Body(gzip, cut), Content),
        (reads, Body(gzip, b"not packed".to_vec()), Content),
        (reads, Body("content-encoding: br\r\n", b"what is this".to_vec()), Content),
    ]);
}
