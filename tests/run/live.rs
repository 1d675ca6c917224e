//! The live page: who sees it, what it shows while a run goes on, and what it can do.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use populace::report::Stopwatch;
use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::command::{Kept, populace, rehearse};
use crate::exposition::{Samples, parse};
use crate::processes::{LIMIT, pause, send};
use crate::silent::Silent;

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

#[test]
fn only_who_knows_the_address_sees_anything_and_only_a_post_stops() {
    let mut shown = Shown::run("10m", &["--users", "5"]);
    let (host, path) = (format!("Host: {}\r\n", shown.host), shown.path.clone());
    let wrong = path.replace(&path[5..9], if &path[5..9] == "abcd" { "abce" } else { "abcd" });
    for (line, headers, status) in [
        ("GET /".to_owned(), host.as_str(), 404),
        ("GET /metrics".to_owned(), &host, 404),
        (format!("GET {wrong}"), &host, 404),
        (format!("POST {wrong}stop"), &host, 404),
        (format!("GET {path}else"), &host, 404),
        (format!("GET {path}"), "Host: evil.example\r\n", 403),
        (format!("GET {path}"), "", 403),
        (format!("GET {path}stop"), &host, 405),
        (format!("HEAD {path}stop"), &host, 405),
        (format!("POST {path}"), &host, 405),
        (format!("POST {path}updates"), &host, 405),
        (format!("POST {path}stop"), &format!("{host}Origin: http://evil.example\r\n"), 403),
    ] {
        let answer = shown.ask_with(&line, headers);
        assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{line}");
        assert!(answer.head.contains("cache-control: no-store"), "{line}: {}", answer.head);
    }
    let page = shown.ask("GET", "");
    assert_eq!(page.status, 200);
    for rule in [
        "content-security-policy: default-src 'none'; script-src 'sha256-",
        "connect-src 'self'; frame-ancestors 'none'",
        "base-uri 'none'",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
    ] {
        assert!(page.head.contains(rule), "{rule}: {}", page.head);
    }
    assert!(!page.head.contains("unsafe"), "{}", page.head);
    assert!(page.body.contains("id=\"stop\"") && page.body.contains("Running"), "{}", page.body);
    assert!(shown.child.0.try_wait().unwrap().is_none(), "it has ended: {}", shown.read("stderr"));
    assert_eq!(
        shown
            .ask_with(&format!("POST {path}stop"), &format!("{host}Origin: http://{}\r\n", shown.host))
            .status,
        202
    );
    let (took, code) = shown.end();
    assert_eq!(code, Some(130), "{}", shown.read("stderr"));
    assert!(took < LIMIT, "{took:?}");
    assert!(shown.read("stdout").contains("** REPORT **"), "{}", shown.read("stdout"));
    let results: Value = serde_json::from_str(&shown.read("json")).unwrap();
    assert_eq!(results["interrupted"], true);
}

/// A server that refuses everything, so that somebody's name stands in the report.
fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 65536]);
            let _ = stream.write_all(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    url
}

