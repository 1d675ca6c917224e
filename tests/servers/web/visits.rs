//! Populations of the program on the web server: what they ask for is what its log has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::Web;
use crate::mixes::judge::alone;
use crate::mixes::ran::{Ran, run};
use crate::running::Running;

/// A run of these clients against a URL; `arrival` is what brings them.
fn visit(url: &str, users: usize, clients: &str, more: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = folder.path().join("config.plist");
    let text = format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>{url}</string>
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
           <key>count</key><integer>50</integer><key>uidPattern</key><string>user%02d</string>
           <key>passwordPattern</key><string>pw-user%02d</string></dict><key>use</key><string>reuse</string></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
           <key>count</key><integer>{users}</integer><key>ramp</key><integer>2</integer></dict></dict>
         <key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
         <key>clients</key><array>{clients}</array></dict></plist>"
    );
    fs::write(&config, text).expect("a file");
    let config = config.display().to_string();
    let mut arguments = vec!["--config", &config, "--seed", "1"];
    arguments.extend(more);
    let _alone = alone();
    run(&arguments)
}

/// Visitors with one script, whose steps are written `do=GET, url=/`, a line each.
fn visitors(params: &str, steps: &str) -> String {
    let steps: String = steps
        .lines()
        .map(str::trim)
        .filter(|step| !step.is_empty())
        .map(|step| format!("<dict>{}</dict>", dict(step)))
        .collect();
    format!(
        "<dict><key>software</key><string>Web</string><key>params</key><dict>{}</dict><key>profiles</key><array><dict>
         <key>class</key><string>Script</string><key>params</key><dict><key>steps</key><array>{steps}</array></dict></dict>
         </array></dict>",
        dict(params)
    )
}

fn dict(pairs: &str) -> String {
    let value = |value: &str| match value {
        value if value.starts_with("<dict") => value.to_owned(),
        "true" | "false" => format!("<{value}/>"),
        value if value.parse::<u32>().is_ok() => format!("<integer>{value}</integer>"),
        value => format!("<string>{}</string>", value.replace('&', "&amp;").replace('<', "&lt;")),
    };
    let pair = |pair: &str| {
        let (key, rest) = pair.split_once('=').expect("a key and a value");
        format!("<key>{}</key>{}", key.trim(), value(rest))
    };
    pairs.split(", ").filter(|pair| !pair.is_empty()).map(pair).collect()
}

/// What nginx was asked for and answered, and how often.
fn log(server: &Running) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(server.path("access.log")).expect("a log");
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').take(3).collect();
        *found.entry(words.join(" ")).or_insert(0) += 1;
    }
    found
}

