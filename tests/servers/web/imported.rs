//! What the files of IDX-Tsunami and WCAT are made into, on the web server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Web;
use super::chance::{are_exponential, is_share};
use crate::mixes::ran::run;
use crate::running::Running;

/// What `populace import` makes of files, with the place of what it writes in this folder.
fn imported(arguments: &[&str], folder: &Path, writes: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .arg("import")
        .args(arguments)
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let text = String::from_utf8(output.stdout).expect("a text");
    let place = |text: String, name: &&str| {
        text.replace(
            &format!("<string>{name}</string>"),
            &format!("<string>{}</string>", folder.join(name).display()),
        )
    };
    let config = folder.join("config.plist");
    fs::write(&config, writes.iter().fold(text, place)).expect("a file");
    config.display().to_string()
}

fn asked(server: &Running) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for line in fs::read_to_string(server.path("access.log")).expect("a log").lines() {
        let words: Vec<&str> = line.split(' ').take(2).collect();
        *found.entry(words.join(" ")).or_insert(0) += 1;
    }
    found
}

/// The ancestor's example for this server: its addresses, shorter times, and what its file leaves out.
fn example(server: &Running, text: &str) -> String {
    let (host, port) = server.service("http").and_then(|place| place.split_once(':')).expect("a port");
    let mut text = text.lines().filter(|line| !line.starts_with("<monitor")).collect::<Vec<_>>().join("\n");
    text = text.replace("</monitoring>\n", "");
    let envelope = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:GetPrice \
                    xmlns:p=\"urn:prices\"><item>apple</item></p:GetPrice></s:Body></s:Envelope>";
    let envelope = envelope.replace('<', "&lt;").replace('"', "&quot;");
    let soap = format!(
        "</http></request>\n<request><http url=\"/soap.php\" method=\"POST\" version=\"1.1\" contents=\"{envelope}\">\
         <soap action=\"urn:prices#GetPrice\"/></http></request>\n</session>\n</sessions>"
    );
    for (there, here) in [
        ("host=\"10.9.195.1\" port=\"8080\"", format!("host=\"{host}\" port=\"{port}\"")),
        ("duration=\"10\" unit=\"minute\"", format!("duration=\"{PHASE}\" unit=\"second\"")),
        ("interarrival=\"2\"", format!("interarrival=\"{}\"", GAPS[0])),
        ("interarrival=\"1\"", format!("interarrival=\"{}\"", GAPS[1])),
        ("interarrival=\"0.1\"", format!("interarrival=\"{}\"", GAPS[2])),
        ("name=\"thinktime\" value=\"3\"", "name=\"thinktime\" value=\"0.2\"".to_owned()),
        // A page takes no POST from nginx.
        ("url=\"/\" method=\"POST\"", "url=\"/cookie\" method=\"POST\"".to_owned()),
        ("</http></request>\n</session>\n</sessions>", soap),
    ] {
        assert!(text.contains(there), "{there}");
        text = text.replace(there, &here);
    }
    text
}

/// How long each of the three phases is, and the mean times between two visitors, seconds.
const PHASE: f64 = 5.0;
const GAPS: [f64; 3] = [0.12, 0.04, 0.02];

