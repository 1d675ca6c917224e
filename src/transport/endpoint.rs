//! Where a service is that is not HTTP: a URL such as `imaps://mail.example:993`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::target::{BadTarget, Target, authority};

/// The address of a service, and whether TLS begins within the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// As it is shown: `imap`, `imaps`, `imap+starttls`.
    pub scheme: String,
    /// Encrypted from the start with `imaps` and the like.
    pub target: Target,
    /// The connection begins in plain text and is encrypted by a command of the protocol (RFC 3207, 2595, 9051).
    pub starttls: bool,
}

/// The schemes of a protocol with their usual ports: plain, encrypted from the start, encrypted by STARTTLS.
#[derive(Clone, Copy, Debug)]
pub struct Schemes {
    /// `imap`: the others are `imaps` and `imap+starttls`.
    pub plain: &'static str,
    pub ports: [u16; 3],
}

impl Schemes {
    /// Reads a URL of one of these schemes.
    ///
    /// # Errors
    /// Another scheme, a path, credentials, no host, or a port that is none.
    pub fn parse(&self, url: &str) -> Result<Endpoint, BadTarget> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").ok_or_else(|| BadTarget::Form(url.to_owned()))?;
        let scheme = scheme.to_ascii_lowercase();
        let (tls, starttls, port) = match scheme.strip_prefix(self.plain) {
            Some("") => (false, false, self.ports[0]),
            Some("s") => (true, false, self.ports[1]),
            Some("+starttls") => (false, true, self.ports[2]),
            _ => return Err(BadTarget::Scheme(scheme)),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(BadTarget::Form(url.to_owned()));
        }
        let (host, port) = authority(url, rest, port)?;
        Ok(Endpoint { scheme, target: Target { tls, host, port }, starttls })
    }

    /// The three forms, for messages.
    pub fn forms(&self) -> String {
        let plain = self.plain;
        format!("{plain}://host:port, {plain}s://host:port or {plain}+starttls://host:port")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.target.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAP: Schemes = Schemes { plain: "imap", ports: [143, 993, 143] };

    #[test]
    fn the_scheme_says_how_it_is_encrypted() {
        let parsed = |url| IMAP.parse(url).map(|one| (one.target.tls, one.starttls, one.target.port));
        assert_eq!(parsed("imap://mail.example").unwrap(), (false, false, 143));
        assert_eq!(parsed("IMAPS://mail.example/").unwrap(), (true, false, 993));
        assert_eq!(parsed("imap+starttls://[::1]:1143").unwrap(), (false, true, 1143));
        assert_eq!(IMAP.parse("imaps://[::1]:9").unwrap().to_string(), "imaps://[::1]:9");
    }

    #[test]
    fn other_urls_say_why() {
        for (url, why) in [
            ("mail.example", "not a URL"),
            ("imap://", "not a URL"),
            ("imap://mail.example/INBOX", "not a URL"),
            ("smtp://mail.example", "scheme"),
            ("imapx://mail.example", "scheme"),
            ("imap://mail.example:0", "not a port"),
            ("imap://user:secret@mail.example", "no name and password"),
        ] {
            let error = IMAP.parse(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
    }
}
