//! A server that is ill when everybody comes: the clients start by themselves once it is well.

use std::time::Duration;

use populace::event::ErrorKind::{self, Auth, Closed, Content, Status, Timeout};

use crate::clients::USERS;
use crate::front::Illness;
use crate::life::{LAG, WELL, all, live, live_with};
use crate::misdeed::{Misdeed, Part};

fn starts_later(misdeed: Misdeed, kind: ErrorKind) {
    let ill = Duration::ZERO..Duration::from_secs(120);
    let life = live(vec![Illness { when: ill.clone(), whom: all, misdeed, kinds: vec![kind] }]);
    life.assert_sound();
    assert!(life.book.done(ill.clone()).is_empty());
    assert!(life.book.done(ill.end..ill.end + LAG).contains("startup"));
    let well = life.end - WELL..life.end;
    assert!(life.book.wrong(well.clone()).is_empty(), "{:#?}", life.book.wrong(well));
    for label in ["poll", "create", "invite", "accept", "update"] {
        assert!(life.book.done(well.clone()).contains(label), "no {label}");
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
    for (status, kind) in [(503, Status), (404, Status), (403, Status), (401, Auth)] {
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

/// A start that failed is tried again every half minute, and at each poll, for as long as it takes, and no oftener.
#[test]
fn attempts_do_not_multiply() {
    let illness = Illness {
        when: Duration::ZERO..Duration::from_secs(1800),
        whom: all,
        misdeed: Misdeed::HangUp,
        kinds: vec![Closed],
    };
    let life = live_with(vec![illness], Duration::from_secs(100));
    life.assert_sound();
    let met = life.front.seen.borrow().iter().filter(|seen| seen.ill.is_some()).count();
    let attempts = met / USERS as usize;
    assert!((50..=1800 / 30 + 1800 / 100 + 1).contains(&attempts), "{attempts}");
}
