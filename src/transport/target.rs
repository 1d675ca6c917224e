//! Where a server is.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// A server's address as its URL gives it, without a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// Whether the connection is encrypted from the start.
    pub tls: bool,
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    pub port: u16,
}

/// Why a text is not the URL of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    #[error("`{0}` is not a URL of the form scheme://host:port")]
    Form(String),
    #[error("the URL of a server has no name and password; they come from the accounts")]
    Credentials,
    #[error("the scheme `{0}` is none of this service")]
    Scheme(String),
    #[error("`{0}` is not a port")]
    Port(String),
    #[error("`{0}` is not an IPv4 address, which has four numbers from 0 to 255")]
    V4(String),
    #[error("`{0}` is not an IPv6 address, which stands in brackets, as [::1]")]
    V6(String),
}

impl Target {
    /// Reads `http://host[:port]` or `https://host[:port]`; gives the target and the path that followed ("" if none).
    pub fn parse(url: &str) -> Result<(Target, String), BadTarget> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").ok_or_else(|| BadTarget::Form(url.to_owned()))?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(BadTarget::Scheme(scheme.to_owned())),
        };
        let (authority, path) = match rest.find(['/', '?', '#']) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        let (host, port) = self::authority(url, authority, if tls { 443 } else { 80 })?;
        Ok((Target { tls, host, port }, path.to_owned()))
    }

    /// `host:port`, always with the port.
    pub fn address(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    /// `host:port` as a Host header has it: the port only when it is not the scheme's own.
    pub fn authority(&self) -> String {
        let host = self.bracketed();
        if self.port == if self.tls { 443 } else { 80 } { host } else { format!("{host}:{}", self.port) }
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

/// Host and port of the part of `url` between the scheme and the path.
pub fn authority(url: &str, authority: &str, usual: u16) -> Result<(String, u16), BadTarget> {
    if authority.contains('@') {
        return Err(BadTarget::Credentials);
    }
    let (host, port) = split_port(authority)?;
    if host.is_empty() || authority.contains(char::is_whitespace) {
        return Err(BadTarget::Form(url.to_owned()));
    }
    let port = match port {
        None | Some("") => usual,
        Some(text) => {
            text.parse().ok().filter(|port| *port != 0).ok_or_else(|| BadTarget::Port(text.to_owned()))?
        }
    };
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) && host.parse::<Ipv4Addr>().is_err()
    {
        // No name ends in a number (https://url.spec.whatwg.org/#ends-in-a-number-checker).
        return Err(BadTarget::V4(host.to_owned()));
    }
    Ok((host.to_owned(), port))
}

/// Splits `host:port`, minding `[::1]:port`.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), BadTarget> {
    let v6 = || BadTarget::V6(authority.to_owned());
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or_else(v6)?;
        // An address may say its zone, as fe80::1%eth0.
        let address = host.split('%').next().unwrap_or_default();
        let port = if after.is_empty() { None } else { Some(after.strip_prefix(':').ok_or_else(v6)?) };
        return address.parse::<Ipv6Addr>().map(|_| (host, port)).map_err(|_| v6());
    }
    match authority.rsplit_once(':') {
        Some((host, _)) if host.contains(':') => Err(v6()),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_targets() {
        let (target, path) = Target::parse("https://127.0.0.1:8443").unwrap();
        assert_eq!(
            (target.tls, target.host.as_str(), target.port, path.as_str()),
            (true, "127.0.0.1", 8443, "")
        );
        let (target, path) = Target::parse("http://[::1]:80/dav?x").unwrap();
        assert_eq!((target.host.as_str(), path.as_str()), ("::1", "/dav?x"));
        assert_eq!(target.to_string(), "http://[::1]");
        assert_eq!(Target::parse("https://h").unwrap().0.port, 443);
        assert_eq!(Target::parse("https://host7.x2:8443").unwrap().0.host, "host7.x2");
        assert_eq!(Target::parse("http://[fe80::1%eth0]").unwrap().0.host, "fe80::1%eth0");
    }

    #[test]
    fn bad_urls_say_why() {
        for (url, why) in [
            ("localhost", "not a URL"),
            ("ftp://x", "scheme"),
            ("http://", "not a URL"),
            ("http://h:99999", "not a port"),
            ("http://h:0", "not a port"),
            ("http://u:secret@h", "no name and password"),
            ("http://[::1", "in brackets"),
            ("http://[::1]8080", "in brackets"),
            ("http://[::g]:80", "in brackets"),
            ("http://::1:80", "in brackets"),
            ("http://127.0.0.300", "numbers from 0 to 255"),
            ("http://127.0.0.1.:80", "numbers from 0 to 255"),
        ] {
            let error = Target::parse(url).unwrap_err().to_string();
            assert!(error.contains(why), "{url}: {error}");
        }
    }
}
