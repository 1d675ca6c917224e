//! A server that is ill when everybody comes: the clients start by themselves once it is well.

use std::time::Duration;

use populace::event::ErrorKind::{self, Auth, Closed, Content, Status, Timeout};

use crate::front::Illness;
use crate::life::{END, WELL, all, live};
use crate::misdeed::{Misdeed, Part};

fn starts_later(misdeed: Misdeed, kind: ErrorKind) {
    let ill = Duration::ZERO..Duration::from_secs(120);
    let life = live(Illness { when: ill.clone(), whom: all, misdeed });
    life.assert_sound(&[kind]);
    assert!(life.book.done(ill.clone()).is_empty());
    assert!(life.book.done(ill.end..WELL.start).contains("startup"));
    assert!(life.book.wrong(WELL).is_empty(), "{:#?}", life.book.wrong(WELL));
    for label in ["poll", "create", "invite", "accept", "update"] {
        assert!(life.book.done(WELL.start..END).contains(label), "no {label}");
    }
}

#[test]
fn hanging_up() {
    starts_later(Misdeed::HangUp, Closed);
}

#[test]
fn silence() {
    starts_later(Misdeed::Stall(Part::Nothing), Timeout);
}

#[test]
fn refusals() {
    for (status, kind) in [(503, Status), (404, Status), (403, Status), (401, Auth), (500, Status)] {
        starts_later(Misdeed::Status(status, ""), kind);
    }
}

#[test]
fn circles() {
    starts_later(Misdeed::Status(301, "location: /round/\r\n"), Status);
}

#[test]
fn nonsense() {
    starts_later(Misdeed::Body("", b"<html/>".to_vec()), Content);
}
