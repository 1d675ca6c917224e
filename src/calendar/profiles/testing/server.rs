//! A server of one page: keeps what is stored, and says what a test makes it say.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use crate::transport::Pipe;

/// One request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Asked {
    /// As `PUT /path`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What is answered instead of the usual: status, headers, body.
pub type Answer = (u16, Vec<(&'static str, String)>, String);

/// A resource: its body and how often it was stored.
type Stored = (String, u32);

#[derive(Default)]
pub struct Server {
    pub asked: RefCell<Vec<Asked>>,
    pub resources: RefCell<BTreeMap<String, Stored>>,
    /// Answers for requests whose line begins so, each used once, in order.
    pub instead: RefCell<Vec<(String, Answer)>>,
}

impl Server {
    /// The next request whose line begins with `line` is answered by `status` alone.
    pub fn refuse(&self, line: &str, status: u16) {
        self.instead.borrow_mut().push((line.to_owned(), (status, Vec::new(), String::new())));
    }

    /// The next request whose line begins with `line` is answered so.
    pub fn answer(&self, line: &str, answer: Answer) {
        self.instead.borrow_mut().push((line.to_owned(), answer));
    }

    /// Stores a resource as another client would.
    pub fn store(&self, path: &str, body: &str) {
        let mut resources = self.resources.borrow_mut();
        let count = resources.get(path).map_or(0, |(_, count)| *count);
        resources.insert(path.to_owned(), (body.to_owned(), count + 1));
    }

    /// The body of a resource.
    pub fn body(&self, path: &str) -> String {
        self.resources.borrow().get(path).map(|(body, _)| body.clone()).unwrap_or_default()
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<Asked> {
        self.asked.take()
    }

    /// Their lines.
    pub fn lines(&self) -> Vec<String> {
        self.take().iter().map(Asked::line).collect()
    }

    /// Serves one connection.
    pub fn accept(self: &Rc<Server>, stream: Pipe) {
        let server = self.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let server = server.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect().await.map(|all| all.to_bytes()).unwrap_or_default();
                let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap().to_owned();
                let asked = Asked {
                    method: parts.method.to_string(),
                    path: parts.uri.path_and_query().unwrap().to_string(),
                    headers: parts
                        .headers
                        .iter()
                        .map(|(name, value)| (name.to_string(), text(value)))
                        .collect(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                };
                let (status, headers, body) = server.reply(&asked);
                server.asked.borrow_mut().push(asked);
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                Ok::<_, Infallible>(response.body(Full::new(Bytes::from(body))).unwrap())
            }
        });
        tokio::task::spawn_local(async move {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }

    fn reply(&self, asked: &Asked) -> Answer {
        let line = asked.line();
        let planned = self.instead.borrow().iter().position(|(begin, _)| line.starts_with(begin.as_str()));
        if let Some(place) = planned {
            return self.instead.borrow_mut().remove(place).1;
        }
        let plain = |status| (status, Vec::new(), String::new());
        let known = self.resources.borrow().get(&asked.path).cloned();
        let current = known.as_ref().map(|(_, count)| format!("\"{count}\""));
        match asked.method.as_str() {
            "PUT" if asked.headers.get("if-match").is_some_and(|tag| Some(tag) != current.as_ref()) => {
                plain(412)
            }
            "PUT" => {
                self.store(&asked.path, &asked.body);
                let tag = ("ETag", format!("\"{}\"", known.as_ref().map_or(0, |(_, count)| *count) + 1));
                (if known.is_some() { 204 } else { 201 }, vec![tag], String::new())
            }
            "GET" => match known {
                Some((body, count)) => (200, vec![("ETag", format!("\"{count}\""))], body),
                None => plain(404),
            },
            "DELETE" => {
                plain(if self.resources.borrow_mut().remove(&asked.path).is_some() { 204 } else { 404 })
            }
            "POST" => plain(200),
            _ => (207, Vec::new(), "<multistatus xmlns=\"DAV:\"/>".to_owned()),
        }
    }
}
