//! Who sends a request: Basic (RFC 7617) and Digest (RFC 7616, and 2069 without `qop`).
//!
//! A nonce carries its own proof (a hash over its number and a secret), so that none is stored. Digest's
//! count of uses is not looked at: the ancestor's clients always send `nc=00000001` (spec 5.2).
use super::config::{Algorithm, Config, Scheme};
use super::reply::{self, Reply};
use super::store::{PrincipalId, Store};
use crate::dav::path;
use crate::hex::{hex, push_hex};
use ahash::RandomState;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use md5::{Digest, Md5};
use sha2::Sha256;
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// Checks credentials and makes challenges.
#[derive(Debug)]
pub struct Auth {
    realm: String,
    schemes: Vec<Scheme>,
    secret: u64,
    issued: u64,
    /// By user, what was hashed last of name, realm and password: these stay the same.
    keys: RefCell<Vec<Option<Key>>>,
}

/// The hash of name, realm and password.
#[derive(Debug, Clone)]
struct Key {
    algorithm: Algorithm,
    hash: Rc<str>,
}

/// What the Authorization header came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user.
    Known(PrincipalId),
    /// No or wrong credentials.
    Unknown,
    /// Right credentials with a nonce of another server: the client is to try again with a new one.
    Stale,
}

impl Auth {
    /// With the schemes of a configuration.
    pub fn new(config: &Config) -> Auth {
        Auth {
            realm: config.realm.clone(),
            schemes: config.schemes.clone(),
            secret: config.seed ^ 0x9e37_79b9_7f4a_7c15,
            issued: 0,
            keys: RefCell::default(),
        }
    }

    /// Looks at the Authorization header of a request.
    pub fn check(&self, store: &Store, method: &str, target: &str, headers: &HeaderMap) -> Outcome {
        let Some(header) = headers.get(AUTHORIZATION).and_then(|h| h.to_str().ok()) else {
            return Outcome::Unknown;
        };
        let Some((scheme, rest)) = header.trim().split_once(' ') else {
            return Outcome::Unknown;
        };
        if scheme.eq_ignore_ascii_case("basic") && self.schemes.contains(&Scheme::Basic) {
            self.basic(store, rest)
        } else if scheme.eq_ignore_ascii_case("digest") {
            self.digest(store, method, target, rest)
        } else {
            Outcome::Unknown
        }
    }

    /// 401 with one WWW-Authenticate header for each scheme.
    pub fn challenge(&mut self, stale: bool) -> Reply {
        let mut reply = reply::html(401);
        for scheme in self.schemes.clone() {
            let value = match scheme {
                Scheme::Basic => format!("basic realm=\"{}\"", self.realm),
                Scheme::Digest { algorithm, qop } => self.digest_challenge(algorithm, qop, stale),
            };
            reply = reply::with(reply, WWW_AUTHENTICATE, &value);
        }
        reply
    }

    fn digest_challenge(&mut self, algorithm: Algorithm, qop: bool, stale: bool) -> String {
        self.issued += 1;
        let nonce = self.nonce(self.issued);
        let mut value = format!(
            "digest nonce=\"{nonce}\", realm=\"{}\", algorithm=\"{}\", opaque=\"{:016x}\"",
            self.realm,
            algorithm.name(),
            self.secret.rotate_left(17)
        );
        if qop {
            value.push_str(", qop=\"auth\"");
        }
        if stale {
            value.push_str(", stale=\"true\"");
        }
        value
    }

    fn nonce(&self, number: u64) -> String {
        // What is asked at every request need not be safe from more than mistakes.
        let proof = RandomState::with_seeds(self.secret, 0, 0, 0).hash_one(number);
        let mut nonce = String::with_capacity(24);
        push_hex(&mut nonce, number, 8);
        push_hex(&mut nonce, proof, 16);
        nonce
    }

    fn is_ours(&self, nonce: &str) -> bool {
        let number = nonce.len().checked_sub(16).and_then(|i| nonce.get(..i));
        let number = number.and_then(|n| u64::from_str_radix(n, 16).ok());
        number.is_some_and(|n| self.nonce(n) == nonce)
    }

