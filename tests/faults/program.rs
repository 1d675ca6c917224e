//! The program itself, over sockets.

use std::fs;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use populace::clock::Clock;
use populace::embedded::config::Config;
use populace::embedded::server::Server;
use serde_json::Value;

use crate::clients::people;
use crate::front::{Front, Illness};
use crate::misdeed::{Misdeed, Part};
use crate::request::Request;

/// What a run left.
struct Ran {
    code: Option<i32>,
    stderr: String,
    results: Value,
}

impl Ran {
    fn number(&self, pointer: &str) -> u64 {
        self.results.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
    }

    fn sent(&self) -> u64 {
        self.number("/answered") + self.number("/unanswered")
    }
}

/// Runs the clients of `mix.plist`, who look for changes every two seconds, against a server at `url`.
fn run(url: &str, runtime: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let accounts =
        "<key>uidPattern</key><string>user%02d</string><key>passwordPattern</key><string>user%02d</string>";
    let config = format!(
        "<plist version='1.0'><dict><key>server</key><string>{url}</string>
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string>
         <key>params</key><dict><key>count</key><integer>3</integer>{accounts}</dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string>
         <key>params</key><dict><key>count</key><integer>3</integer></dict></dict></dict></plist>"
    );
    let poll = "<key>calendarHomePollInterval</key><integer>2</integer><key>title</key>";
    let clients = include_str!("mix.plist").replace("<key>title</key>", poll);
    fs::write(path("config.plist"), config).unwrap();
    fs::write(path("clients.plist"), clients).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["run", "--config", &path("config.plist"), "--clients", &path("clients.plist")])
        .args(["--runtime", runtime, "--seed", "1", "--json", &path("results.json")])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let results = fs::read_to_string(path("results.json")).unwrap();
    Ran {
        code: output.status.code(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        results: serde_json::from_str(&results).unwrap_or_else(|why| panic!("{why}: {output:?}")),
    }
}

/// A server in a thread of its own, which lives as long as the tests do; it counts its requests in `seen`.
fn serve(whom: fn(&Request) -> bool, misdeed: fn() -> Misdeed, seen: &'static AtomicU64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async move {
            let clock = Clock::starting_now();
            let when = Duration::ZERO..Duration::MAX;
            let illness = Illness { when, whom, misdeed: misdeed(), kinds: Vec::new() };
            let front =
                Front::counting(seen, Server::new(Config::new(people(), clock)), clock, vec![illness]);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((socket, _)) = listener.accept().await {
                // What the server closes is reset.
                socket.set_zero_linger().unwrap();
                tokio::task::spawn_local(front.clone().serve(socket));
            }
        });
    });
    url
}

/// The server has seen so many requests, or will have as soon as it has read what was sent.
#[expect(clippy::disallowed_methods, reason = "the server is a thread of its own, in real time")]
fn assert_seen(seen: &AtomicU64, expected: u64) {
    for _ in 0..100 {
        if seen.load(Ordering::SeqCst) == expected {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(seen.load(Ordering::SeqCst), expected);
}

#[test]
fn a_server_that_refuses_is_told_soon_and_once() {
    // A port that is taken and not listened on stays closed.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let ran = run(&url, "8s");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("nothing has worked so far").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("refused") && ran.stderr.contains(&url), "{}", ran.stderr);
    assert_eq!(ran.number("/errors/connect/count"), ran.sent());
    let first = ran.results["errors"]["connect"]["first"].as_str().unwrap();
    assert!(first.contains("user0") && first.contains(&url), "{first}");
}

#[test]
fn resets_are_survived() {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    /// Every third of the first forty requests.
    fn some(_: &Request) -> bool {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let n = COUNT.fetch_add(1, Ordering::SeqCst);
        n < 40 && n.is_multiple_of(3)
    }
    let url = serve(some, || Misdeed::Cut(Part::HalfBody), &SEEN);
    let ran = run(&url, "12s");
    assert!(ran.number("/errors/closed/count") > 0, "{:#}", ran.results["errors"]);
    assert_eq!(ran.results["errors"].as_object().unwrap().len(), 1, "{:#}", ran.results["errors"]);
    assert!(ran.number("/operations/poll/count") > ran.number("/operations/poll/failed"), "{}", ran.stderr);
    assert_eq!(ran.number("/operations/startup/count") - ran.number("/operations/startup/failed"), 3);
    assert_seen(&SEEN, ran.sent());
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn silence_is_unanswered_at_the_end() {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    let url = serve(|_| true, || Misdeed::Stall(Part::Nothing), &SEEN);
    let ran = run(&url, "3s");
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    assert_eq!((ran.number("/unanswered"), ran.sent()), (3, 3));
    assert_seen(&SEEN, 3);
}
