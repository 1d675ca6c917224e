//! The report as a page, by the program; and in a browser.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::browser::Browser;
use crate::command::{populace, rehearse, root, texts};
use crate::processes::pause;

/// The most bytes of a page.
const LARGEST: usize = 1_000_000;

/// A short rehearsal with all that a page shows, and the page that it wrote.
fn rehearsed(folder: &Path) -> String {
    let (config, page) = (folder.join("config.plist"), folder.join("page.html"));
    let text = "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>
        <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
          <key>count</key><integer>9</integer><key>uidPattern</key><string>&lt;script&gt;alert(%d)&lt;/script&gt;</string></dict></dict>
        <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
          <key>count</key><integer>9</integer></dict></dict>
        <key>run</key><dict><key>warmup</key><integer>5</integer></dict>
        <key>embedded</key><dict><key>slots</key><integer>2</integer><key>service</key><string>20ms</string></dict>
        <key>thresholds</key><array><string>operation poll response p95 &lt; 1ms</string></array>
        <key>observers</key><array><dict><key>type</key><string>Process</string><key>params</key><dict>
          <key>command</key><string>cat &gt;/dev/null; echo 'spread &lt;b&gt;even&lt;/b&gt;'</string></dict></dict></array>
        </dict></plist>";
    std::fs::write(&config, text).unwrap();
    let ran = rehearse(&[
        "--config",
        config.to_str().unwrap(),
        "--clients",
        "clients/demo.plist",
        "--runtime",
        "30s",
        "--seed",
        "1",
        "--html",
        page.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert_eq!(ran.results["plugins"][0]["text"], "spread <b>even</b>\n", "{}", ran.said());
    assert!(ran.results["populations"]["10.7"]["clients"].as_u64() > Some(0), "{}", ran.said());
    // The same page comes of the results file.
    let (json, again) = (folder.join("results.json"), folder.join("again.html"));
    std::fs::write(&json, ran.results.to_string()).unwrap();
    let arguments = ["report", json.to_str().unwrap(), "--html", again.to_str().unwrap()];
    let (_, said) = texts(&populace(&arguments).output().unwrap());
    assert_eq!(said, "");
    let (page, again) = (std::fs::read_to_string(page).unwrap(), std::fs::read_to_string(again).unwrap());
    assert!(page == again, "two pages of one run");
    page
}

#[test]
fn a_rehearsal_writes_a_page_that_needs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let page = rehearsed(folder.path());
    assert!(page.len() < LARGEST, "{} bytes", page.len());
    for words in [
        "Failed",
        "with 9 users",
        "See what is new",
        "operation poll response p95 &lt; 1ms",
        "spread &lt;b&gt;even&lt;&#x2f;b&gt;",
        "PodA",
        "default-src &#x27;none&#x27;",
    ] {
        assert!(page.contains(words), "no {words}");
    }
    for address in ["src=\"", "url(", "@import", "<link rel=\"stylesheet\"", "<b>even", "<script>alert"] {
        assert!(!page.contains(address), "{address}");
    }
}

#[test]
fn what_is_no_results_file_is_told_and_no_page_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (file, page) = (folder.path().join("a.json"), folder.path().join("page.html"));
    std::fs::write(&file, "{\n  \"schema\": \"populace.results/0\"\n}").unwrap();
    let output =
        populace(&["report", file.to_str().unwrap(), "--html", page.to_str().unwrap()]).output().unwrap();
    let (_, said) = texts(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("a.json:2:3") && said.contains("populace.results/0") && said.contains("help"),
        "{said}"
    );
    assert!(!page.exists());
}

