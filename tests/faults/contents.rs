//! Answers that came whole and make no sense.

use std::time::Duration;

use populace::event::ErrorKind::Content;

use crate::clients::BODY_LIMIT;
use crate::front::Illness;
use crate::life::{endure, live, reads};
use crate::misdeed::Misdeed;
use crate::request::Request;

fn are_refused<const N: usize>(bodies: [impl Into<Vec<u8>>; N]) {
    endure(bodies.map(|body| (reads as fn(&Request) -> bool, Misdeed::Body("", body.into()), Content)));
}

#[test]
fn no_multistatus() {
    are_refused([
        "",
        "{\"ok\": true}",
        "<html><body><p>Good morning",
        "<a><b></a>",
        "\0\0\0\0",
        "<a/><a/>",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<multistatus/>",
    ]);
}

#[test]
fn no_utf_8() {
    let utf_16: Vec<u8> = "<multistatus xmlns='DAV:'/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    are_refused([
        b"<multistatus xmlns='DAV:'><response><href>/caf\xe9/</href></response></multistatus>".to_vec(),
        [&b"\xff\xfe"[..], &utf_16].concat(),
    ]);
}

#[test]
fn entities_that_burst_or_ask_for_files() {
    are_refused([
        "<!DOCTYPE m [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
         <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>\
         <multistatus xmlns='DAV:'>&d;</multistatus>",
        "<!DOCTYPE m [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><multistatus xmlns='DAV:'>&a;</multistatus>",
    ]);
}

#[test]
fn elements_without_end() {
    let inside = |text: String| {
        format!(
            "<multistatus xmlns='DAV:'><response><href>/</href><propstat><prop>{text}</prop></propstat></response>\
             </multistatus>"
        )
    };
    let attributes: String = (0..20_000).map(|n| format!(" a{n}=''")).collect();
    are_refused([
        "<a>".repeat(BODY_LIMIT / 4),
        inside("<a>".repeat(10_000) + &"</a>".repeat(10_000)),
        inside(format!("<a{attributes}/>")),
        // Each of the inner elements would have a copy of the namespace.
        inside(format!("<a xmlns='{}'>{}</a>", "n".repeat(100_000), "<b/>".repeat(10_000))),
    ]);
}

/// Where the server says that everything is, and where it is again: a place with a long name.
fn far_away(head: &mut String, body: &mut String) {
    let far = format!("/{}/", "f".repeat(60_000));
    *head = "HTTP/1.1 207 x\r\n\r\n".to_owned();
    *body = format!(
        "<multistatus xmlns='DAV:'><response><href>{far}</href><propstat><prop>\
         <current-user-principal><href>{far}</href></current-user-principal><principal-URL><href>{far}</href></principal-URL>\
         <calendar-home-set xmlns='urn:ietf:params:xml:ns:caldav'><href xmlns='DAV:'>{far}</href></calendar-home-set>\
         </prop></propstat></response></multistatus>"
    );
}

/// Short hrefs that stand beside a long one would make much of little.
#[test]
fn paths_without_end() {
    let relative = "<response><href>a</href></response>".repeat(BODY_LIMIT / 50);
    let folders =
        format!("<response><href>{}</href></response>", "f/".repeat(3000)).repeat(BODY_LIMIT / 6200);
    are_refused([
        format!(
            "<multistatus xmlns='DAV:'><response><href>/{}/</href></response>{relative}</multistatus>",
            "f".repeat(60_000)
        ),
        format!("<multistatus xmlns='DAV:'>{folders}</multistatus>"),
    ]);
    endure([(reads as fn(&Request) -> bool, Misdeed::Spoil(far_away), Content)]);
}

/// Everything is gone, says the server, and later that it is not.
#[test]
fn nothing_at_all() {
    let nothing = |from: u64, whom| Illness {
        when: Duration::from_secs(from)..Duration::from_secs(from + 40),
        whom,
        misdeed: Misdeed::Body("", b"<multistatus xmlns='DAV:'/>".to_vec()),
        kinds: Vec::new(),
    };
    let life = live(vec![nothing(60, |request| request.method == "REPORT"), nothing(120, reads)]);
    life.assert_sound();
    life.assert_recovered();
}
