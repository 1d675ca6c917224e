//! One request and its answer.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use super::headers::Headers;
use crate::event::ErrorKind;
use crate::label::Label;

/// A request as a domain describes it.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub label: Label,
    /// Any method: `PROPFIND`, `GET` ...
    pub method: &'a str,
    /// The path with its query, percent-encoded, or an absolute URL of which the path and query are used.
    pub path: &'a str,
    /// Beside the population's own headers.
    pub headers: Vec<(&'a str, Cow<'a, str>)>,
    pub body: Bytes,
    /// The statuses that are no failure.
    pub expect: &'a [u16],
    /// Those that are none either if the request was sent again because the connection had ended: the server may have
    /// acted on the first attempt.
    pub expect_resent: &'a [u16],
    /// The version of HTTP that it speaks.
    pub version: Version,
    /// How long it may take, if not as long as [`Settings::timeout`](super::Settings).
    pub timeout: Option<Duration>,
    /// The largest body that is read, if not [`Settings::body_limit`](super::Settings).
    pub body_limit: Option<usize>,
    /// The path as events and errors show it, if there is a password in it.
    pub shown: Option<&'a str>,
    /// Its body has a password in it: it is shown to nobody (design, decision 14).
    pub private: bool,
}

/// A version of HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// RFC 1945: a connection serves one request, unless both sides say otherwise.
    Http10,
    /// RFC 9112.
    #[default]
    Http11,
    /// RFC 9113: one connection carries several requests at once.
    Http2,
}

impl Version {
    /// As it stands in a request.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
            Version::Http2 => "HTTP/2",
        }
    }
}

impl<'a> Call<'a> {
    pub fn new(label: Label, method: &'a str, path: &'a str, expect: &'a [u16]) -> Call<'a> {
        Call {
            label,
            method,
            path,
            headers: Vec::new(),
            body: Bytes::new(),
            expect,
            expect_resent: &[],
            version: Version::default(),
            timeout: None,
            body_limit: None,
            shown: None,
            private: false,
        }
    }

    /// The path as events and errors show it.
    pub fn shown(&self) -> &'a str {
        self.shown.unwrap_or(self.path)
    }

    pub fn header(mut self, name: &'a str, value: impl Into<Cow<'a, str>>) -> Call<'a> {
        self.headers.push((name, value.into()));
        self
    }

    /// Lets these statuses too be no failure if the request was sent twice.
    pub fn if_resent(self, expect_resent: &'a [u16]) -> Call<'a> {
        Call { expect_resent, ..self }
    }

    /// Sets a body and its Content-Type.
    pub fn body(self, content_type: &'a str, body: impl Into<Bytes>) -> Call<'a> {
        let mut call = self.header("content-type", content_type);
        call.body = body.into();
        call
    }
}

/// A whole answer, decoded.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: Bytes,
}

impl Answer {
    /// A header's value, if it is there and plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body as text; what is not UTF-8 becomes U+FFFD.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// Why a call brought no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Failed(Box<Failure>),
    /// The run has ended; nothing was sent.
    #[error("the run has ended")]
    Stopped,
}

impl SendError {
    /// The status, when the server gave one that was not expected.
    pub fn status(&self) -> Option<u16> {
        match self {
            SendError::Failed(failure) => failure.answer.as_ref().map(|answer| answer.status),
            SendError::Stopped => None,
        }
    }
}

/// A failed request: counted already, told to the domain.
#[derive(Debug, thiserror::Error)]
#[error("{label}: {detail}")]
pub struct Failure {
    pub label: Label,
    pub kind: ErrorKind,
    pub detail: String,
    /// The answer, when there was one.
    pub answer: Option<Answer>,
}
