//! The live page's figures for Prometheus.

use std::time::Duration;

use serde_json::Value;

use super::{MUCH_LESS, Shown};
use crate::processes::{pause, send};

#[test]
fn metrics_are_there_while_it_runs_and_once_more_at_the_end() {
    let mut shown = Shown::run("4s", &["--users", "5", "--live-wait", "10m"]);
    let first = shown.metrics();
    assert_eq!(first.value("populace_ended", &[]), Some(0.0));
    assert_eq!(first.value("populace_users_planned", &[]), Some(5.0));
    let last = loop {
        let samples = shown.metrics();
        if samples.value("populace_ended", &[]) == Some(1.0) {
            break samples;
        }
        pause(Duration::from_millis(200));
    };
    // It has what it waited for, and goes.
    let (took, code) = shown.end();
    assert_eq!(code, Some(0), "{}", shown.read("stderr"));
    assert!(took < MUCH_LESS, "{took:?}");
    let results: Value = serde_json::from_str(&shown.read("json")).unwrap();
    let counted: u64 = results["requests"]
        .as_object()
        .unwrap()
        .values()
        .map(|figures| figures["count"].as_u64().unwrap())
        .sum();
    assert_eq!(last.sum("populace_requests_total"), counted as f64);
    assert!(first.sum("populace_requests_total") < counted as f64);
    assert_eq!(last.value("populace_verdict", &[("verdict", "pass")]), Some(1.0));
}

#[test]
fn who_waits_for_the_last_fetch_is_told_to_go() {
    let mut shown = Shown::run("2s", &["--users", "2", "--live-wait", "10m"]);
    shown.metrics();
    for _ in 0..300 {
        if shown.read("stderr").contains("one more fetch") {
            break;
        }
        pause(Duration::from_millis(100));
    }
    assert!(shown.read("stdout").contains("*** "), "the report comes before: {}", shown.read("stderr"));
    send("-INT", shown.child.0.id());
    let (took, code) = shown.end();
    assert_eq!(code, Some(0), "the run was over: {}", shown.read("stderr"));
    assert!(took < MUCH_LESS, "{took:?}");
}

/// Whoever tells the process to end waits for nobody's last fetch.
#[test]
fn an_interrupted_run_waits_for_no_fetch() {
    let mut shown = Shown::run("10m", &["--users", "2", "--live-wait", "10m"]);
    shown.metrics();
    send("-TERM", shown.child.0.id());
    let (took, code) = shown.end();
    assert_eq!(code, Some(143), "{}", shown.read("stderr"));
    assert!(took < MUCH_LESS, "{took:?}");
    assert!(shown.read("stdout").contains("** REPORT **"), "{}", shown.read("stdout"));
}
