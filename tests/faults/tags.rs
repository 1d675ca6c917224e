//! ETags that are missing, tokens that never match, tokens that are never taken.

use std::cell::Cell;
use std::time::Duration;

use crate::front::Illness;
use crate::life::{END, Life, all, fall_ill, live};
use crate::misdeed::Misdeed;
use crate::request::Request;

/// A life that is ill from its first to its last day.
fn always(whom: fn(&Request) -> bool, misdeed: Misdeed) -> Life {
    live(Illness { when: Duration::ZERO..END, whom, misdeed })
}

/// Nothing fails, and everything is done that a client in good order does.
fn assert_unharmed(life: &Life) {
    life.assert_sound(&[]);
    life.assert_recovered();
}

fn without_etags(head: &mut String, body: &mut String) {
    *head =
        head.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("etag:")).collect();
    *body = body.replace("getetag", "gotetag");
}

#[test]
fn missing_etags() {
    assert_unharmed(&fall_ill(all, Misdeed::Spoil(without_etags)));
    assert_unharmed(&always(all, Misdeed::Spoil(without_etags)));
}

/// Puts another text into every element of this name, of whatever prefix, that ends as `end` does.
fn retag(body: &mut String, name: &str) {
    thread_local! {
        static COUNT: Cell<u32> = const { Cell::new(0) };
    }
    let mut out = String::new();
    let mut rest = body.as_str();
    while let Some((before, after)) = rest.split_once(&format!("{name}>")) {
        out += before;
        out += &format!("{name}>");
        rest = after;
        // What follows a start tag is the text; what follows an end tag is not.
        if let Some(end) = after
            .find("</")
            .filter(|end| after[*end..].split('>').next().is_some_and(|tag| tag.ends_with(name)))
        {
            COUNT.set(COUNT.get() + 1);
            out += &format!("urn:x-token:{}", COUNT.get());
            rest = &after[end..];
            let tag = rest.find('>').map_or(rest.len(), |end| end + 1);
            out += &rest[..tag];
            rest = &rest[tag..];
        }
    }
    *body = out + rest;
}

fn with_other_tokens(_: &mut String, body: &mut String) {
    retag(body, "sync-token");
    retag(body, "getctag");
}

#[test]
fn tokens_that_never_match() {
    // The server takes what it has never given: what it says of it is no failure.
    let known = |request: &Request| !request.says("x-token");
    let life = always(known, Misdeed::Spoil(with_other_tokens));
    assert_unharmed(&life);
}

fn with_other_etags(_: &mut String, body: &mut String) {
    retag(body, "getetag");
}

#[test]
fn etags_that_never_match() {
    assert_unharmed(&always(|request| request.method != "GET", Misdeed::Spoil(with_other_etags)));
}

/// Whether somebody comes with a token.
fn has_token(request: &Request) -> bool {
    request.says("sync-collection") && !request.says("sync-token/>") && !request.says("sync-token></")
}

#[test]
fn tokens_that_are_never_taken() {
    for status in [403, 409, 412] {
        assert_unharmed(&always(has_token, Misdeed::Status(status, "")));
    }
}

/// The list has no end: each page says that there is another one.
fn cut_short(_: &mut String, body: &mut String) {
    with_other_tokens(&mut String::new(), body);
    let more = "<response xmlns='DAV:'><href>/</href><status>HTTP/1.1 507 x</status></response>";
    if let Some(end) = body.rfind("</") {
        body.insert_str(end, more);
    }
}

#[test]
fn lists_that_are_never_whole() {
    assert_unharmed(&always(|request| request.says("sync-collection"), Misdeed::Spoil(cut_short)));
}
