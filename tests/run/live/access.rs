//! Who sees the live page and may end its run, and what turns it on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use super::{NINE, Shown, config};
use crate::command::populace;
use crate::processes::LIMIT;

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
