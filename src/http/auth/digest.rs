//! Answers a Digest challenge (RFC 7616; without qop RFC 2069).

use md5::Md5;
use sha2::Sha256;
use sha2::digest::Digest as Hasher;

use super::Credentials;
use super::challenge::Challenge;
use crate::hex::{self, hex};

/// A challenge that can be answered, and how often its nonce was used.
pub struct Digest {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// As the server wrote it: it is sent back so.
    algorithm: Option<String>,
    hash: Hash,
    session: bool,
    qop_auth: bool,
    stale: bool,
    count: u32,
    /// The hash of name, realm and password, once it was needed.
    key: Option<Hashed>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// The hash of the parts with colons between them.
    fn of(self, parts: &[&str]) -> Hashed {
        let mut hashed = Hashed { bytes: [0; 32], length: 0 };
        match self {
            Hash::Md5 => hashed.take(digest::<Md5>(parts).as_slice()),
            Hash::Sha256 => hashed.take(digest::<Sha256>(parts).as_slice()),
        }
        hashed
    }
}

fn digest<H: Hasher>(parts: &[&str]) -> sha2::digest::Output<H> {
    let mut hasher = H::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part.as_bytes());
    }
    hasher.finalize()
}

/// The bytes of a hash.
#[derive(Clone, Copy)]
struct Hashed {
    bytes: [u8; 32],
    length: u8,
}

impl Hashed {
    fn take(&mut self, bytes: &[u8]) {
        for (to, from) in self.bytes.iter_mut().zip(bytes) {
            *to = *from;
            self.length += 1;
        }
    }

    fn hex(&self) -> String {
        hex(&self.bytes[..usize::from(self.length)])
    }
}

impl Digest {
    /// None when it is not Digest, lacks a nonce, or wants what is not known (qop=auth-int only, SHA-512-256).
    pub fn new(challenge: &Challenge) -> Option<Digest> {
        if challenge.scheme != "digest" {
            return None;
        }
        let algorithm = challenge.param("algorithm").map(str::to_owned);
        let name = algorithm.as_deref().unwrap_or("MD5").to_ascii_uppercase();
        let (hash, session) = match name.as_str() {
            "MD5" => (Hash::Md5, false),
            "MD5-SESS" => (Hash::Md5, true),
            "SHA-256" => (Hash::Sha256, false),
            "SHA-256-SESS" => (Hash::Sha256, true),
            _ => return None,
        };
        let qops = challenge.param("qop").unwrap_or("");
        let qop_auth = qops.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth"));
        if !qop_auth && !qops.trim().is_empty() {
            return None;
        }
        Some(Digest {
            realm: challenge.param("realm").unwrap_or("").to_owned(),
            nonce: challenge.param("nonce")?.to_owned(),
            opaque: challenge.param("opaque").map(str::to_owned),
            algorithm,
            hash,
            session,
            qop_auth,
            stale: challenge.param("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
            count: 0,
            key: None,
        })
    }

    /// Orders challenges: the stronger hash is preferred.
    pub fn strength(&self) -> u8 {
        self.hash as u8
    }

    /// Whether the server has only replaced its nonce.
    pub fn superseded_by(&self, new: &Digest) -> bool {
        new.stale || new.nonce != self.nonce
    }

    /// The Authorization header; `uri` is the request target as it is sent. The credentials must always be the same.
    pub fn authorize(&mut self, who: Credentials<'_>, method: &str, uri: &str, cnonce: &str) -> String {
        self.count += 1;
        let nc = hex::number(self.count.into(), 8);
        let Digest { realm, nonce, hash, .. } = &*self;
        let key = self.key.unwrap_or_else(|| hash.of(&[who.name, realm, who.password]));
        let a1 = match self.session {
            true => hash.of(&[&key.hex(), nonce, cnonce]).hex(),
            false => key.hex(),
        };
        let a2 = hash.of(&[method, uri]).hex();
        let response = match self.qop_auth {
            true => hash.of(&[&a1, nonce, &nc, cnonce, "auth", &a2]),
            false => hash.of(&[&a1, nonce, &a2]),
        };
        self.key = Some(key);
        self.header(who.name, uri, &response.hex(), &nc, cnonce)
    }

    fn header(&self, name: &str, uri: &str, response: &str, nc: &str, cnonce: &str) -> String {
        let mut header = String::with_capacity(240 + uri.len() + self.nonce.len());
        header.push_str("Digest username=");
        push_quoted(&mut header, name);
        header.push_str(", realm=");
        push_quoted(&mut header, &self.realm);
        header.push_str(", nonce=");
        push_quoted(&mut header, &self.nonce);
        header.push_str(", uri=");
        push_quoted(&mut header, uri);
        push_all(&mut header, &[", response=\"", response, "\""]);
        if let Some(algorithm) = &self.algorithm {
            push_all(&mut header, &[", algorithm=", algorithm]);
        }
        if let Some(opaque) = &self.opaque {
            header.push_str(", opaque=");
            push_quoted(&mut header, opaque);
        }
        if self.qop_auth {
            push_all(&mut header, &[", qop=auth, nc=", nc, ", cnonce=\"", cnonce, "\""]);
        } else if self.session {
            push_all(&mut header, &[", cnonce=\"", cnonce, "\""]);
        }
        header
    }
}

fn push_all(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// A quoted string (RFC 9110 section 5.6.4).
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\\' | b'"')) {
        push_all(out, &[&rest[..at], "\\", &rest[at..=at]]);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(challenge: &str, who: Credentials<'_>, method: &str, uri: &str, cnonce: &str) -> String {
        let challenge = &Challenge::parse_all(challenge)[0];
        Digest::new(challenge).unwrap().authorize(who, method, uri, cnonce)
    }

    #[test]
    fn rfc_7616_example_3_9_1() {
        let who = Credentials { name: "Mufasa", password: "Circle of Life" };
        let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
        let base = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", algorithm="#;
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let header = answer(&format!("{base}{algorithm}"), who, "GET", "/dir/index.html", cnonce);
            assert!(header.contains(&format!("response=\"{response}\"")), "{header}");
            assert!(header.contains("nc=00000001"));
        }
    }

