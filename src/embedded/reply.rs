//! Answers: the usual ones, and refusals with their precondition.
use crate::dav::{Name, XmlWriter, names};
use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

/// An answer with its whole body.
pub type Reply = Response<Bytes>;

/// The name an answer is counted under, when the request alone does not tell.
#[derive(Debug, Clone, Copy)]
pub struct CountedAs(pub &'static str);

/// Why a request is not carried out.
#[derive(Debug, Clone, Copy)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The precondition or postcondition (RFC 4918 section 16), in a `D:error` body.
    pub condition: Option<&'static Name>,
}

impl Refusal {
    /// A refusal without a condition.
    pub fn status(status: u16) -> Refusal {
        Refusal { status, condition: None }
    }

    /// 403 with a condition.
    pub fn condition(condition: &'static Name) -> Refusal {
        Refusal { status: 403, condition: Some(condition) }
    }

    /// As an answer.
    pub fn reply(self) -> Reply {
        let Some(condition) = self.condition else {
            return html(self.status);
        };
        let mut xml = XmlWriter::document(&names::ERROR);
        xml.empty(condition);
        self::xml(self.status, xml.finish(&names::ERROR))
    }
}

/// An answer without a body.
pub fn empty(status: u16) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

/// An answer with a body of a media type.
pub fn body(status: u16, content_type: &'static str, bytes: impl Into<Bytes>) -> Reply {
    let mut reply = empty(status);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    *reply.body_mut() = bytes.into();
    reply
}

/// An XML answer.
pub fn xml(status: u16, text: String) -> Reply {
    body(status, "text/xml;charset=utf-8", text)
}

/// A 207 answer.
pub fn multistatus(text: String) -> Reply {
    xml(207, text)
}

/// The page that CalendarServer sends with an error.
pub fn html(status: u16) -> Reply {
    let reason = StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error");
    let page =
        format!("<html><head><title>{reason}</title></head><body><h1>{status} {reason}</h1></body></html>");
    body(status, "text/html;charset=utf-8", page)
}

/// Changes the status.
pub fn with_status(mut reply: Reply, status: u16) -> Reply {
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

/// Adds a header; a value that cannot stand in one is left out.
pub fn with(mut reply: Reply, name: HeaderName, value: &str) -> Reply {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().append(name, value);
    }
    reply
}
