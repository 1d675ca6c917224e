//! Whoever looks at a run changes nothing of it, but may end it.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use populace::report::Stopwatch;
use serde_json::Value;

use super::{MUCH_LESS, NINE, Shown, config};
use crate::command::rehearse;
use crate::silent::Silent;

/// Readers who take nothing, or ask for nothing: the run is over in its time.
#[test]
fn slow_readers_hold_nothing_up() {
    let watch = Stopwatch::start();
    // Where the page is, is said even so.
    let mut shown = Shown::run("3s", &["--users", "2", "--quiet"]);
    let host = format!("Host: {}\r\n", shown.host);
    let streams: Vec<TcpStream> =
        (0..20).map(|_| shown.open(&format!("GET {}updates", shown.path), &host)).collect();
    let idle: Vec<TcpStream> = (0..60).filter_map(|_| TcpStream::connect(&shown.host).ok()).collect();
    let (_, code) = shown.end();
    assert_eq!(code, Some(0), "{}", shown.read("stderr"));
    assert!(watch.elapsed() < MUCH_LESS, "{:?}", watch.elapsed());
    drop((streams, idle));
}

#[test]
fn a_rehearsal_is_the_same_whoever_looks() {
    let arguments = ["--users", "20", "--runtime", "60s"];
    let usual = ["--clients", "clients/demo.plist", "--seed", "1"];
    let alone = rehearse(&[arguments.as_slice(), &usual].concat());
    let mut shown = Shown::start(&[&["rehearse", "--live"], arguments.as_slice()].concat());
    let stream = shown.open(&format!("GET {}updates", shown.path), &format!("Host: {}\r\n", shown.host));
    let lines: Vec<String> = BufReader::new(stream).lines().map_while(Result::ok).collect();
    let last = lines.iter().rev().find_map(|line| line.strip_prefix("data: ")).expect("nothing came");
    let last: Value = serde_json::from_str(last).unwrap();
    assert_eq!((&last["goes"], &last["data"]["end"]), (&false.into(), &60.0.into()), "the report came last");
    assert_eq!(shown.end().1, Some(alone.code));
    let results: Value = serde_json::from_str(&shown.read("json")).unwrap();
    assert_eq!(results["trace_hash"], alone.results["trace_hash"]);
}

#[test]
fn a_rehearsal_can_be_ended() {
    let mut shown = Shown::start(&["rehearse", "--live", "--runtime", "1000h"]);
    assert_eq!(shown.ask("POST", "stop").status, 202);
    let (took, code) = shown.end();
    assert_eq!(code, Some(130), "{}", shown.read("stderr"));
    assert!(took < MUCH_LESS, "{took:?}");
    assert!(shown.read("stdout").contains("** REPORT **"), "{}", shown.read("stdout"));
}

#[test]
fn before_the_first_user_there_is_a_page_and_it_can_be_ended() {
    let server = Silent::start();
    let folder = tempfile::tempdir().unwrap();
    let prepare = "<key>prepare</key><array><dict><key>method</key><string>MKCALENDAR</string>
        <key>path</key><string>/calendars/%s/</string></dict></array>";
    let config =
        config(&folder, &format!("<key>server</key><string>{}</string>{NINE}{prepare}", server.url()));
    let mut shown = Shown::run("10m", &["--config", &config]);
    server.wait_for(1);
    let page = shown.ask("GET", "");
    assert!(page.status == 200 && page.body.contains("gets ready"), "{}{}", page.head, page.body);
    assert_eq!(shown.ask("GET", "metrics").status, 503);
    assert_eq!(shown.ask("POST", "stop").status, 202);
    // Who has asked for figures gets the last ones.
    let last = shown.metrics();
    assert_eq!(last.value("populace_verdict", &[("verdict", "incomplete")]), Some(1.0));
    assert_eq!(shown.end().1, Some(130), "{}", shown.read("stderr"));
}