/// When the visitors were due, since the start of the run, and whether they were of the first session of the example.
fn arrivals(events: &Path) -> Vec<(f64, bool)> {
    let mut found = Vec::new();
    for line in fs::read_to_string(events).expect("events").lines() {
        let event: Value = serde_json::from_str(line).expect("a line of JSON");
        if event["type"] == "operation" && event["phase"] == "start" && event["label"] == "session" {
            let due = event["due"].as_f64().expect("a time");
            found.push((due, event["client_type"] == "http-example"));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    found
}

#[test]
fn the_ancestors_visitors_do_on_nginx_what_they_did() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/idx-tsunami/http.xml");
    let Ok(text) = fs::read_to_string(&seed) else {
        println!("skipped: the ancestors' files are not beside the project");
        return;
    };
    let Some(server) = Web::start() else { return };
    for name in ["images/logo.gif", "images/header.gif", "index.en.html", "backoffice", "bla"] {
        let path = server.path("www").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, name).expect("a file");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (file, events) = (folder.path().join("http.xml"), folder.path().join("events.ndjson"));
    fs::write(&file, example(&server, &text)).expect("a file");
    let config = imported(&["tsunami", &file.display().to_string()], folder.path(), &["idx-tsunami.log"]);
    // It ends when everybody has left.
    let written = events.display().to_string();
    let ran = run(&["--config", &config, "--workers", "0", "--seed", "1", "--events", &written]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    let sessions = ran.succeeded("session");
    let (examples, others) = (ran.requests("POST{/cookie}"), ran.requests("GET{/backoffice}"));
    assert!((300..550).contains(&sessions) && examples + others == sessions, "{}", ran.said());
    assert!(is_share(examples, sessions, 0.7), "{examples} of {sessions}");
    assert_eq!((ran.succeeded("index_request"), ran.succeeded("page")), (examples, 3 * examples + others));
    assert_eq!(ran.requests("POST{/soap.php}"), others, "{}", ran.said());
    for row in ["page", "session", "connect", "index_request"] {
        assert!(ran.stdout.lines().any(|line| line.contains(row)), "{row}: {}", ran.said());
    }
    they_came_by_chance(&arrivals(&events), sessions);

    let asked = asked(&server);
    for path in [
        "GET /",
        "GET /images/logo.gif",
        "GET /index.en.html",
        "GET /images/header.gif",
        "POST /cookie",
        "GET /bla",
    ] {
        assert_eq!(asked.get(path), Some(&examples), "{path}: {asked:?}");
    }
    assert_eq!((asked["GET /backoffice"], asked["POST /soap.php"]), (others, others));
    let log = fs::read_to_string(folder.path().join("idx-tsunami.log")).expect("a log");
    let last = |name: &str| {
        let line = log.lines().rfind(|line| line.starts_with(&format!("stats: {name} "))).unwrap_or_default();
        line.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok())
    };
    let totals = ["users_count", "finish_users_count", "200"].map(last);
    assert_eq!(totals, [Some(sessions), Some(sessions), Some(6 * examples + 2 * others)], "{log}");
    assert!(log.contains("\nstats: users 0 ") && log.contains("\nstats: tr_index_request "), "{log}");
}

/// In each phase the gaps between visitors are exponential, and the mix is that of the whole.
fn they_came_by_chance(arrivals: &[(f64, bool)], sessions: u64) {
    assert_eq!(arrivals.len() as u64, sessions);
    for (number, mean) in GAPS.into_iter().enumerate() {
        let (from, to) = (PHASE * number as f64, PHASE * (number + 1) as f64);
        let phase: Vec<_> = arrivals.iter().filter(|(due, _)| (from..to).contains(due)).collect();
        let gaps: Vec<f64> = phase.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert_eq!(are_exponential(&gaps, mean), Ok(()), "phase {number}: {gaps:?}");
        let examples = phase.iter().filter(|(_, example)| *example).count() as u64;
        assert!(is_share(examples, phase.len() as u64, 0.7), "phase {number}: {examples} of {}", phase.len());
    }
}

#[test]
fn a_test_of_wcat_measures_between_warmup_and_cooldown() {
    let Some(server) = Web::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let config = file(
        "t.cfg",
        "NumClientMachines: 2\nNumClientThreads: 10\nDuration: 4s\nWarmupTime: 2s\nCooldownTime: 2s\nThinkTime: 100ms\n",
    );
    let script = file(
        "t.scr",
        "NEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\nURL = \"/page.html\"\n\
         NEW TRANSACTION\nclassId = 2\nNEW REQUEST HTTP\nURL = \"/index.html\"\nKeepAlive = TRUE\n\
         NEW REQUEST HTTP\nURL = \"/a.png\"\nKeepAlive = TRUE\n",
    );
    let (shares, counters) =
        (file("t.dst", "1 75.0\n2 25.0\n"), file("t.pfc", "Processor(_Total)\\% Processor Time\n"));
    let files = ["wcat", &config, &script, &shares, &counters, "--server", &server.url()];
    let config = imported(&files, folder.path(), &["t.log", "t.prf"]);
    let before: u64 = asked(&server).values().sum();
    let ran = run(&["--config", &config, "--seed", "1"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    let log = fs::read_to_string(folder.path().join("t.log")).expect("a log");
    let row = |name: &str| -> Vec<f64> {
        let line = log.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(", "));
        let fields = line.unwrap_or_else(|| panic!("{name}: {log}")).split(',');
        fields.filter_map(|field| field.trim().parse().ok()).collect()
    };
    // The cool-down lasts until the last request under way has its answer: two seconds, or more on a busy machine.
    let cooldown = log.split_once("Duration = 4 seconds (Warmup 2 seconds, Cooldown ");
    let cooldown = cooldown.and_then(|(_, rest)| rest.split_once(" seconds)")?.0.parse::<f64>().ok());
    assert!(cooldown.is_some_and(|seconds| seconds >= 2.0), "{log}");
    assert!(log.contains("Data, Summary, Rate, client1, client2,"), "{log}");
    let answers = row("Total Responses");
    assert!(answers[0] > 300.0 && answers[0] == answers[2] + answers[3] && answers[2] > 100.0, "{log}");
    assert!((answers[1] - answers[0] / 4.0).abs() < 1.0, "{log}");
    let (one, other) = (row("1, Fetched")[0], row("2, Fetched")[0]);
    assert!((one / (one + other) - 0.75).abs() < 0.1, "{log}");
    // What was load was twice as long as what was measured.
    let seen = (asked(&server).values().sum::<u64>() - before) as f64;
    assert!((1.6..2.5).contains(&(seen / answers[0])), "{seen} and {log}");
    let counted = fs::read_to_string(folder.path().join("t.prf")).expect("counters");
    assert!(counted.starts_with("File,t.prf") && counted.contains("cpu"), "{counted}");
}
