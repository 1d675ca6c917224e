//! Each server starts, answers an authenticated PROPFIND, and stops without leaving a process.

use crate::cyrus::Cyrus;
use crate::davical::Davical;
use crate::http::Request;
use crate::process::survivors;
use crate::radicale::Radicale;
use crate::running::Running;
use crate::xandikos::Xandikos;

fn starts_answers_and_stops(server: Option<Running>) {
    let Some(server) = server else { return };
    let user = server.user(7);
    let principal = Request::new("PROPFIND", &server.principal(&user)).depth("0");

    let answer = server.send_as(&user, principal.clone());
    assert_eq!(answer.status, 207, "{}", answer.body);
    let unknown = server.send(&principal.clone().basic(&user.name, "wrong"));
    assert_eq!(unknown.status, 401, "{}", unknown.body);
    let known = server.send_as(&user, Request::new("PROPFIND", "/.well-known/caldav").depth("0"));
    assert!(matches!(known.status, 301 | 302) && known.header("Location").is_some(), "{known:?}");
    let home = server.send_as(&user, Request::new("PROPFIND", &server.home(&user)).depth("1"));
    assert_eq!(home.status, 207, "{}", home.body);

    assert!(server.url().starts_with("http://127.0.0.1:"));
    if let Some(url) = server.tls_url() {
        let certificate = std::fs::read_to_string(server.path("tls/cert.pem")).expect("a certificate");
        assert!(url.starts_with("https://127.0.0.1:") && certificate.contains("BEGIN CERTIFICATE"));
    }

    let processes = server.processes();
    let folder = server.path("");
    assert!(!processes.is_empty());
    drop(server);
    assert_eq!(survivors(&processes), [], "left over");
    assert!(!folder.exists(), "{} is left over", folder.display());
}

#[test]
fn cyrus_starts_answers_and_stops() {
    starts_answers_and_stops(Cyrus::start());
}

#[test]
fn davical_starts_answers_and_stops() {
    starts_answers_and_stops(Davical::start());
}

#[test]
fn radicale_starts_answers_and_stops() {
    starts_answers_and_stops(Radicale::start());
}

#[test]
fn xandikos_starts_answers_and_stops() {
    starts_answers_and_stops(Xandikos::start());
}
