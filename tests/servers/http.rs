//! A small blocking HTTP client, independent of the one under test: what a test checks with it does not depend on
//! the code that is tested.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How long one read or write may take. DAViCal on a busy machine needs seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request over a connection of its own.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// The whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Request {
        Request { method: method.to_owned(), path: path.to_owned(), ..Request::default() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Name and password in the form of RFC 7617.
    pub fn basic(self, user: &str, password: &str) -> Request {
        let credentials = STANDARD.encode(format!("{user}:{password}"));
        self.header("Authorization", &format!("Basic {credentials}"))
    }

    pub fn depth(self, depth: &str) -> Request {
        self.header("Depth", depth)
    }

    pub fn xml(self, body: &str) -> Request {
        self.content("text/xml", body)
    }

    pub fn calendar(self, body: &str) -> Request {
        self.content("text/calendar", body)
    }

    pub fn content(mut self, content_type: &str, body: &str) -> Request {
        self.body = body.to_owned();
        self.header("Content-Type", content_type)
    }

    /// Sends the request to `address` ("127.0.0.1:8008") and reads the answer to its end.
    pub fn send(&self, address: &str) -> io::Result<Response> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.write_all(self.text(address).as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        parse(&answer).ok_or_else(|| {
            let text = String::from_utf8_lossy(&answer).into_owned();
            io::Error::new(io::ErrorKind::InvalidData, format!("not an HTTP answer: {text:?}"))
        })
    }

    fn text(&self, address: &str) -> String {
        let mut text =
            format!("{} {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n{}", self.body.len(), self.body));
        text
    }
}

impl Response {
    /// The first header of that name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

fn parse(answer: &[u8]) -> Option<Response> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let rest = &answer[end + 4..];
    if status == 100 {
        return parse(rest);
    }
    let chunked = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked")
    });
    let body = if chunked { unchunk(rest)? } else { rest.to_vec() };
    Some(Response { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// The chunked coding of RFC 9112, section 7.1.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = str::from_utf8(&rest[..line]).ok()?.split(';').next()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[test]
fn an_answer_in_chunks_is_put_together() {
    let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 207 Multi-Status\r\nETag: \"a\"\r\n\
        Transfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n";
    let response = parse(answer).expect("an answer");
    assert_eq!((response.status, response.body.as_str()), (207, "Wikipedia"));
    assert_eq!(response.header("etag"), Some("\"a\""));
    assert!(parse(b"SSH-2.0-OpenSSH").is_none());
}