    fn basic(&self, store: &Store, encoded: &str) -> Outcome {
        let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|d| String::from_utf8(d).ok());
        let Some((uid, password)) = decoded.as_deref().and_then(|d| d.split_once(':')) else {
            return Outcome::Unknown;
        };
        match store.principal_by_uid(uid) {
            Some(id) if *store.principal(id).password == *password => Outcome::Known(id),
            _ => Outcome::Unknown,
        }
    }

    /// The hash of name, realm and password of a user.
    fn key(&self, store: &Store, id: PrincipalId, algorithm: Algorithm) -> Rc<str> {
        let mut keys = self.keys.borrow_mut();
        if keys.len() <= id.index() {
            keys.resize(id.index() + 1, None);
        }
        match &mut keys[id.index()] {
            Some(key) if key.algorithm == algorithm => key.hash.clone(),
            key => {
                let user = store.principal(id);
                let hash: Rc<str> = algorithm.hash(&[&user.uid, &self.realm, &user.password]).into();
                *key = Some(Key { algorithm, hash: hash.clone() });
                hash
            }
        }
    }

    fn digest(&self, store: &Store, method: &str, target: &str, fields: &str) -> Outcome {
        let fields = Fields::parse(fields);
        let algorithm = fields.get("algorithm").unwrap_or("md5");
        let offered = self.schemes.iter().find_map(|scheme| match scheme {
            Scheme::Digest { algorithm: a, .. } if a.name().eq_ignore_ascii_case(algorithm) => Some(*a),
            _ => None,
        });
        let (Some(algorithm), Some(nonce), Some(uri), Some(response), Some(uid)) =
            (offered, fields.get("nonce"), fields.get("uri"), fields.get("response"), fields.get("username"))
        else {
            return Outcome::Unknown;
        };
        let Some(id) = store.principal_by_uid(uid) else {
            return Outcome::Unknown;
        };
        if fields.get("realm") != Some(&self.realm) || !same_target(uri, target) {
            return Outcome::Unknown;
        }
        let mut ha1 = self.key(store, id, algorithm);
        let cnonce = fields.get("cnonce").unwrap_or("");
        if algorithm == Algorithm::Md5Sess {
            ha1 = algorithm.hash(&[&ha1, nonce, cnonce]).into();
        }
        let ha2 = algorithm.hash(&[method, uri]);
        let due = match fields.get("qop") {
            Some(qop) => {
                let count = fields.get("nc").unwrap_or("");
                algorithm.hash(&[&ha1, nonce, count, cnonce, qop, &ha2])
            }
            None => algorithm.hash(&[&ha1, nonce, &ha2]),
        };
        match (due.eq_ignore_ascii_case(response), self.is_ours(nonce)) {
            (true, true) => Outcome::Known(id),
            (true, false) => Outcome::Stale,
            (false, _) => Outcome::Unknown,
        }
    }
}

/// Whether the URI of a proof names what is asked for, which may be an absolute URL.
fn same_target(uri: &str, target: &str) -> bool {
    uri == target || path::canonical(uri) == path::canonical(target)
}

impl Algorithm {
    /// The name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "md5",
            Algorithm::Md5Sess => "MD5-sess",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The hash of the parts with colons between them.
    fn hash(self, parts: &[&str]) -> String {
        match self {
            Algorithm::Md5 | Algorithm::Md5Sess => hex(&joined::<Md5>(parts)),
            Algorithm::Sha256 => hex(&joined::<Sha256>(parts)),
        }
    }
}

fn joined<H: Digest>(parts: &[&str]) -> md5::digest::Output<H> {
    let mut hash = H::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update(b":");
        }
        hash.update(part.as_bytes());
    }
    hash.finalize()
}

/// The `name="value"` pairs of a header.
struct Fields<'h>(Vec<(&'h str, Cow<'h, str>)>);

