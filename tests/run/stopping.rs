//! Somebody ends a run: it is over within 5 s whatever hangs, with a report even before the start, and nothing is left
//! behind.

use std::fs::{self, File};
use std::process::Command;
use std::time::Duration;

use populace::report::Stopwatch;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{Kept, populace};
use crate::processes::{LIMIT, ends, pause, send};
use crate::silent::Silent;

/// A run with five users of this server, these further keys, and a program that watches, writes its number to a file,
/// and never answers.
struct Running {
    child: Kept,
    folder: TempDir,
}

impl Running {
    fn start(server: &Silent, keys: &str) -> Running {
        Running::at(&server.url(), keys)
    }

    fn at(server: &str, keys: &str) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        let (pid, events) = (inside("pid"), inside("events"));
        let command = format!("echo $$ &gt; {}; cat &gt; {}; sleep 1000", pid.display(), events.display());
        let text = format!(
            r#"<plist version="1.0"><dict>
<key>server</key><string>{server}</string>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>5</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>5</integer></dict></dict>
<key>observers</key><array>
  <dict><key>type</key><string>ReportStatistics</string></dict>
  <dict><key>type</key><string>Process</string>
    <key>params</key><dict><key>command</key><string>{command}</string></dict></dict>
</array>
{keys}
</dict></plist>"#
        );
        fs::write(inside("config"), text).unwrap();
        let path = |name: &str| inside(name).to_str().unwrap().to_owned();
        let child = populace(&["run", "--config", &path("config"), "--clients", "clients/demo.plist"])
            .args(["--runtime", "10m", "--json", &path("json")])
            .stdout(File::create(inside("stdout")).unwrap())
            .stderr(File::create(inside("stderr")).unwrap())
            .spawn()
            .unwrap();
        Running { child: Kept(child), folder }
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Waits until a file holds a word; then the whole file.
    fn wait_for(&self, name: &str, word: &str) -> String {
        for _ in 0..600 {
            let text = self.read(name);
            if text.contains(word) {
                return text;
            }
            pause(Duration::from_millis(50));
        }
        panic!("{name} never held {word:?}");
    }

    /// The number of the embedded server.
    fn embedded(&self) -> u32 {
        let listed = Command::new("ps").args(["-e", "-o", "pid=,ppid=,args="]).output().unwrap();
        let text = String::from_utf8_lossy(&listed.stdout).into_owned();
        let run = self.child.0.id().to_string();
        let server = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words.get(1) == Some(&run.as_str()) && words.get(3) == Some(&"serve"))
                .then(|| words[0].parse().unwrap())
        };
        text.lines().find_map(server).expect("there is no embedded server")
    }

    /// The number of the program that watches.
    fn plugin(&self) -> u32 {
        self.wait_for("pid", "\n").trim().parse().unwrap()
    }

    fn signal(&self, signal: &str) {
        send(signal, self.child.0.id());
    }

    /// Waits for its end: how long that took, the exit code, and all it said.
    fn end(&mut self, watch: &Stopwatch) -> (Duration, Option<i32>, String) {
        let code = self.child.0.wait().unwrap().code();
        let took = watch.elapsed();
        println!("over after {took:?}");
        (
            took,
            code,
            format!("{took:?}\n--- stdout\n{}\n--- stderr\n{}", self.read("stdout"), self.read("stderr")),
        )
    }
}

const PREPARE: &str = "<key>prepare</key><array><dict><key>method</key><string>MKCALENDAR</string>
  <key>path</key><string>/calendars/%s/</string></dict></array>";

#[test]
fn requests_and_programs_without_an_answer_hold_nothing_up() {
    let server = Silent::start();
    let mut running = Running::start(&server, "");
    let plugin = running.plugin();
    server.wait_for(1);
    let watch = Stopwatch::start();
    running.signal("-INT");
    let (took, code, said) = running.end(&watch);
    assert_eq!(code, Some(130), "{said}");
    assert!(took < LIMIT, "{said}");
    assert!(said.contains("** REPORT **") && said.contains("it did not answer in time"), "{said}");
    assert!(ends(plugin), "it left a process behind");
}