#[test]
fn figures_grow_and_the_name_of_a_user_is_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, &format!("<key>server</key><string>{}</string>{NINE}", refusing()));
    let shown = Shown::run("10m", &["--config", &config]);
    let stream = shown.open(&format!("GET {}updates", shown.path), &format!("Host: {}\r\n", shown.host));
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let news = lines.filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok());
    let news: Vec<Value> = news.take(3).collect();
    let ends: Vec<f64> = news.iter().map(|one| one["data"]["end"].as_f64().unwrap()).collect();
    assert!(ends.is_sorted() && ends[0] < ends[2], "{ends:?}");
    let report = news[2]["report"].as_str().unwrap();
    assert!(report.contains("&lt;script&gt;") && !report.contains("<script"), "{report}");
    assert_eq!(news[2]["goes"], true);
    let page = shown.ask("GET", "").body;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>0"), "{page}");
}

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
fn the_ancestors_key_turns_it_on_and_a_taken_port_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let keys = |port: u16| {
        format!(
            "<key>webadmin</key><dict><key>Enabled</key><true/><key>HTTPPort</key><integer>{port}</integer></dict>{NINE}"
        )
    };
    let port = taken.local_addr().unwrap().port();
    let path = config(&folder, &keys(port));
    let output = populace(&["run", "--config", &path, "--runtime", "1s"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("the live page cannot listen on") && said.contains(&port.to_string()), "{said}");
    drop(taken);
    // A port of its own: those that are given out by the system begin above.
    let free = (20_000..30_000).step_by(7).map(|port| (port, TcpListener::bind(("127.0.0.1", port))));
    let (port, listener) = free.filter_map(|(port, bound)| Some((port, bound.ok()?))).next().unwrap();
    drop(listener);
    let path = config(&folder, &keys(port));
    let shown = Shown::start(&["run", "--config", &path, "--runtime", "10m"]);
    assert_eq!(shown.host, format!("127.0.0.1:{port}"));
    assert_eq!(shown.ask("GET", "").status, 200);
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

/// What the page says to whoever reads it, and where they are in it.
const STATE: &str = "[document.querySelectorAll('canvas').length, document.querySelector('.kicker b')?.textContent, \
                     document.activeElement.className, Math.round(document.activeElement.getBoundingClientRect().top), document.querySelector('#course details').open, \
                     document.getElementById('state').textContent]";

#[test]
fn a_browser_follows_a_run_and_can_end_it() {
    if !crate::page::browser() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, &format!("<key>server</key><string>embedded</string>{NINE}"));
    let mut shown = Shown::run("2m", &["--config", &config]);
    while shown.metrics().value("populace_run_seconds", &[]) < Some(3.0) {
        pause(Duration::from_millis(500));
    }
    let mut browser = Browser::open(folder.path(), &shown.url());
    let wait = |browser: &mut Browser, what: &str| {
        for _ in 0..100 {
            if browser.is(what) == true {
                return;
            }
            pause(Duration::from_millis(200));
        }
        panic!("not {what}: {} {}", browser.is(STATE), shown.read("stderr"));
    };
    wait(&mut browser, "document.querySelectorAll('canvas').length >= 7");
    // A reader has opened the table, looks at a chart with the keyboard, and has scrolled there.
    browser.is("document.querySelector('#course details').open = true; document.querySelector('.plot').focus(); \
                document.querySelector('.plot').scrollIntoView({ block: 'center', behavior: 'instant' }); kept = document.querySelector('canvas'); before = document.querySelector('.kicker b').textContent");
    let before = browser.is(STATE);
    wait(&mut browser, "document.querySelector('.kicker b').textContent !== before");
    let after = browser.is(STATE);
    for place in [0, 2, 4, 5] {
        assert_eq!(before[place], after[place], "{before} {after}");
    }
    assert_ne!(before[1], after[1]);
    assert_eq!(after[2], "plot");
    // What one looks at stays where it is on the screen.
    let moved = before[3].as_f64().unwrap() - after[3].as_f64().unwrap();
    assert!(moved.abs() < 30.0, "{before} {after}");
    assert_eq!(browser.is("kept.isConnected"), true, "the charts are not made anew");
    // Who has gone nearer to a part of the chart still sees that part when there is more of it.
    let range = "document.getElementById('all').disabled";
    assert_eq!(browser.is(range), true, "all of it is shown");
    browser.is("document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key: '+' }))");
    browser.is("before = document.querySelector('.kicker b').textContent");
    wait(&mut browser, "document.querySelector('.kicker b').textContent !== before");
    assert_eq!(browser.is(range), false, "a part of it is shown");
    browser
        .is("document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
    assert_eq!(browser.is(range), true, "all of it is shown");
    pictures(&mut browser, "going");
    // Asked, one may think again.
    browser.is("document.getElementById('stop').click(); document.getElementById('no').click()");
    assert_eq!(browser.is("document.getElementById('sure').open"), false);
    browser.is("document.getElementById('stop').click(); document.getElementById('yes').click()");
    wait(&mut browser, "document.getElementById('state').textContent.startsWith('It has ended')");
    assert_eq!(shown.end().1, Some(130), "{}", shown.read("stderr"));
    assert_eq!(browser.is("document.getElementById('stop')"), Value::Null);
    assert!(browser.is("document.querySelector('h1 .word').textContent") != "Running");
    pictures(&mut browser, "ended");
    assert_eq!(browser.complaints(), [&Value::Null; 0]);
    let own = shown.url();
    let elsewhere: Vec<String> = browser
        .asked()
        .into_iter()
        .filter(|url| !url.starts_with(&own) && !url.starts_with("data:"))
        .collect();
    assert_eq!(elsewhere, [""; 0]);
}

/// Pictures for people to look at, where `POPULACE_PICTURES` says.
fn pictures(browser: &mut Browser, name: &str) {
    let Some(folder) = std::env::var_os("POPULACE_PICTURES") else { return };
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")] {
        browser.look(width, scheme);
        for (place, top) in [("top", "0"), ("course", "document.getElementById('course').offsetTop - 60")] {
            browser.is(&format!("scrollTo({{ top: {top}, behavior: 'instant' }})"));
            pause(Duration::from_millis(700));
            let file = std::path::Path::new(&folder).join(format!("{name}-{width}-{scheme}-{place}.png"));
            fs::write(file, browser.picture()).unwrap();
        }
    }
    browser.look(1280, "light");
}
