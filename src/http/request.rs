//! A call as it is written on the wire.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use hyper::http::uri::PathAndQuery;

use super::call::{Call, Version};
use super::fault::Fault;
use super::head::has_word;
use super::settings::{LABEL_HEADER, Settings};
use crate::event::ErrorKind;

/// What all requests of a population have in common, made at the first of them.
#[derive(Default)]
pub struct Common {
    parts: OnceCell<Parts>,
    /// The methods that were used, each once.
    methods: RefCell<Vec<Rc<str>>>,
    /// Where a URL is put together.
    scratch: RefCell<String>,
}

/// How many methods are kept; no protocol here has as many.
const METHODS: usize = 32;

/// The name of a header, and the whole line.
type Line = (Box<str>, Vec<u8>);

struct Parts {
    /// `http://host:port`
    base: Box<str>,
    lines: Result<Vec<Line>, Fault>,
    says_close: bool,
}

impl Common {
    fn parts(&self, settings: &Settings) -> &Parts {
        self.parts.get_or_init(|| {
            let mut configured = settings.headers.iter().rev();
            let connection = configured.find(|(name, _)| name.eq_ignore_ascii_case(CONNECTION));
            Parts {
                base: settings.target.to_string().into(),
                lines: common_lines(settings),
                says_close: connection.is_some_and(|(_, value)| says_close(value.as_bytes())),
            }
        })
    }

    /// The absolute URL of a request.
    pub fn url(&self, settings: &Settings, path: &str) -> Rc<str> {
        let mut url = self.scratch.borrow_mut();
        url.clear();
        url.push_str(&self.parts(settings).base);
        url.push_str(&request_target(path));
        url.as_str().into()
    }

    /// The name of a method, shared by all who use it.
    pub fn method(&self, method: &str) -> Rc<str> {
        let mut methods = self.methods.borrow_mut();
        if let Some(known) = methods.iter().find(|known| ***known == *method) {
            return known.clone();
        }
        let new: Rc<str> = method.into();
        if methods.len() < METHODS {
            methods.push(new.clone());
        }
        new
    }
}

fn cannot_be_sent(what: &str) -> Fault {
    (ErrorKind::Protocol, format!("{what} cannot be sent by HTTP"))
}

fn common_lines(settings: &Settings) -> Result<Vec<Line>, Fault> {
    let host = settings.target.authority();
    let configured = settings.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut lines: Vec<Line> = Vec::new();
    for (name, value) in std::iter::once(("host", &*host)).chain(configured) {
        let mut line = Vec::new();
        push_line(&mut line, name, value)?;
        match lines.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) => *known = line,
            // How long a body is, nobody knows better than who sends it.
            None if is_framing(name) => {}
            None => lines.push((name.into(), line)),
        }
    }
    Ok(lines)
}

fn is_framing(name: &str) -> bool {
    ["content-length", "transfer-encoding"].iter().any(|framing| framing.eq_ignore_ascii_case(name))
}

/// Appends a header line.
fn push_line(into: &mut Vec<u8>, name: &str, value: &str) -> Result<(), Fault> {
    if !is_token(name) {
        return Err(cannot_be_sent(name));
    }
    // Without a way out of the loop the compiler looks at many bytes in a step.
    let is_control = |byte: u8| (byte != b'\t') & ((byte < b' ') | (byte == 0x7f));
    if value.bytes().fold(false, |found, byte| found | is_control(byte)) {
        return Err(cannot_be_sent(&shown(name)));
    }
    into.extend(name.bytes().map(|byte| byte.to_ascii_lowercase()));
    into.extend_from_slice(b": ");
    into.extend_from_slice(value.as_bytes());
    into.extend_from_slice(b"\r\n");
    Ok(())
}

/// Whether this may be a method or the name of a header (RFC 9110 5.6.2).
pub fn is_token(text: &str) -> bool {
    let may = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(may)
}

/// A request as it is written out.
pub struct Written {
    pub bytes: Vec<u8>,
    /// It says that it is the last one on its connection (RFC 9112 9.6).
    pub is_last: bool,
}

