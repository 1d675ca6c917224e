//! Tests through [`Server::handle`], one file a subject.
mod access;
mod attachments;
mod collections;
mod connections;
mod objects;
mod queries;
mod searches;
mod sharing;
mod sync;

use super::config::{Config, Scheme};
use super::server::Server;
use super::store::User;
use crate::clock::Clock;
use crate::dav::{Multistatus, Response};
use base64::Engine;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::header::HeaderMap;
use std::rc::Rc;

/// Home of the n-th user.
pub fn home(n: u32) -> String {
    format!("/calendars/__uids__/10000000-0000-0000-0000-{n:012}/")
}

pub fn principal(n: u32) -> String {
    format!("/principals/__uids__/10000000-0000-0000-0000-{n:012}/")
}

/// A server with three users and Basic only.
pub fn server() -> Rc<Server> {
    server_with(|config| config)
}

pub fn server_with(change: impl FnOnce(Config) -> Config) -> Rc<Server> {
    let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
    let config = Config::new((1..=3).map(User::numbered).collect(), clock);
    Server::new(change(Config { schemes: vec![Scheme::Basic], ..config }))
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn multistatus(&self) -> Multistatus {
        assert_eq!(self.status, 207, "{}", self.body);
        Multistatus::parse(&self.body, "/").unwrap()
    }

    pub fn first(&self) -> Response {
        self.multistatus().responses.into_iter().next().unwrap()
    }

    /// Hrefs, and the status of each if it is not 200.
    pub fn hrefs(&self) -> Vec<String> {
        let responses = self.multistatus().responses;
        responses
            .iter()
            .map(|r| match r.status {
                200 => r.href.clone(),
                status => format!("{} {status}", r.href),
            })
            .collect()
    }
}

/// Sends a request as the n-th user (0: without credentials). `head` is `METHOD path` and header lines.
pub async fn send(server: &Server, user: u32, head: &str, body: &str) -> Answer {
    let mut lines = head.lines().map(str::trim).filter(|l| !l.is_empty());
    let (method, path) = lines.next().unwrap().split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path).header("Host", "localhost:8008");
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
        request = request.header(name, value);
    }
    if user > 0 {
        let credentials =
            base64::engine::general_purpose::STANDARD.encode(format!("user{user:02}:user{user:02}"));
        request = request.header("Authorization", format!("Basic {credentials}"));
    }
    let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
    let (head, body) = server.handle(request, false).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// An event of one hour.
pub fn event(uid: &str, start: &str, more: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART:{start}\r\nDURATION:PT1H\r\nSUMMARY:About {uid}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

pub async fn put(server: &Server, user: u32, name: &str, body: &str) -> Answer {
    let head = format!("PUT {}calendar/{name}\nContent-Type: text/calendar", home(user));
    send(server, user, &head, body).await
}

/// A PROPFIND for some properties, written with the usual prefixes.
pub fn propfind(props: &str) -> String {
    format!("<D:propfind {NS}><D:prop>{props}</D:prop></D:propfind>")
}

/// The namespaces for request bodies.
pub const NS: &str = "xmlns:D='DAV:' xmlns:C='urn:ietf:params:xml:ns:caldav' \
    xmlns:CS='http://calendarserver.org/ns/' xmlns:AI='http://apple.com/ns/ical/'";
