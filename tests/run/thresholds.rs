//! Thresholds as expressions: judged, required, misspelt, and ending a run early. In virtual time, but for the workers.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Ran, populace, rehearse, run, texts};

/// A config whose embedded server takes 5 ms for everything and 300 ms for `PUT{event}`, with these thresholds.
fn config(thresholds: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.plist");
    let text = format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>embedded</string>
<key>embedded</key><dict><key>service</key><dict>
  <key>default</key><string>5ms</string><key>PUT{{event}}</key><string>300ms</string></dict></dict>
<key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
  <key>params</key><dict><key>count</key><integer>10</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>10</integer></dict></dict>
<key>run</key><dict><key>warmup</key><integer>5</integer><key>duration</key><integer>30</integer>
  <key>seed</key><integer>1</integer></dict>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
<key>thresholds</key><array>{thresholds}</array>
</dict></plist>"#
    );
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn judged(thresholds: &str) -> Ran {
    let (_folder, path) = config(thresholds);
    rehearse(&["--config", path.to_str().unwrap(), "--clients", "clients/demo.plist"])
}

fn states(ran: &Ran) -> Vec<&str> {
    let all = ran.results["thresholds"].as_array().unwrap();
    all.iter().map(|one| one["state"].as_str().unwrap()).collect()
}

#[test]
fn conditions_that_hold_pass_and_stand_in_the_report() {
    let ran = judged(
        "<string>operation create response p95 &lt; 2s</string>
         <string>request * failed below 1%</string>
         <string>operation cancelled response p95 below 1s</string>
         <string>lag p50 below 1s</string>",
    );
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(states(&ran), ["passed", "passed", "not-evaluated", "passed"], "{}", ran.said());
    let create = &ran.results["thresholds"][0];
    assert_eq!(create["figure"], ran.results["operations"]["create"]["response"]["p95"]);
    assert_eq!(
        (&create["limit"], &create["unit"], &create["label"]),
        (&2.0.into(), &"s".into(), &"create".into())
    );
    let each = ran.results["thresholds"][1]["labels"].as_array().unwrap();
    assert!(each.iter().any(|one| one["label"] == "PUT{event}") && each.len() > 5, "{}", ran.said());
    let block = ran.stdout.split("\n* Thresholds\n").nth(1).unwrap();
    for part in ["operation create response p95 < 2s", "not evaluated", "none came to an end"] {
        assert!(block.contains(part), "no {part}\n{}", ran.said());
    }
}

#[test]
fn one_that_is_broken_fails_the_run() {
    let ran = judged("<string>request PUT{*} service max below 100ms</string>");
    assert_eq!((ran.code, states(&ran)), (1, vec!["failed"]), "{}", ran.said());
    let failure = "Threshold request PUT{*} service max < 100ms: it was 300ms of PUT{event}";
    assert!(ran.stdout.contains(&format!("*** FAIL\n{failure}\n")), "{}", ran.said());
    assert_eq!(ran.results["failures"], serde_json::json!([failure]));
}

#[test]
fn what_did_not_occur_fails_only_if_it_is_required() {
    let dict = "<key>expression</key><string>operation cancelled failed below 1%</string>";
    let free = judged(&format!("<dict>{dict}</dict>"));
    assert_eq!((free.code, states(&free)), (0, vec!["not-evaluated"]), "{}", free.said());
    let required = judged(&format!("<dict>{dict}<key>required</key><true/></dict>"));
    assert_eq!((required.code, states(&required)), (1, vec!["failed"]), "{}", required.said());
    assert!(required.stdout.contains("and it is required"), "{}", required.said());
}

#[test]
fn a_label_that_cannot_occur_is_an_error_before_the_first_request() {
    for (expression, place, help) in [
        ("operation creat failed below 1%", "operation", "did you mean `create`?"),
        ("request PUT{evnet} failed below 1%", "request", "did you mean `PUT{event}`?"),
        ("request DROP{*} failed below 1%", "request", "populace labels"),
        ("operation subscribe failed below 1%", "no client of this scenario", "there are accept"),
        ("request create failed below 1%", "is no request, but an operation", "write `operation create ...`"),
        ("request failed belov 1%", "expected `<`", ""),
    ] {
        let ran = judged(&format!("<string>{expression}</string>"));
        assert_eq!((ran.code, &ran.results, ran.stdout.as_str()), (2, &Value::Null, ""), "{}", ran.said());
        assert!(ran.stderr.contains(place) && ran.stderr.contains(help), "{expression}\n{}", ran.said());
        assert!(ran.stderr.contains("config.plist:12:"), "{}", ran.said());
    }
}

