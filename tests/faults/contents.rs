//! Answers that came whole and make no sense.

use populace::event::ErrorKind::Content;

use crate::clients::BODY_LIMIT;
use crate::life::fall_ill;
use crate::misdeed::Misdeed;
use crate::request::Request;

fn is_read(request: &Request) -> bool {
    ["PROPFIND", "REPORT"].contains(&request.method.as_str())
}

fn is_refused(body: impl Into<Vec<u8>>) {
    let life = fall_ill(is_read, Misdeed::Body("", body.into()));
    life.assert_sound(&[Content]);
    life.assert_recovered();
}

#[test]
fn no_xml() {
    for body in
        [&b""[..], b"{\"ok\": true}", b"<html><body><p>Good morning", b"<a><b></a>", b"\0\0\0\0", b"<a/><a/>"]
    {
        is_refused(body);
    }
}

#[test]
fn other_xml() {
    is_refused("<html xmlns='http://www.w3.org/1999/xhtml'/>");
    is_refused("<multistatus/>");
}

#[test]
fn no_utf_8() {
    is_refused(b"<multistatus xmlns='DAV:'><response><href>/caf\xe9/</href></response></multistatus>");
    is_refused(
        [
            &b"\xff\xfe"[..],
            &"<multistatus xmlns='DAV:'/>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        ]
        .concat(),
    );
}

#[test]
fn entities_that_burst_or_ask_for_files() {
    is_refused(
        "<!DOCTYPE m [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\
         <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>\
         <multistatus xmlns='DAV:'>&d;</multistatus>",
    );
    is_refused(
        "<!DOCTYPE m [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><multistatus xmlns='DAV:'>&a;</multistatus>",
    );
}

#[test]
fn elements_without_end() {
    is_refused("<a>".repeat(BODY_LIMIT / 4));
    let inside = |text: &str| {
        format!(
            "<multistatus xmlns='DAV:'><response><href>/</href><propstat><prop>{text}</prop></propstat></response>\
             </multistatus>"
        )
    };
    is_refused(inside(&("<a>".repeat(10_000) + &"</a>".repeat(10_000))));
    let attributes: String = (0..20_000).map(|n| format!(" a{n}=''")).collect();
    is_refused(inside(&format!("<a{attributes}/>")));
}

/// Everything is gone, says the server, and later that it is not.
#[test]
fn nothing_at_all() {
    let body = b"<multistatus xmlns='DAV:'/>".to_vec();
    let life = fall_ill(|request| request.method == "REPORT", Misdeed::Body("", body.clone()));
    life.assert_sound(&[]);
    life.assert_recovered();
    let life = fall_ill(is_read, Misdeed::Body("", body));
    life.assert_sound(&[]);
    life.assert_recovered();
}
