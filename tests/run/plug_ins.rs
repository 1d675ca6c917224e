//! Observer plug-ins in whole runs: what they say, and what happens when they misbehave.

use populace::report::Stopwatch;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Ran, rehearse, root, run};

/// A config of 20 accounts on an embedded server that takes its time, with these plug-ins: command, kinds of events.
fn config(folder: &Path, plug_ins: &[(&str, &str)]) -> PathBuf {
    let plug_in = |(command, events): &(&str, &str)| {
        format!(
            "<dict><key>type</key><string>Process</string><key>params</key><dict>
             <key>command</key><string>{command}</string><key>timeout</key><integer>2</integer>
             <key>events</key><array><string>{events}</string></array></dict></dict>"
        )
    };
    let plug_ins: String = plug_ins.iter().map(plug_in).collect();
    let text = format!(
        "<plist><dict><key>server</key><string>embedded</string>
         <key>accounts</key><dict><key>loader</key><string>recordsFromCount</string><key>params</key>
           <dict><key>count</key><integer>20</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key>
           <dict><key>count</key><integer>20</integer></dict></dict>
         <key>embedded</key><dict><key>slots</key><integer>2</integer><key>service</key>
           <dict><key>type</key><string>Exponential</string><key>params</key>
             <dict><key>mean</key><real>0.02</real></dict></dict></dict>
         <key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict>{plug_ins}</array>
         </dict></plist>"
    );
    let path = folder.join("config.plist");
    std::fs::write(&path, text).unwrap();
    path
}

fn demo(how: fn(&[&str]) -> Ran, config: &Path, more: &[&str]) -> Ran {
    let args = ["--config", config.to_str().unwrap(), "--clients", "clients/demo.plist", "--seed", "1"];
    how(&[&args[..], more].concat())
}

fn there_is_python() -> bool {
    let python = std::process::Command::new("python3").arg("--version").output();
    let there = python.is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: there is no python3 here");
    }
    there
}

/// p95 of the response times of operations by user, of users with five or more, from the events themselves.
fn p95_by_user(events: &Path) -> Vec<(f64, String)> {
    let mut waited: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for line in std::fs::read_to_string(events).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        if event["type"] == "operation" && event["phase"] == "end" {
            let user = event["user"].as_str().unwrap().to_owned();
            waited.entry(user).or_default().push(event["response"].as_f64().unwrap());
        }
    }
    let p95 = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[(times.len() as f64 * 0.95).ceil() as usize - 1]
    };
    let users = waited.into_iter().filter(|(_, times)| times.len() >= 5);
    let mut users: Vec<_> = users.map(|(user, times)| (p95(times), user)).collect();
    users.sort_by(|one, other| other.0.total_cmp(&one.0));
    users
}

#[test]
fn the_spread_over_users_is_that_of_the_events() {
    if !there_is_python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let spread = root().join("observers/spread.py");
    let commands = ["", " 1.0", " 1000"].map(|most| format!("python3 '{}'{most}", spread.display()));
    let plug_ins: Vec<_> = commands.iter().map(|command| (command.as_str(), "operation")).collect();
    let events = folder.path().join("events.ndjson");
    let config = config(folder.path(), &plug_ins);
    let ran = demo(rehearse, &config, &["--runtime", "30s", "--events", events.to_str().unwrap()]);
    let users = p95_by_user(&events);
    assert!(users.len() > 10, "{}", ran.said());
    // The program keeps times to 2 %.
    let said = ran.stdout.split("* How users fared").nth(1).unwrap_or_else(|| panic!("{}", ran.said()));
    let mut lines = said.lines().skip(1);
    let head: Vec<f64> =
        lines.next().unwrap().split([' ', ':']).filter_map(|word| word.parse().ok()).collect();
    let tenth = users.len().div_ceil(10);
    let slowest = users[..tenth].iter().map(|(time, _)| time).sum::<f64>() / tenth as f64;
    let middle = [users[(users.len() - 1) / 2].0, users[users.len() / 2].0];
    let median = (middle[0] + middle[1]) / 2.0;
    let close = |one: f64, other: f64| (one / other - 1.0).abs() < 0.03;
    assert!(close(head[0], median) && close(head[1], slowest), "{head:?} of {median} and {slowest}");
    assert!(close(head[2], slowest / median) && head[3] == users.len() as f64, "{head:?}");
    let worst = lines.next().unwrap();
    assert!(close(worst.trim().split(' ').next().unwrap().parse().unwrap(), users[0].0), "{worst}");
    // A limit of 1 is too strict for anybody, and one of 1000 for nobody.
    let failures = ran.results["failures"].as_array().unwrap();
    assert_eq!((ran.code, failures.len()), (1, 1), "{}", ran.said());
    assert!(failures[0].as_str().unwrap().contains("times as long as the median one, more than 1"));
    assert_eq!(ran.results["plugins"].as_array().unwrap().len(), 3);
}

/// What the page on plug-ins says of those that misbehave, in a real run.
#[test]
fn a_plug_in_that_sleeps_floods_or_crashes_is_one_line_of_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let plug_ins = [
        ("sleep 1000", "response"),
        ("yes flood", "response"),
        ("yes flood >&amp;2", "response"),
        ("echo no luck >&amp;2; exit 7", "response"),
        ("head -n 1 >/dev/null; echo enough", "response"),
        ("cat >/dev/null; echo '{nonsense'", "response"),
    ];
    let config = config(folder.path(), &plug_ins);
    let begun = Stopwatch::start();
    let ran = demo(run, &config, &["--runtime", "6s", "--users", "4"]);
    assert_eq!((ran.code, &ran.results["verdict"]), (0, &"pass".into()), "{}", ran.said());
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    // Each has one line, in their order, with the name of its program; who says something, and stops to read, perhaps one.
    let told = ran.stdout.lines().filter(|line| line.starts_with("* Process `") && line.contains("`: "));
    let told: Vec<&str> = told.filter(|line| !line.starts_with("* Process `head ")).collect();
    let says = [
        ("sleep", "did not"),
        ("yes", "did not"),
        ("yes", "its last words: flood"),
        ("echo", "exit status: 7"),
        ("cat", "makes no sense"),
    ];
    assert_eq!(told.len(), says.len(), "{told:#?}");
    for (line, (name, words)) in told.iter().zip(says) {
        assert!(line.starts_with(&format!("* Process `{name} ...`: ")) && line.contains(words), "{told:#?}");
    }
    assert!(told[3].contains("its last words: no luck"), "{told:#?}");
    assert!(ran.stdout.lines().any(|line| line == "enough"), "{}", ran.said());
}