    /// The request of the transcript against the real CalendarServer: no qop, algorithm in lower case.
    #[test]
    fn the_ancestors_server_accepts_it() {
        let who = Credentials { name: "user51", password: "user51" };
        let challenge =
            r#"digest nonce="065a2b8011ca512595691808", realm="Test Realm", algorithm="md5", opaque="x""#;
        let header = answer(challenge, who, "PROPFIND", "http://127.0.0.1:28009/principals/", "");
        assert!(header.contains("response=\"80eeac335ff1726bcb0029c4021de48e\""), "{header}");
        assert!(
            header.contains("algorithm=md5") && header.contains("opaque=\"x\"") && !header.contains("qop")
        );
    }

    #[test]
    fn md5_sess_hashes_the_nonce_into_the_key() {
        let who = Credentials { name: "u", password: "p" };
        let header =
            answer(r#"Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess"#, who, "GET", "/", "c");
        let a1 = Hash::Md5.of(&[&Hash::Md5.of(&["u", "r", "p"]).hex(), "n", "c"]).hex();
        let expected =
            Hash::Md5.of(&[&a1, "n", "00000001", "c", "auth", &Hash::Md5.of(&["GET", "/"]).hex()]).hex();
        assert!(header.contains(&expected));
    }

    #[test]
    fn quotes_are_escaped() {
        let who = Credentials { name: r#"a"b\"#, password: "p" };
        let header = answer("Digest realm=r, nonce=n", who, "GET", "/", "");
        assert!(header.contains(r#"username="a\"b\\", realm="r""#), "{header}");
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in ["Digest realm=r, nonce=n, qop=\"auth-int\"", "Digest realm=r", "Basic realm=r"] {
            assert!(Digest::new(&Challenge::parse_all(text)[0]).is_none(), "{text}");
        }
    }
}