#[test]
fn a_breach_that_lasts_ends_the_run_with_its_report() {
    let dict = |abort: &str| {
        format!(
            "<dict><key>expression</key><string>request PUT{{event}} service p50 below 100ms</string>
             <key>abort</key><string>{abort}</string></dict>"
        )
    };
    let ran = judged(&dict("5s"));
    assert_eq!((ran.code, states(&ran)), (1, vec!["failed"]), "{}", ran.said());
    let ended = ran.results["thresholds"][0]["aborted_at_s"].as_f64().unwrap();
    // The measured phase begins after 5 s, and soon there is an event.
    assert!((11.0..25.0).contains(&ended), "{ended} s\n{}", ran.said());
    let run_time = ran.results["run_time_s"].as_f64().unwrap();
    assert!((ended..=ended + 4.0).contains(&run_time), "{run_time} s\n{}", ran.said());
    for part in [
        "** REPORT **",
        "*** FAIL, ended early\nThreshold",
        "ended the run after",
        "note: a threshold ended this run",
    ] {
        assert!(ran.stdout.contains(part), "no {part}\n{}", ran.said());
    }
    assert!(!ran.results["interrupted"].as_bool().unwrap());
    // Virtual time repeats itself.
    assert_eq!(judged(&dict("5s")).results["trace_hash"], ran.results["trace_hash"]);
    let patient = judged(&dict("2m"));
    assert_eq!((patient.code, &patient.results["thresholds"][0]["aborted_at_s"]), (1, &Value::Null));
    assert_eq!(patient.results["run_time_s"], 35.0, "{}", patient.said());
}

#[test]
fn a_breach_ends_workers_too() {
    let (_folder, path) = config(
        "<dict><key>expression</key><string>request response p50 below 1ms</string>
         <key>abort</key><string>2s</string></dict>",
    );
    let ran = run(&["--config", path.to_str().unwrap(), "--clients", "clients/demo.plist", "--workers", "2"]);
    assert_eq!((ran.code, states(&ran)), (1, vec!["failed"]), "{}", ran.said());
    let run_time = ran.results["run_time_s"].as_f64().unwrap();
    assert!((7.0..20.0).contains(&run_time), "{run_time} s\n{}", ran.said());
    for worker in ["1", "2"] {
        assert_eq!(ran.results["workers"][worker]["state"], "done", "{}", ran.said());
    }
}

/// What `populace labels` prints with these arguments.
fn labels(arguments: &[&str]) -> BTreeSet<String> {
    let output = populace(&[&["labels"], arguments].concat()).output().unwrap();
    let (listed, said) = texts(&output);
    assert_eq!((output.status.code(), said.as_str()), (Some(0), ""));
    listed.lines().map(str::to_owned).collect()
}

/// The labels of a results file, as `populace labels` prints them.
fn counted(ran: &Ran) -> BTreeSet<String> {
    let of = |key: &str, noun: &str| -> Vec<String> {
        ran.results[key].as_object().unwrap().keys().map(|label| format!("{noun} {label}")).collect()
    };
    [of("operations", "operation"), of("requests", "request")].concat().into_iter().collect()
}

#[test]
fn all_that_is_counted_has_been_listed() {
    let all = labels(&[]);
    for (clients, runtime) in [("clients/demo.plist", "1m"), ("clients/clients.plist", "4m")] {
        let listed = labels(&["--clients", clients]);
        assert!(listed.is_subset(&all) && listed.len() < all.len(), "{clients}");
        let ran = rehearse(&["--clients", clients, "--users", "8", "--runtime", runtime, "--seed", "1"]);
        let counted = counted(&ran);
        assert!(counted.len() > 15, "{}", ran.said());
        let missing: Vec<_> = counted.difference(&listed).collect();
        assert!(missing.is_empty(), "{clients}: {missing:?} in none of\n{listed:#?}");
    }
}

#[test]
fn labels_are_listed_of_a_config_whose_thresholds_are_wrong() {
    let (_folder, path) = config("<string>operation creat failed below 1%</string>");
    let listed = labels(&["--config", path.to_str().unwrap(), "--clients", "clients/demo.plist"]);
    assert!(listed.contains("operation create") && !listed.contains("operation subscribe"), "{listed:#?}");
}
