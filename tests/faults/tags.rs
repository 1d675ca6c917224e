//! ETags that are missing, tokens that never match, tokens that are never taken.

use std::cell::Cell;
use std::time::Duration;

use crate::front::Illness;
use crate::life::{all, live};
use crate::misdeed::Misdeed;
use crate::request::Request;

/// A life that is ill from its first to its last day, in which nothing fails, and everything is done that clients in
/// good order do.
fn lived_with(whom: fn(&Request) -> bool, misdeed: Misdeed) {
    let when = Duration::ZERO..Duration::from_secs(90);
    // The last day comes later, so that what is well afterwards is looked at too.
    let life = live(vec![Illness { when, whom, misdeed, kinds: Vec::new() }]);
    life.assert_sound();
    life.assert_recovered();
}

fn without_etags(head: &mut String, body: &mut String) {
    *head =
        head.split_inclusive("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("etag:")).collect();
    *body = body.replace("getetag", "gotetag");
}

#[test]
fn missing_etags() {
    lived_with(all, Misdeed::Spoil(without_etags));
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
    lived_with(known, Misdeed::Spoil(with_other_tokens));
}

fn with_other_etags(_: &mut String, body: &mut String) {
    retag(body, "getetag");
}

#[test]
fn etags_that_never_match() {
    lived_with(|request| request.method != "GET", Misdeed::Spoil(with_other_etags));
}

/// Whether somebody comes with a token.
fn has_token(request: &Request) -> bool {
    request.says("sync-collection") && !request.says("sync-token/>") && !request.says("sync-token></")
}

#[test]
fn tokens_that_are_never_taken() {
    for status in [403, 409, 412] {
        lived_with(has_token, Misdeed::Status(status, ""));
    }
}

/// Each page says that there is another one, with a token of its own.
fn cut_short(head: &mut String, body: &mut String) {
    *head = "HTTP/1.1 207 x\r\n\r\n".to_owned();
    *body =
        "<multistatus xmlns='DAV:'><response><href>/calendars/x/1.ics</href><status>HTTP/1.1 404 x</status>\
             </response><response><href>/calendars/x/</href><status>HTTP/1.1 507 x</status></response>\
             <sync-token>?</sync-token></multistatus>"
            .to_owned();
    with_other_tokens(head, body);
}

#[test]
fn lists_that_are_never_whole() {
    lived_with(has_token, Misdeed::Spoil(cut_short));
}