#[test]
fn visitors_of_the_example_are_what_the_server_saw() {
    let Some(server) = Web::start() else { return };
    let clients =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/web.plist")).expect("the example");
    let (_, list) = clients.split_once("<array>").expect("a list of clients");
    let (list, _) = list.rsplit_once("</array>").expect("its end");
    // The README's command, but for the address, the arrivals and the time.
    let command = "populace run --config config/web.plist --clients clients/web.plist --runtime 60s";
    assert!(include_str!("../../../README.md").lines().any(|line| line == command));
    let before = log(&server);
    let ran = visit(&server.url(), 100, list, &["--runtime", "40s"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    let seen: u64 = log(&server).values().sum::<u64>() - before.values().sum::<u64>();
    let asked: u64 = ran.labels("").iter().map(|label| ran.requests(label)).sum();
    assert_eq!(asked, seen, "{}", ran.said());
    assert_eq!((ran.requests("GET{home}"), ran.requests("GET{again}")), (70, 90), "{}", ran.said());
    assert_eq!(ran.requests("GET{embedded}"), 210, "a style sheet and two pictures each");
    assert_eq!(log(&server)["GET /index.html 304"], 60, "unchanged the second and the third time");
    assert_eq!((ran.succeeded("session"), ran.succeeded("reading"), ran.succeeded("page")), (100, 70, 230));
    assert!(ran.succeeded("connect") >= 100 && ran.succeeded("connect") <= 70 * 6 + 30, "{}", ran.said());
}

#[test]
fn a_value_that_the_server_draws_comes_back_from_whom_it_was_given_to() {
    let Some(server) = Web::start() else { return };
    let steps = "do=set, name=visitor, unique=true
        do=GET, url=/form.php?visitor=%%visitor%%, name=form, think=1
        do=set, name=token, form=token
        do=POST, url=/form.php, name=form, form=<dict><key>visitor</key><string>%%visitor%%</string><key>token</key><string>%%token%%</string></dict>, match=^kept";
    let ran = visit(&server.url(), 1000, &visitors("timeout=60", steps), &["--runtime", "60s"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    assert_eq!((ran.requests("GET{form}"), ran.requests("POST{form}")), (1000, 1000), "{}", ran.said());
    let lines = fs::read_to_string(server.path("form.log")).expect("a log");
    assert!(lines.lines().all(|line| line.starts_with("kept ")), "{lines}");
    let tokens: BTreeSet<&str> = lines.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    let people: BTreeSet<&str> = lines.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!((tokens.len(), people.len()), (1000, 1000));
}

#[test]
fn soap_of_both_versions_is_spoken_to_a_service_with_a_description() {
    let Some(server) = Web::start() else { return };
    let envelope = |space: &str, item: &str| {
        format!(
            "<s:Envelope xmlns:s=\"{space}\"><s:Body><p:GetPrice xmlns:p=\"urn:prices\"><item>{item}</item></p:GetPrice></s:Body></s:Envelope>"
        )
    };
    let (old, new) = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    let call = |version: &str, body: &str, more: &str| {
        format!("do=POST, url=/soap.php, soap={version}, action=urn:prices#GetPrice, body={body}, {more}\n")
    };
    let steps = call("1.1", &envelope(old, "apple"), "name=old, match=>7\\.5<")
        + &call("1.2", &envelope(new, "apple"), "name=new, match=>7\\.5<")
        + &call("1.1", &envelope(old, "nope"), "name=fault")
        + &call("1.2", &envelope(new, "nope"), "name=fault");
    let ran = visit(&server.url(), 5, &visitors("", &steps), &["--runtime", "10s"]);
    assert_eq!(ran.failed("requests"), [("POST{fault}".to_owned(), 10)].into(), "{}", ran.said());
    assert_eq!((ran.requests("POST{old}"), ran.requests("POST{new}")), (5, 5), "{}", ran.said());
    assert!(ran.errors()["content"].1.contains("there is no nope"), "{}", ran.said());
}

#[test]
fn http2_is_spoken_over_one_connection_each() {
    let Some(server) = Web::start() else { return };
    let url = server.tls_url().expect("TLS");
    let steps = "do=GET, url=/, embedded=true, match=<html, think=1\ndo=GET, url=/page.html";
    let ran =
        visit(&url, 20, &visitors("http=2, acceptEncoding=gzip", steps), &["--runtime", "10s", "--insecure"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    assert_eq!((ran.requests("GET{embedded}"), ran.succeeded("connect")), (60, 20), "{}", ran.said());
    let text = fs::read_to_string(server.path("access.log")).expect("a log");
    let spoken = text.lines().filter(|line| line.ends_with("HTTP/2.0")).count();
    assert_eq!(spoken, 100, "{text}");
    // Without TLS this server has no HTTP/2.
    let ran = visit(&server.url(), 2, &visitors("http=2", "do=GET, url=/"), &["--runtime", "5s"]);
    assert_eq!(ran.failed("requests"), [("GET{/}".to_owned(), 2)].into(), "{}", ran.said());
}

#[test]
fn tls_cookies_passwords_and_redirects_work_as_in_a_browser() {
    let Some(server) = Web::start() else { return };
    let steps = "do=GET, url=/cookie, name=first
        do=set, name=sid, header=Set-Cookie
        do=GET, url=/cookie, name=second, match=^[0-9a-f]{32}
        do=GET, url=/private
        do=GET, url=/moved, match=<html
        do=GET, url=/style.css
        do=GET, url=/busy, expect=503";
    let url = server.tls_url().expect("TLS");
    let ran = visit(&url, 20, &visitors("acceptEncoding=gzip", steps), &["--runtime", "10s", "--insecure"]);
    assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", ran.said());
    assert_eq!((ran.requests("CHALLENGE{basic}"), ran.requests("GET{/private}")), (20, 20), "{}", ran.said());
    assert_eq!((ran.requests("GET{redirect}"), ran.succeeded("connect")), (20, 20), "{}", ran.said());
    let text = fs::read_to_string(server.path("access.log")).expect("a log");
    assert!(text.contains("GET /moved 302 ") && text.contains(" TLSv1."), "{text}");
}