#[test]
fn two_files_of_one_name_are_refused_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    let ran =
        rehearse(&["--json", file.to_str().unwrap(), "--html", file.to_str().unwrap(), "--runtime", "1s"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    // The results go to a file of their own here: the one of the events is written while the run goes on.
    let again = folder.path().join(".").join("a");
    for more in [["--html", again.to_str().unwrap()], ["--csv", file.to_str().unwrap()]] {
        let ran = rehearse(&[&["--events", file.to_str().unwrap(), "--runtime", "1s"], &more[..]].concat());
        assert_eq!(ran.code, 2, "{}", ran.said());
        assert!(ran.stderr.contains("name one file"), "{}", ran.said());
    }
}

/// What was read is not written over, by whatever name.
#[test]
fn what_a_run_reads_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let clients = folder.path().join("clients.plist");
    std::fs::copy(root().join("clients/demo.plist"), &clients).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("clients.plist", &link).unwrap();
    let before = std::fs::read(&clients).unwrap();
    for (option, path) in [("--json", &clients), ("--events", &link), ("--csv", &link)] {
        let (clients, path) = (clients.to_str().unwrap(), path.to_str().unwrap());
        let ran =
            populace(&["rehearse", "--clients", clients, "--runtime", "1s", option, path]).output().unwrap();
        let (_, said) = texts(&ran);
        assert_eq!(ran.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("{option} would overwrite what --clients names")), "{said}");
    }
    assert_eq!(std::fs::read(&clients).unwrap(), before);
    let results = folder.path().join("results.json");
    let results = results.to_str().unwrap();
    let made = ["rehearse", "--clients", "clients/demo.plist", "--runtime", "1s", "--json", results];
    populace(&made).output().unwrap();
    for arguments in
        [["report", results, "--html", results].as_slice(), &["compare", results, results, "--json", results]]
    {
        let ran = populace(arguments).output().unwrap();
        assert_eq!(ran.status.code(), Some(2), "{:?}", texts(&ran));
    }
    assert!(std::fs::read_to_string(results).unwrap().contains("\"schema\""));
}

/// A page in a browser: all its charts are drawn, nothing is complained of, and nothing is asked for.
#[test]
fn a_browser_shows_it_without_a_word_and_without_a_request() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = rehearsed(folder.path());
    let seen = Seen::of(&page, folder.path());
    let canvases = seen.dom.matches("<canvas").count();
    assert_eq!(canvases, page.matches("class=\"plot\"").count(), "{}\n{}", seen.said, seen.dom);
    assert!(canvases >= 7 && seen.dom.contains("data-js"), "{canvases}");
    assert_eq!(seen.complaints(), [""; 0], "{}", seen.said);
    assert_eq!(seen.asked, BTreeSet::from(["GET http://populace.test/ HTTP/1.1".to_owned()]));
    // What would be wrong is seen: a script that the policy does not know, and a picture from elsewhere.
    let spoilt =
        page.replace("</main>", "</main><script>1</script><img src=\"http://populace.test/spy.png\">");
    let seen = Seen::of(&spoilt, folder.path());
    assert_eq!(seen.complaints().len(), 2, "{}", seen.said);
    let open = spoilt.replace("img-src data:", "img-src *");
    assert_eq!(Seen::of(&open, folder.path()).asked.len(), 2);
}

/// How many seconds have requests and the seconds beside them have none, and how many of these are seen in the chart of
/// response times: a colour where they are.
const LONELY: &str = "(() => {
    const data = JSON.parse(document.getElementById('data').textContent);
    const values = data.charts.find((chart) => chart.id === 'response').curves[0].values;
    const canvas = document.querySelector('#chart-response canvas'), own = canvas.getBoundingClientRect();
    const box = document.querySelector('#chart-response .u-over').getBoundingClientRect(), scale = canvas.width / own.width;
    const coloured = (x) => {
        const [top, height] = [(box.top - own.top) * scale, box.height * scale];
        const dots = canvas.getContext('2d').getImageData(x * scale - 3, top, 7, height).data;
        const strong = (n) => Math.max(...dots.slice(n, n + 3)) - Math.min(...dots.slice(n, n + 3)) > 40;
        return dots.some((_, n) => n % 4 === 0 && dots[n + 3] > 128 && strong(n));
    };
    const none = (at) => values[at] == null;
    const lonely = data.at.map((_, at) => at).filter((at) => !none(at) && none(at - 1) && none(at + 1));
    const seen = lonely.filter((at) => coloured(box.left - own.left + box.width * data.at[at] / data.end));
    return [lonely.length, seen.length];
})()";