/// The request for a call, with its proof of who sends it. A header of the call stands in the place of one that all
/// requests have.
///
/// Errors: what HTTP does not allow in a method, a path or a header. The proof itself never stands in an error (design,
/// decision 14).
pub fn request(call: &Call<'_>, settings: &Settings, authorization: Option<&str>) -> Result<Written, Fault> {
    if !is_token(call.method) {
        return Err(cannot_be_sent(call.method));
    }
    let target = request_target(call.path);
    if !is_plain(&target) && PathAndQuery::try_from(&*target).is_err() {
        return Err(cannot_be_sent(call.shown()));
    }
    let common = self::lines(settings)?;
    let own = own_lines(call, settings, authorization);
    let own_of = |name: &str| own.iter().rev().find(|(own, _)| own.eq_ignore_ascii_case(name));

    let mut out = Vec::with_capacity(512 + call.body.len());
    for part in [call.method, " ", &target, " ", call.version.as_str(), "\r\n"] {
        out.extend_from_slice(part.as_bytes());
    }
    for (name, line) in common {
        match own_of(name) {
            None => out.extend_from_slice(line),
            Some((name, value)) => push_line(&mut out, name, value)?,
        }
    }
    let is_common = |name: &str| common.iter().any(|(common, _)| common.eq_ignore_ascii_case(name));
    for (n, (name, _)) in own.iter().enumerate() {
        let again = own[..n].iter().any(|(before, _)| before.eq_ignore_ascii_case(name));
        if let Some((name, value)) = own_of(name).filter(|_| !again && !is_common(name) && !is_framing(name))
        {
            push_line(&mut out, name, value)?;
        }
    }
    // Who sends these is expected to say that nothing comes (RFC 9110 8.6).
    if !call.body.is_empty() || ["PUT", "POST"].contains(&call.method) {
        push_line(&mut out, "content-length", &call.body.len().to_string())?;
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(&call.body);
    let is_last = match own_of(CONNECTION) {
        _ if call.version == Version::Http10 => {
            !own_of(CONNECTION).is_some_and(|(_, value)| has_word(value.as_bytes(), b"keep-alive"))
        }
        Some((_, value)) => says_close(value.as_bytes()),
        None => settings.common.parts(settings).says_close,
    };
    Ok(Written { bytes: out, is_last })
}

/// Whether a request target has nothing in it of which one would have to think whether it may stand there, as most have
/// not: to look at them more closely takes memory.
fn is_plain(target: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~' | b'%' | b'?' | b'=' | b'&')
    };
    target.len() < 4096 && target.bytes().all(plain)
}

/// Whether a Connection line with this value ends the connection.
fn says_close(value: &[u8]) -> bool {
    has_word(value, b"close")
}

fn lines(settings: &Settings) -> Result<&[Line], Fault> {
    settings.common.parts(settings).lines.as_deref().map_err(Clone::clone)
}

/// What a request has beside that which all have in common; of two lines of one name, the later counts.
fn own_lines<'a>(
    call: &'a Call<'_>,
    settings: &Settings,
    authorization: Option<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let mut own = Vec::with_capacity(call.headers.len() + 3);
    own.extend(call.headers.iter().map(|(name, value)| (*name, &**value)));
    own.extend(authorization.map(|proof| (AUTHORIZATION, proof)));
    if settings.connector.tells_labels() {
        own.push((LABEL_HEADER, call.label.as_str()));
    }
    if !settings.connections.reuse {
        own.push((CONNECTION, "close"));
    }
    own
}

const CONNECTION: &str = "connection";
const AUTHORIZATION: &str = "authorization";

/// What an error says in the place of a value that cannot be sent: not the value, as there may be a secret in it.
fn shown(name: &str) -> String {
    match name.eq_ignore_ascii_case(AUTHORIZATION) {
        true => "the name of the user".to_owned(),
        false => format!("the value of the header `{name}`"),
    }
}

/// The path and query of a path or an absolute URL.
pub fn request_target(path: &str) -> Cow<'_, str> {
    let absolute = if path.starts_with('/') { None } else { path.split_once("://") };
    let rest = match absolute {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            rest.find('/').map_or("/", |slash| &rest[slash..])
        }
        _ => path,
    };
    let rest = rest.split('#').next().unwrap_or("/");
    if rest.starts_with('/') { Cow::Borrowed(rest) } else { Cow::Owned(format!("/{rest}")) }
}

#[cfg(test)]
mod tests {
    use super::request_target;

    #[test]
    fn the_request_target_is_the_path_and_query() {
        for (path, target) in [
            ("/a/b?c=d#e", "/a/b?c=d"),
            ("https://h:8443/x/y", "/x/y"),
            ("http://h", "/"),
            ("a", "/a"),
            ("/a://b", "/a://b"),
        ] {
            assert_eq!(request_target(path), target, "{path}");
        }
    }
}
