//! Storms of refusals.

use populace::event::ErrorKind::{Auth, Status};

use crate::life::{all, endure};
use crate::misdeed::Misdeed;
use crate::request::Request;

type Whom = fn(&Request) -> bool;

const STORMS: [u16; 9] = [403, 404, 409, 412, 423, 429, 500, 503, 507];

fn storms<const N: usize>(whom: Whom, statuses: [u16; N]) {
    endure(statuses.map(|status| (whom, Misdeed::Status(status, ""), Status)));
}

#[test]
fn of_everything() {
    storms(all, STORMS);
}

#[test]
fn of_listings() {
    storms(|request| request.method == "PROPFIND", [403, 404, 503]);
}

#[test]
fn of_reports() {
    storms(|request| request.method == "REPORT", [403, 404, 412, 507]);
}

#[test]
fn of_changes() {
    storms(|request| request.method == "PUT", [403, 409, 412, 423, 503]);
}

#[test]
fn of_deletions() {
    storms(|request| request.method == "DELETE", [403, 423, 500]);
}

/// What is locked is tried again, and each refusal counts: the percentiles of what succeeds know nothing of them.
#[test]
fn of_locks() {
    let life = endure([
        ((|request| request.method == "PUT") as Whom, Misdeed::Status(423, ""), Status),
        (|request| ["PUT", "DELETE", "POST"].contains(&&*request.method), Misdeed::Status(423, ""), Status),
    ]);
    let met = life.front.seen.borrow().iter().filter(|seen| seen.ill.is_some()).count();
    let measured = life.stats.measured().unwrap();
    assert_eq!(measured.errors[&Status].count, met as u64);
    assert_eq!(measured.statuses[&423], met as u64);
}

/// Statuses that no server should send, or not here.
#[test]
fn of_nonsense() {
    storms(|request| request.method == "PROPFIND", [101, 200, 204, 304, 600, 999]);
}

#[test]
fn no_credentials_are_good_enough() {
    let headers = [
        "",
        "www-authenticate: Basic realm=\"x\"\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"same\"\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"same\", stale=true\r\n",
        "www-authenticate: Negotiate\r\n",
        "www-authenticate: Digest\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=ROT13\r\n",
        "www-authenticate: \"\"\"\"\"\r\n",
    ];
    endure(headers.map(|headers| (all as Whom, Misdeed::Status(401, headers), Auth)));
}

#[test]
fn redirections_and_advice() {
    let answers = [
        (301, "location: /a/\r\n"),
        (302, "location: http://elsewhere.example/principals/\r\n"),
        (307, "location: ../\r\n"),
        (308, ""),
        (503, "retry-after: 0\r\n"),
        (429, "retry-after: 99999999999999999999\r\n"),
    ];
    endure(answers.map(|(status, headers)| (all as Whom, Misdeed::Status(status, headers), Status)));
}