#[test]
fn a_second_with_requests_between_two_without_is_seen_in_the_chart() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (config, page) = (folder.path().join("config.plist"), folder.path().join("page.html"));
    // Times above zero: what lies on the axis is no colour of its own.
    let text = "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>
        <key>accounts</key><dict><key>loader</key><string>recordsFromCount</string><key>params</key><dict>
          <key>count</key><integer>2</integer></dict></dict>
        <key>embedded</key><dict><key>service</key><string>20ms</string></dict></dict></plist>";
    std::fs::write(&config, text).unwrap();
    let few = ["--clients", "clients/clients.plist", "--users", "2", "--runtime", "5m", "--seed", "1"];
    let ran = rehearse(
        &[&few[..], &["--config", config.to_str().unwrap(), "--html", page.to_str().unwrap()]].concat(),
    );
    assert_eq!(ran.code, 0, "{}", ran.said());
    let mut browser = Browser::open(folder.path(), &format!("file://{}", page.display()));
    while browser.is("document.querySelectorAll('#chart-response canvas').length") != 1 {
        pause(Duration::from_millis(100));
    }
    let found = browser.is(LONELY);
    assert!(found[0].as_u64() > Some(2) && found[0] == found[1], "{found}");
}

/// Whether there is the colour of failures in the chart of requests, beside its name at the end of the curve.
const RED: &str = "(() => {
    const canvas = document.querySelector('#chart-requests canvas'), own = canvas.getBoundingClientRect();
    const box = document.querySelector('#chart-requests .u-over').getBoundingClientRect(), scale = canvas.width / own.width;
    const place = [box.left - own.left, box.top - own.top, box.width, box.height + 3].map((side) => side * scale);
    const dots = canvas.getContext('2d').getImageData(...place).data;
    return dots.some((_, n) => n % 4 === 0 && dots[n + 3] > 64 && dots[n] - dots[n + 2] > 100);
})()";

#[test]
fn nothing_is_drawn_where_nothing_failed() {
    if !browser() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    rehearsed(folder.path());
    let page = folder.path().join("page.html");
    let mut browser = Browser::open(folder.path(), &format!("file://{}", page.display()));
    while browser.is("document.querySelectorAll('#chart-requests canvas').length") != 1 {
        pause(Duration::from_millis(100));
    }
    assert_eq!(browser.is(RED), false);
}

/// Whether there is a browser. With `POPULACE_REQUIRE_SERVERS` set there must be one.
pub fn browser() -> bool {
    let there =
        Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        let line = "the page in a browser: chromium is not installed (tests/servers/install)";
        assert!(std::env::var_os("POPULACE_REQUIRE_SERVERS").is_none(), "{line}");
        // Past the capture of the test runner: whoever runs the tests should see it.
        let _ = writeln!(std::io::stderr(), "skipped: {line}");
    }
    there
}

/// What a browser made of a page.
struct Seen {
    dom: String,
    said: String,
    /// The first lines of all requests for the page's own host, and of all that the browser does not make by itself.
    asked: BTreeSet<String>,
}

impl Seen {
    /// Loads a page. The browser reaches nothing but a proxy in this test, which has this page only.
    fn of(page: &str, folder: &Path) -> Seen {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(BTreeSet::new()));
        let (noted, answer) = (Arc::clone(&asked), page.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (noted, answer) = (Arc::clone(&noted), answer.clone());
                std::thread::spawn(move || serve(stream, &answer, &noted));
            }
        });
        let output = Command::new("timeout")
            .args([
                "120",
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-default-apps", "--disable-domain-reliability"])
            .args(["--enable-logging=stderr", "--window-size=1280,900", "--virtual-time-budget=3000"])
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .arg(format!("--proxy-server=http://127.0.0.1:{port}"))
            .args(["--dump-dom", "http://populace.test/"])
            .output()
            .unwrap();
        let (dom, said) = texts(&output);
        let asked = asked.lock().unwrap().clone();
        Seen { dom, said, asked }
    }

    /// The lines of the console of the page.
    fn complaints(&self) -> Vec<&str> {
        self.said.lines().filter(|line| line.contains(":CONSOLE")).collect()
    }
}

/// Answers one request, and notes it. A browser has questions of its own, which are none of the page.
fn serve(mut stream: TcpStream, page: &str, noted: &Mutex<BTreeSet<String>>) {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 => head.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or_default().to_owned();
    if line.contains("google") || line.contains("gvt1.com") {
        return;
    }
    let found = line.starts_with("GET http://populace.test/ ");
    noted.lock().unwrap().insert(line);
    let (status, body) = if found { ("200 OK", page) } else { ("404 Not Found", "") };
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes());
}
