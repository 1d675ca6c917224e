//! Basic (RFC 7617) and Digest (RFC 7616, RFC 2617) authentication.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`challenge`] | reads WWW-Authenticate |
//! | [`digest`] | answers a Digest challenge |

pub mod challenge;
pub mod digest;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use self::challenge::Challenge;
use self::digest::Digest;
use super::headers::Headers;
use crate::hex;

/// The name and the password of a user.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub name: &'a str,
    pub password: &'a str,
}

/// The way a server wants its users to prove who they are, once it has asked.
pub enum Scheme {
    Basic,
    Digest(Box<Digest>),
}

/// Why a 401 cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    #[error("the server answered 401 without WWW-Authenticate")]
    NoChallenge,
    #[error("the server asks for {0}; Basic and Digest (MD5, MD5-sess, SHA-256, SHA-256-sess) are known")]
    Unknown(String),
}

impl Scheme {
    /// Picks the best of the challenges in the headers of a 401: Digest before Basic.
    pub fn choose(headers: &Headers) -> Result<Scheme, Unanswerable> {
        let texts = headers.texts("www-authenticate");
        let challenges: Vec<Challenge> = texts.flat_map(Challenge::parse_all).collect();
        if challenges.is_empty() {
            return Err(Unanswerable::NoChallenge);
        }
        if let Some(digest) = challenges.iter().filter_map(Digest::new).max_by_key(Digest::strength) {
            return Ok(Scheme::Digest(Box::new(digest)));
        }
        if challenges.iter().any(|challenge| challenge.scheme == "basic") {
            return Ok(Scheme::Basic);
        }
        let names: Vec<_> = challenges.iter().map(Challenge::describe).collect();
        Err(Unanswerable::Unknown(names.join(", ")))
    }

    /// `digest` or `basic`, as in the label `CHALLENGE{digest}`.
    pub fn name(&self) -> &'static str {
        match self {
            Scheme::Basic => "basic",
            Scheme::Digest(_) => "digest",
        }
    }

    /// The Authorization header for a request.
    pub fn authorize(&mut self, who: Credentials<'_>, method: &str, path: &str, cnonce: u64) -> String {
        match self {
            Scheme::Basic => {
                format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{}", who.name, who.password)))
            }
            Scheme::Digest(digest) => digest.authorize(who, method, path, &hex::number(cnonce, 16)),
        }
    }

    /// Whether another round makes sense after a 401 to a request that carried this answer: the server has
    /// only replaced its nonce (RFC 7616 3.3, `stale`), or offers it anew after a restart.
    pub fn superseded_by(&self, new: &Scheme) -> bool {
        match (self, new) {
            (Scheme::Digest(old), Scheme::Digest(new)) => old.superseded_by(new),
            (Scheme::Basic, Scheme::Basic) => false,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> Headers {
        values.iter().map(|value| ("WWW-Authenticate", *value)).collect()
    }

    #[test]
    fn digest_is_preferred_to_basic() {
        let both =
            headers(&["basic realm=\"x\"", "digest nonce=\"1\", realm=\"Test Realm\", algorithm=\"md5\""]);
        assert_eq!(Scheme::choose(&both).unwrap().name(), "digest");
        assert_eq!(Scheme::choose(&headers(&["Basic realm=\"x\""])).unwrap().name(), "basic");
    }

    #[test]
    fn what_cannot_be_answered_is_named() {
        assert_eq!(Scheme::choose(&Headers::default()).err(), Some(Unanswerable::NoChallenge));
        let odd = Scheme::choose(&headers(&["Negotiate", "Digest realm=x, nonce=y, algorithm=SHA-512-256"]));
        let text = odd.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(text.contains("negotiate") && text.contains("SHA-512-256"), "{text}");
    }

    #[test]
    fn basic_is_base64() {
        let who = Credentials { name: "Aladdin", password: "open sesame" };
        assert_eq!(Scheme::Basic.authorize(who, "GET", "/", 0), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
