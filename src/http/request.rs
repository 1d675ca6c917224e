//! A call as hyper sends it.

use std::borrow::Cow;
use std::cell::OnceCell;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONNECTION, HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request};

use super::call::Call;
use super::settings::{LABEL_HEADER, Settings};
use crate::event::ErrorKind;

/// What all requests of a population have in common, made at the first of them.
#[derive(Default)]
pub struct Common(OnceCell<Parts>);

struct Parts {
    /// `http://host:port`
    base: Box<str>,
    headers: Result<HeaderMap, (ErrorKind, String)>,
}

impl Common {
    fn parts(&self, settings: &Settings) -> &Parts {
        self.0.get_or_init(|| Parts {
            base: settings.target.to_string().into(),
            headers: common_headers(settings),
        })
    }

    /// The absolute URL of a request.
    pub fn url(&self, settings: &Settings, path: &str) -> String {
        let (base, target) = (&self.parts(settings).base, request_target(path));
        let mut url = String::with_capacity(base.len() + target.len());
        url.push_str(base);
        url.push_str(&target);
        url
    }
}

fn cannot_be_sent(what: &str) -> (ErrorKind, String) {
    (ErrorKind::Protocol, format!("{what} cannot be sent by HTTP"))
}

fn common_headers(settings: &Settings) -> Result<HeaderMap, (ErrorKind, String)> {
    let mut headers = HeaderMap::with_capacity(16);
    let host = settings.target.authority();
    headers.insert(HOST, HeaderValue::from_str(&host).map_err(|_| cannot_be_sent(&host))?);
    for (name, value) in &settings.headers {
        insert(&mut headers, name, value)?;
    }
    Ok(headers)
}

fn insert(headers: &mut HeaderMap, name: &str, text: &str) -> Result<(), (ErrorKind, String)> {
    let value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| cannot_be_sent(text))?;
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| cannot_be_sent(name))?;
    headers.insert(name, value);
    Ok(())
}

/// The request for a call, with its proof of who sends it.
///
/// Errors: what HTTP does not allow in a method, a path or a header. The proof itself never stands in an error (design,
/// decision 14).
pub fn request(
    call: &Call<'_>,
    settings: &Settings,
    authorization: Option<&str>,
) -> Result<Request<Full<Bytes>>, (ErrorKind, String)> {
    let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| cannot_be_sent(call.method))?;
    let uri = request_target(call.path).parse().map_err(|_| cannot_be_sent(call.path))?;
    let mut headers = settings.common.parts(settings).headers.clone()?;
    for (name, text) in &call.headers {
        insert(&mut headers, name, text)?;
    }
    if let Some(proof) = authorization {
        let value = HeaderValue::from_bytes(proof.as_bytes());
        let mut value = value.map_err(|_| cannot_be_sent("the name of the user"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    if settings.connector.tells_labels() {
        let name = HeaderName::from_static(LABEL_HEADER);
        headers.extend(HeaderValue::from_str(call.label.as_str()).map(|label| (name, label)));
    }
    if !settings.connections.reuse {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let mut request = Request::new(Full::new(call.body.clone()));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Ok(request)
}

/// The path and query of a path or an absolute URL.
pub fn request_target(path: &str) -> Cow<'_, str> {
    let rest = match path.split_once("://") {
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
