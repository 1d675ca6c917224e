//! What a run does where the machine allows it only so many descriptors.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::command::{Kept, Ran, populace, texts};
use crate::processes::pause;

/// A config with so many users, at once or over a ramp, whose program looks every 2 s and uses connections like this.
fn config(folder: &Path, server: &str, users: u32, ramp: u32, connections: &str) -> PathBuf {
    let path = folder.join("config.plist");
    let text = format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>{server}</string>
<key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
  <key>params</key><dict><key>count</key><integer>{users}</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>{users}</integer>
    <key>ramp</key><integer>{ramp}</integer></dict></dict>
<key>clients</key><array><dict><key>software</key><string>OS_X_10_11</string>
  <key>params</key><dict><key>calendarHomePollInterval</key><integer>2</integer>
    <key>connections</key><dict>{connections}</dict></dict>
  <key>profiles</key><array/><key>weight</key><integer>1</integer></dict></array>
</dict></plist>"#
    );
    fs::write(&path, text).unwrap();
    path
}

/// What `check` says with at most so many descriptors: its exit code and its errors.
fn check_limited(descriptors: u32, config: &Path, more: &str) -> (Option<i32>, String) {
    let program = env!("CARGO_BIN_EXE_populace");
    let check = format!("ulimit -n {descriptors}; exec {program} check {more} --config {}", config.display());
    let output = Command::new("sh").args(["-c", &check]).output().unwrap();
    (output.status.code(), texts(&output).1)
}

/// Runs with at most so many descriptors, in this process and in the embedded server.
fn run_limited(descriptors: u32, config: &Path, more: &str) -> Ran {
    let json = config.with_file_name("results.json");
    let run = format!(
        "ulimit -n {descriptors}; exec {} run --seed 1 {more} --config {} --json {}",
        env!("CARGO_BIN_EXE_populace"),
        config.display(),
        json.display()
    );
    let output = Command::new("sh").args(["-c", &run]).output().unwrap();
    let (stdout, stderr) = texts(&output);
    let results = fs::read_to_string(&json).unwrap_or_default();
    let results = serde_json::from_str(&results).unwrap_or(Value::Null);
    Ran { code: output.status.code().unwrap_or(-1), stdout, stderr, results }
}

#[test]
fn more_held_open_connections_than_descriptors_are_refused_before_the_start() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let refused = |server: &str, users, more: &str, parts: &[&str]| {
        let config = config(folder.path(), server, users, 0, "");
        let ran = run_limited(100, &config, &format!("--runtime 3 {more}"));
        assert_eq!(ran.code, 2, "{}", ran.said());
        for part in parts {
            assert!(ran.stderr.contains(part), "no {part}: {}", ran.said());
        }
        // `check` says the same.
        let (code, said) = check_limited(100, &config, more);
        let error = ran.stderr.find("error: ").map(|at| &ran.stderr[at..]);
        assert_eq!((code, error.is_some_and(|error| said.contains(error))), (Some(2), true), "{said}");
    };
    let ways_out = ["37 clients", "descriptors for 36", "`idleClose`", "at least 2 --workers", "--users"];
    refused(&server, 37, "", &ways_out);
    refused(&server, 80, "--workers 2", &["40 clients", "worker 1", "at least 3 --workers"]);
    // The embedded server has no more than its clients.
    refused("embedded", 37, "", &["the embedded server"]);
    assert!(listener.accept().is_err(), "something was sent");
    let (code, said) = check_limited(100, &config(folder.path(), &server, 80, 0, ""), "--workers 3");
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn with_idle_close_connections_are_capped_and_waiting_is_lag() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "<key>idleClose</key><real>0.5</real>";
    let config = config(folder.path(), "embedded", 40, 0, rule);
    // Each answer takes a tenth of a second, so that all connections are in use.
    let slow = "<key>embedded</key><dict><key>service</key><real>0.1</real></dict>";
    let text = fs::read_to_string(&config)
        .unwrap()
        .replace("<key>clients</key>", &format!("{slow}<key>clients</key>"));
    fs::write(&config, text).unwrap();
    let ran = run_limited(74, &config, "--runtime 16");
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(ran.failed_requests(), [], "{}", ran.said());
    assert_eq!(ran.operation("startup", "count"), 40, "{}", ran.said());
    // Thirty of forty find no connection and have one closed for them; later ones may have more closed.
    let gave_way = ran.results["gave_way"].as_u64().unwrap_or(0);
    let told = format!("{gave_way} idle connections were closed, as all were taken");
    assert!(gave_way >= 30 && ran.stdout.contains(&told), "{gave_way}: {}", ran.said());
    // Ten at once, and who has had an answer gives way: the last ten wait for three answers.
    let worst =
        |label: &str, figure: &str| ran.results["requests"][label][figure]["max"].as_f64().unwrap_or(0.0);
    let lag = worst("OPTIONS{well-known}", "lag").max(worst("PROPFIND{well-known}", "lag"));
    assert!(lag >= 0.28, "{lag} s\n{}\n{:#}", ran.said(), ran.results["requests"]);
}

/// The limit of a running program is lowered, as if something else of it had taken all descriptors, and raised again.
#[cfg(target_os = "linux")]
#[test]
fn running_out_of_descriptors_is_an_error_of_its_own_and_passes() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), "embedded", 20, 8, "<key>reuse</key><false/>");
    let json = folder.path().join("results.json");
    let child = populace(&["run", "--seed", "1", "--runtime", "14", "--config", config.to_str().unwrap()])
        .args(["--json", json.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Kept(child);
    let pid = child.0.id().to_string();
    let limit = |soft: &str| {
        let status = Command::new("prlimit").args(["--pid", &pid, &format!("--nofile={soft}:")]).status();
        assert!(status.unwrap().success());
    };
    pause(Duration::from_secs(3));
    // What is open stays open.
    limit("1");
    pause(Duration::from_secs(4));
    limit("1000");
    let status = child.0.wait().unwrap();
    let results: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    let ran =
        Ran { code: status.code().unwrap_or(-1), stdout: String::new(), stderr: String::new(), results };
    let lacking = &ran.results["errors"]["descriptors"];
    assert!(lacking["count"].as_u64() > Some(0), "{:#}", ran.results["errors"]);
    let example = lacking["first"].to_string();
    for part in ["descriptors", "--workers", "`idleClose`"] {
        assert!(example.contains(part), "no {part}: {example}");
    }
    let failed: u64 = ran.failed_requests().iter().map(|(_, count)| count).sum();
    assert_eq!(lacking["count"].as_u64(), Some(failed), "{:#}", ran.results["errors"]);
    // Everybody has come by the end: a start that failed was tried again.
    let starts = (ran.operation("startup", "count"), ran.operation("startup", "failed"));
    assert_eq!(starts.0 - starts.1, 20, "{starts:?}");
}
