//! Answers a Digest challenge (RFC 7616; without qop RFC 2069).

use md5::Md5;
use sha2::Sha256;
use sha2::digest::Digest as Hasher;

use super::Credentials;
use super::challenge::Challenge;

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
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    fn hex(self, text: &str) -> String {
        match self {
            Hash::Md5 => hex(&Md5::digest(text)),
            Hash::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

    /// The Authorization header; `uri` is the request target as it is sent.
    pub fn authorize(&mut self, who: Credentials<'_>, method: &str, uri: &str, cnonce: &str) -> String {
        self.count += 1;
        let nc = format!("{:08x}", self.count);
        let Digest { realm, nonce, hash, .. } = self;
        let mut a1 = hash.hex(&format!("{}:{realm}:{}", who.name, who.password));
        if self.session {
            a1 = hash.hex(&format!("{a1}:{nonce}:{cnonce}"));
        }
        let a2 = hash.hex(&format!("{method}:{uri}"));
        let response = if self.qop_auth {
            hash.hex(&format!("{a1}:{nonce}:{nc}:{cnonce}:auth:{a2}"))
        } else {
            hash.hex(&format!("{a1}:{nonce}:{a2}"))
        };
        let mut header = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\"",
            quote(who.name),
            quote(realm),
            quote(nonce),
            quote(uri)
        );
        if let Some(algorithm) = &self.algorithm {
            header += &format!(", algorithm={algorithm}");
        }
        if let Some(opaque) = &self.opaque {
            header += &format!(", opaque={}", quote(opaque));
        }
        if self.qop_auth {
            header += &format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\"");
        } else if self.session {
            header += &format!(", cnonce=\"{cnonce}\"");
        }
        header
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
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
        let a1 = Hash::Md5.hex(&format!("{}:n:c", Hash::Md5.hex("u:r:p")));
        let expected = Hash::Md5.hex(&format!("{a1}:n:00000001:c:auth:{}", Hash::Md5.hex("GET:/")));
        assert!(header.contains(&expected));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for text in ["Digest realm=r, nonce=n, qop=\"auth-int\"", "Digest realm=r", "Basic realm=r"] {
            assert!(Digest::new(&Challenge::parse_all(text)[0]).is_none(), "{text}");
        }
    }
}
