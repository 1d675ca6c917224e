//! The live page: who sees it, what it shows while a run goes on, and what it can do.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Shown`]: a run with a live page |
//! | `access.rs` | who sees the page and may end the run, and what turns it on |
//! | `metrics.rs` | the figures for Prometheus |
//! | `endings.rs` | readers that hold nothing up, and the end that they ask for |
//! | `following.rs` | a browser that follows a run, and keeps its report |

mod access;
mod endings;
mod following;
mod metrics;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use populace::report::Stopwatch;
use tempfile::TempDir;

use crate::command::{Kept, populace};
use crate::exposition::{Samples, parse};

/// A run or a rehearsal with a live page.
struct Shown {
    child: Kept,
    folder: TempDir,
    /// `127.0.0.1:PORT` and `/TOKEN/`.
    host: String,
    path: String,
}

/// What came for a request.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Shown {
    fn start(arguments: &[&str]) -> Shown {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name);
        let mut child = populace(arguments)
            .args([
                "--clients",
                "clients/demo.plist",
                "--seed",
                "1",
                "--json",
                inside("json").to_str().unwrap(),
            ])
            .stdout(fs::File::create(inside("stdout")).unwrap())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let found = lines.find_map(|line| Some(line.split_once("live page: http://")?.1.to_owned()));
        // What else it says is read, so that it never waits.
        let noted = inside("stderr");
        std::thread::spawn(move || {
            let mut note = fs::File::create(noted).unwrap();
            lines.for_each(|line| writeln!(note, "{line}").unwrap());
        });
        let found = found.expect("no page");
        let (host, path) = found.split_once('/').unwrap();
        Shown { child: Kept(child), host: host.to_owned(), path: format!("/{path}"), folder }
    }

    fn run(runtime: &str, further: &[&str]) -> Shown {
        Shown::start(&[&["run", "--live", "--runtime", runtime], further].concat())
    }

    fn url(&self) -> String {
        format!("http://{}{}", self.host, self.path)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// Asks, and does not wait for the answer.
    fn open(&self, line: &str, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(format!("{line} HTTP/1.0\r\n{headers}\r\n").as_bytes()).unwrap();
        stream
    }

    fn ask_with(&self, line: &str, headers: &str) -> Answer {
        let mut text = String::new();
        self.open(line, headers).read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// Asks for what stands behind the token.
    fn ask(&self, method: &str, place: &str) -> Answer {
        self.ask_with(&format!("{method} {}{place}", self.path), &format!("Host: {}\r\n", self.host))
    }

    /// The figures, as soon as there are any.
    fn metrics(&self) -> Samples {
        let mut answers = (0..100).map(|_| self.ask("GET", "metrics"));
        let answer = answers.find(|answer| answer.status != 503).expect("there are never any figures");
        assert_eq!(answer.status, 200, "{}", answer.head);
        assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{}", answer.head);
        parse(&answer.body).unwrap_or_else(|why| panic!("{why}\n{}", answer.body))
    }

    /// Waits for its end: how long that took, and the exit code.
    fn end(&mut self) -> (Duration, Option<i32>) {
        let watch = Stopwatch::start();
        let code = self.child.0.wait().unwrap().code();
        (watch.elapsed(), code)
    }
}

/// Less by far than the ten minutes that a page would wait: it did not.
const MUCH_LESS: Duration = Duration::from_secs(60);

/// Who comes, so that a run needs no ramp.
const NINE: &str = "<key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
      <key>count</key><integer>9</integer><key>uidPattern</key><string>&lt;script&gt;%d&lt;/script&gt;</string></dict></dict>
    <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
      <key>count</key><integer>9</integer></dict></dict>";

fn config(folder: &TempDir, keys: &str) -> String {
    let path = folder.path().join("config.plist");
    fs::write(&path, format!("<plist version=\"1.0\"><dict>{keys}</dict></plist>")).unwrap();
    path.to_str().unwrap().to_owned()
}
