//! Replays what Apple's simulator said to a real CalendarServer against a fresh embedded server, and compares
//! the statuses and which properties are there.
//!
//! The recording is not part of the repository. Without it the test says so and passes, unless
//! `POPULACE_REQUIRE_SEED` is set. `POPULACE_TRANSCRIPT` names the file with section D, unpacked.
//!
//! What a server makes up itself (tokens, tags, names of inbox items) is learnt from the answers as they come:
//! [`Learnt`] maps the recorded values to ours.

#[path = "embedded_transcript/compare.rs"]
mod compare;
#[path = "embedded_transcript/learnt.rs"]
mod learnt;
#[path = "embedded_transcript/recording.rs"]
mod recording;

use base64::Engine;
use bytes::Bytes;
use compare::Differences;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use learnt::Learnt;
use populace::clock::Clock;
use populace::embedded::{Config, Server, User};
use recording::{Exchange, Message};
use std::path::PathBuf;

#[tokio::test]
async fn a_fresh_server_answers_as_the_recorded_one_did() {
    let seed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/spec/transcripts/transcript.txt");
    let mut paths: Vec<PathBuf> =
        std::env::var_os("POPULACE_TRANSCRIPT").map(PathBuf::from).into_iter().collect();
    if seed.exists() {
        paths.push(seed);
    } else {
        assert!(std::env::var_os("POPULACE_REQUIRE_SEED").is_none(), "{} is missing", seed.display());
        eprintln!("skipped: no recording at {}", seed.display());
    }
    let mut exchanges = Vec::new();
    for path in paths {
        exchanges.extend(recording::read(&std::fs::read_to_string(path).unwrap()));
    }
    // One file leaves out section D; with the other one in, the order is that of the letters again.
    exchanges.sort_by_key(|exchange| exchange.name.chars().next());
    if !exchanges.is_empty() {
        replay(&exchanges).await;
    }
}

async fn replay(exchanges: &[Exchange]) {
    assert!(exchanges.len() > 100, "only {} exchanges were read", exchanges.len());
    let clock = Clock::starting_at("2026-11-21T19:12:35Z".parse().unwrap());
    let config = Config { apns: false, ..Config::new((1..=99).map(User::numbered).collect(), clock) };
    let server = Server::new(config);
    let mut learnt = Learnt::default();
    let whole = exchanges.iter().any(|exchange| exchange.name.starts_with('D'));
    let mut differences = Differences::new(whole);
    for exchange in exchanges {
        let ours = send(&server, &learnt.request(&exchange.request)).await;
        differences.compare(exchange, &ours, &mut learnt);
    }
    differences.judge(exchanges.len());
}

async fn send(server: &Server, request: &Message) -> Message {
    let (method, target) = request.first_line();
    let mut builder = Request::builder().method(method).uri(target);
    for (name, value) in &request.headers {
        if name != "authorization" && name != "content-length" && name != "connection" {
            builder = builder.header(name, value);
        }
    }
    if let Some(user) = request.user() {
        let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{user}"));
        builder = builder.header("authorization", format!("Basic {credentials}"));
    }
    let body = Full::new(Bytes::copy_from_slice(request.body.as_bytes()));
    let (head, body) = server.handle(builder.body(body).unwrap(), false).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Message {
        start: format!("HTTP/1.1 {}", head.status.as_u16()),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}
