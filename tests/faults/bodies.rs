//! Heads and bodies that have no end, or another one than they say.

use std::io::Read;

use flate2::Compression;
use flate2::read::GzEncoder;
use populace::event::ErrorKind::{Closed, Content, Protocol, Timeout, TooLarge};

use crate::clients::BODY_LIMIT;
use crate::life::{all, fall_ill};
use crate::misdeed::Misdeed;
use crate::request::Request;

/// What may lie between a client and the front: a full pipe and the buffer of the reader.
const BETWEEN: usize = 600 << 10;
const PIECE: &str = include_str!("mix.plist");

fn is_read(request: &Request) -> bool {
    ["PROPFIND", "REPORT"].contains(&request.method.as_str())
}

#[test]
fn an_endless_body_is_read_to_the_limit() {
    const UNTIL_THE_END: &str = "HTTP/1.1 207 x\r\n\r\n";
    const OF_A_LENGTH: &str = "HTTP/1.1 207 x\r\ncontent-length: 99999999999\r\n\r\n";
    for head in [UNTIL_THE_END, OF_A_LENGTH] {
        let life = fall_ill(is_read, Misdeed::Endless(head, PIECE));
        life.assert_sound(&[TooLarge]);
        life.assert_recovered();
        let taken = life.front.most_taken.get();
        assert!((BODY_LIMIT..BODY_LIMIT + BETWEEN).contains(&taken), "{taken}");
    }
}

#[test]
fn endless_chunks_are_read_to_the_limit() {
    const CHUNK: &str = "100\r\n\
        ................................................................................................................\
        ................................................................................................................\
        ................................\r\n";
    let head = "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n";
    let life = fall_ill(is_read, Misdeed::Endless(head, CHUNK));
    life.assert_sound(&[TooLarge]);
    life.assert_recovered();
}

#[test]
fn an_endless_head_is_bounded() {
    for (first, then) in [
        ("HTTP/1.1 207 x\r\nx: ", "..........................................................."),
        ("HTTP/1.1 207 x\r\n", "x: ........................................................\r\n"),
        ("HTTP/1.1 207 ", "x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x "),
        ("", "..........................................................................."),
    ] {
        let life = fall_ill(all, Misdeed::Endless(first, then));
        life.assert_sound(&[Protocol]);
        life.assert_recovered();
        assert!(life.front.most_taken.get() < BETWEEN, "{} of {first:?}", life.front.most_taken.get());
    }
}

#[test]
fn endless_chunk_extensions_and_trailers_are_bounded() {
    for (first, then) in [
        (
            "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n5;a=",
            ".........................................",
        ),
        (
            "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n",
            "1;a=.....................................\r\nx\r\n",
        ),
        (
            "HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
            "a: .....................................\r\n",
        ),
    ] {
        let life = fall_ill(is_read, Misdeed::Endless(first, then));
        life.assert_sound(&[Protocol]);
        life.assert_recovered();
        assert!(life.front.most_taken.get() < BETWEEN, "{} of {first:?}", life.front.most_taken.get());
    }
}

#[test]
fn broken_chunks() {
    for (text, kind) in [
        ("not a size\r\n", Protocol),
        ("-5\r\nabcde\r\n", Protocol),
        ("fffffffffffffffff\r\n", Protocol),
        ("3\r\nabcdef\r\n0\r\n\r\n", Protocol),
        ("3\r\nab", Closed),
        ("3\r\nabc\r\n", Closed),
    ] {
        let text = format!("HTTP/1.1 207 x\r\ntransfer-encoding: chunked\r\n\r\n{text}").leak();
        let life = fall_ill(is_read, Misdeed::Say(text));
        life.assert_sound(&[kind]);
        life.assert_recovered();
    }
}

#[test]
fn a_length_that_is_none() {
    for length in ["many", "-1", "1, 2", "1\r\ncontent-length: 2", "99999999999999999999999999"] {
        let text = format!("HTTP/1.1 207 x\r\ncontent-length: {length}\r\n\r\nab").leak();
        let life = fall_ill(is_read, Misdeed::Say(text));
        life.assert_sound(&[Protocol]);
        life.assert_recovered();
    }
}

#[test]
fn a_length_that_is_too_long() {
    const TEXT: &str = "HTTP/1.1 207 x\r\ncontent-length: 1000\r\n\r\n<multistatus xmlns='DAV:'/>";
    for (misdeed, kind) in [(Misdeed::Say(TEXT), Closed), (Misdeed::Leave(TEXT), Timeout)] {
        let life = fall_ill(is_read, misdeed);
        life.assert_sound(&[kind]);
        life.assert_recovered();
    }
}

/// What is left of one answer is never taken for the next one.
#[test]
fn a_length_that_is_too_short() {
    const TEXT: &str = "HTTP/1.1 207 x\r\ncontent-length: 12\r\n\r\n<multistatus xmlns='DAV:'/>";
    let life = fall_ill(is_read, Misdeed::Leave(TEXT));
    life.assert_sound(&[Content]);
    life.assert_recovered();
}

/// Two whole answers to one request: the second is nobody's.
#[test]
fn more_answers_than_requests() {
    const TWICE: &str = "HTTP/1.1 207 x\r\ncontent-length: 4\r\n\r\nnone\
        HTTP/1.1 207 x\r\ncontent-length: 26\r\n\r\n<multistatus xmlns='DAV:'/>";
    let life = fall_ill(is_read, Misdeed::Leave(TWICE));
    life.assert_sound(&[Content]);
    life.assert_recovered();
}

#[test]
fn compressed_bodies_that_burst_or_break() {
    let mut bomb = Vec::new();
    GzEncoder::new(&vec![b' '; 16 << 20][..], Compression::best()).read_to_end(&mut bomb).unwrap();
    assert!(bomb.len() < BODY_LIMIT);
    let cut = bomb[..100].to_vec();
    let gzip = "content-encoding: gzip\r\n";
    for (headers, body, kind) in [
        (gzip, bomb, TooLarge),
        (gzip, cut, Content),
        (gzip, b"not packed".to_vec(), Content),
        ("content-encoding: br\r\n", b"what is this".to_vec(), Content),
    ] {
        let life = fall_ill(is_read, Misdeed::Body(headers, body));
        life.assert_sound(&[kind]);
        life.assert_recovered();
    }
}