impl<'h> Fields<'h> {
    fn parse(mut rest: &'h str) -> Fields<'h> {
        let mut fields = Vec::with_capacity(12);
        // Names are short: the next `=` is found sooner one by one.
        while let Some(end) = rest.bytes().position(|byte| byte == b'=') {
            let begin = rest.bytes().position(|byte| !matches!(byte, b' ' | b',' | b'\t')).unwrap_or(end);
            let name = rest[begin.min(end)..end].trim_ascii_end();
            let after = &rest[end + 1..];
            let (value, after) = match after.trim_ascii_start().strip_prefix('"') {
                Some(quoted) => quoted_string(quoted),
                None => {
                    let end = after.find(',').unwrap_or(after.len());
                    (Cow::Borrowed(after[..end].trim()), &after[end..])
                }
            };
            fields.push((name, value));
            rest = after;
        }
        Fields(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }
}

/// The value of a quoted string (RFC 9110 section 5.6.4) and what follows it.
fn quoted_string(text: &str) -> (Cow<'_, str>, &str) {
    if let Some(end) = text.bytes().position(|byte| matches!(byte, b'"' | b'\\'))
        && text.as_bytes()[end] == b'"'
    {
        return (Cow::Borrowed(&text[..end]), &text[end + 1..]);
    }
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return (value.into(), &text[i + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            _ => value.push(c),
        }
    }
    (value.into(), "")
}

#[cfg(test)]
mod tests {
    use super::super::store::User;
    use super::*;
    use crate::clock::Clock;
    use hyper::header::HeaderValue;

    fn auth(scheme: Scheme) -> (Auth, Store) {
        let users = vec![User::numbered(1)];
        let config = Config { schemes: vec![scheme, Scheme::Basic], ..Config::new(users, clock()) };
        (Auth::new(&config), Store::new(config.users.clone(), "localhost", Default::default()))
    }

    fn clock() -> Clock {
        Clock::starting_at(Default::default())
    }

    fn outcome(auth: &Auth, store: &Store, header: &str) -> Outcome {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_str(header).unwrap());
        auth.check(store, "GET", "/a/", &headers)
    }

    /// The header a client makes of a challenge, with `uri` as an absolute URL as the ancestor does.
    fn answer(challenge: &str, algorithm: Algorithm, qop: bool, password: &str) -> String {
        let fields = Fields::parse(challenge.split_once(' ').unwrap().1);
        let nonce = fields.get("nonce").unwrap();
        let mut ha1 = algorithm.hash(&["user01", "Test Realm", password]);
        if algorithm == Algorithm::Md5Sess {
            ha1 = algorithm.hash(&[&ha1, nonce, "c"]);
        }
        let ha2 = algorithm.hash(&["GET", "http://h/a/"]);
        let (middle, extra) = if qop {
            (":00000001:c:auth", ", qop=auth, nc=00000001, cnonce=\"c\"")
        } else {
            ("", ", cnonce=\"c\"")
        };
        let response = algorithm.hash(&[&format!("{ha1}:{nonce}{middle}"), &ha2]);
        format!(
            "Digest username=\"user01\", realm=\"Test Realm\", nonce=\"{nonce}\", uri=\"http://h/a/\", \
             response=\"{response}\", algorithm=\"{}\"{extra}",
            algorithm.name()
        )
    }

    #[test]
    fn digest_in_every_algorithm_with_and_without_qop() {
        for algorithm in [Algorithm::Md5, Algorithm::Md5Sess, Algorithm::Sha256] {
            for qop in [false, true] {
                let (mut auth, store) = auth(Scheme::Digest { algorithm, qop });
                let reply = auth.challenge(false);
                let challenge = reply.headers()[WWW_AUTHENTICATE].to_str().unwrap();
                assert!(challenge.starts_with("digest nonce="), "the preferred scheme comes first");
                let good = answer(challenge, algorithm, qop, "user01");
                assert!(matches!(outcome(&auth, &store, &good), Outcome::Known(_)), "{good}");
                let bad = answer(challenge, algorithm, qop, "wrong");
                assert_eq!(outcome(&auth, &store, &bad), Outcome::Unknown);
                let foreign = answer("digest nonce=\"00000001abc\"", algorithm, qop, "user01");
                assert_eq!(outcome(&auth, &store, &foreign), Outcome::Stale);
            }
        }
    }

    #[test]
    fn basic_takes_the_right_password_only() {
        let (auth, store) = auth(Scheme::Basic);
        let header = |text: &str| format!("basic {}", STANDARD.encode(text));
        assert!(matches!(outcome(&auth, &store, &header("user01:user01")), Outcome::Known(_)));
        assert_eq!(outcome(&auth, &store, &header("user01:x")), Outcome::Unknown);
        assert_eq!(outcome(&auth, &store, "Basic ***"), Outcome::Unknown);
        assert_eq!(outcome(&auth, &store, "Bearer x"), Outcome::Unknown);
        assert_eq!(outcome(&auth, &store, "Digest username=\"user01"), Outcome::Unknown);
    }
}
