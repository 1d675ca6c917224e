//! Storms of refusals.

use populace::event::ErrorKind::{Auth, Status};

use crate::life::{all, fall_ill};
use crate::misdeed::Misdeed;
use crate::request::Request;

const STORMS: [u16; 9] = [403, 404, 409, 412, 423, 429, 500, 503, 507];

fn storm(whom: fn(&Request) -> bool, status: u16, headers: &'static str) {
    println!("{status}");
    let life = fall_ill(whom, Misdeed::Status(status, headers));
    life.assert_sound(&[Status]);
    life.assert_recovered();
}

#[test]
fn of_everything() {
    STORMS.map(|status| storm(all, status, ""));
    storm(all, 503, "retry-after: 1\r\n");
}

#[test]
fn of_reads() {
    STORMS.map(|status| storm(|request| request.method == "PROPFIND", status, ""));
}

#[test]
fn of_changes() {
    STORMS.map(|status| storm(|request| request.method == "PUT", status, ""));
}

#[test]
fn of_deletions() {
    [403, 423, 500].map(|status| storm(|request| request.method == "DELETE", status, ""));
}

/// Statuses that no server should send, or not here.
#[test]
fn of_nonsense() {
    for status in [101, 200, 204, 206, 300, 304, 418, 599, 600, 999] {
        storm(|request| request.method == "PROPFIND", status, "");
    }
}

#[test]
fn no_credentials_are_good_enough() {
    for headers in [
        "",
        "www-authenticate: Basic realm=\"x\"\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"same\"\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"same\", stale=true\r\n",
        "www-authenticate: Negotiate\r\n",
        "www-authenticate: Digest\r\n",
        "www-authenticate: Digest realm=\"x\", nonce=\"n\", algorithm=ROT13\r\n",
        "www-authenticate: \"\"\"\"\"\r\n",
    ] {
        println!("{headers}");
        let life = fall_ill(all, Misdeed::Status(401, headers));
        life.assert_sound(&[Auth]);
        life.assert_recovered();
    }
}

#[test]
fn redirections_that_lead_nowhere() {
    for (status, headers) in [
        (301, "location: /a/\r\n"),
        (302, "location: http://elsewhere.example/principals/\r\n"),
        (307, "location: ../\r\n"),
        (308, ""),
    ] {
        storm(|request| request.method == "PROPFIND", status, headers);
    }
}