/// The embedded server stands still: so do its statistics and its last counts.
#[test]
fn an_embedded_server_that_hangs_holds_nothing_up() {
    let mut running = Running::at("embedded", "");
    let plugin = running.plugin();
    running.wait_for("events", "\"type\":\"response\"");
    let server = running.embedded();
    send("-STOP", server);
    let watch = Stopwatch::start();
    running.signal("-TERM");
    let (took, code, said) = running.end(&watch);
    assert_eq!(code, Some(143), "{said}");
    assert!(took < LIMIT, "{said}");
    assert!(said.contains("** REPORT **"), "{said}");
    let results: Value = serde_json::from_str(&running.read("json")).unwrap();
    assert_eq!(
        results["monitors"]["embedded"]["error"], "the embedded server has not told its counts",
        "{said}"
    );
    assert!(ends(plugin) && ends(server), "it left processes behind");
}

#[test]
fn an_interruption_while_accounts_are_prepared_is_reported() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let server = Silent::start();
        let mut running = Running::start(&server, PREPARE);
        let plugin = running.plugin();
        server.wait_for(1);
        let watch = Stopwatch::start();
        running.signal(signal);
        let (took, code, said) = running.end(&watch);
        assert_eq!(code, Some(expected), "{said}");
        assert!(took < LIMIT, "{said}");
        assert!(said.contains("** REPORT **"), "{said}");
        assert!(said.contains("interrupted before the start: no user had arrived"), "{said}");
        let results: Value = serde_json::from_str(&running.read("json")).unwrap();
        assert_eq!((&results["interrupted"], &results["users"]), (&true.into(), &0.into()), "{said}");
        assert_eq!(
            (&results["verdict"], &results["plan_hash"]),
            (&"incomplete".into(), &Value::Null),
            "{said}"
        );
        assert!(ends(plugin), "it left a process behind");
    }
}

#[test]
fn the_second_time_it_ends_at_once_and_leaves_nothing_behind() {
    for keys in ["", PREPARE] {
        let server = Silent::start();
        let mut running = Running::start(&server, keys);
        let plugin = running.plugin();
        server.wait_for(1);
        running.signal("-TERM");
        running.wait_for("stderr", "ending: ");
        let watch = Stopwatch::start();
        running.signal("-INT");
        let (_, code, said) = running.end(&watch);
        assert_eq!((code, running.read("stdout").as_str()), (Some(130), ""), "{said}");
        assert!(said.contains("stopped at once"), "{said}");
        assert!(ends(plugin), "it left a process behind");
    }
}

#[test]
fn a_closed_terminal_ends_a_run_with_its_report() {
    let server = Silent::start();
    let mut running = Running::start(&server, "");
    server.wait_for(1);
    let watch = Stopwatch::start();
    running.signal("-HUP");
    running.wait_for("stderr", "ending: ");
    // The system and the shell both tell of it.
    running.signal("-HUP");
    let (took, code, said) = running.end(&watch);
    assert!(code == Some(143) && took < LIMIT, "{said}");
    let results: Value = serde_json::from_str(&running.read("json")).expect(&said);
    assert!(results["unanswered"].as_u64() > Some(0), "{said}");
}

#[test]
fn nohup_keeps_a_run_going() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("stderr");
    let child = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_populace"), "run"])
        .args(["--clients", "clients/demo.plist", "--users", "1", "--runtime", "3s"])
        .current_dir(crate::command::root())
        .stdout(File::create(folder.path().join("stdout")).unwrap())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut child = Kept(child);
    for _ in 0..600 {
        if fs::read_to_string(&log).unwrap_or_default().contains("seed") {
            break;
        }
        pause(Duration::from_millis(50));
    }
    pause(Duration::from_millis(500));
    send("-HUP", child.0.id());
    let status = child.0.wait().unwrap();
    assert!(status.success(), "{status} {}", fs::read_to_string(&log).unwrap());
}
