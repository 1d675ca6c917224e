//! Where a live page listens, and under which names it may be asked.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use crate::scenario::{Webadmin, is_host};

/// An address and a port; the default is that of the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// A number or a name.
    pub host: String,
    /// 0: a free one.
    pub port: u16,
}

impl Default for Address {
    fn default() -> Address {
        Address::from(&Webadmin::default())
    }
}

impl From<&Webadmin> for Address {
    fn from(wanted: &Webadmin) -> Address {
        Address { host: wanted.address.clone(), port: wanted.port }
    }
}

impl Address {
    /// All that it means to this machine.
    pub fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        Ok((self.host.as_str(), self.port).to_socket_addrs()?.collect())
    }
}

/// `127.0.0.1:8080`, `[::1]:8080`, `name:8080`, or a port alone.
impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        let wrong = || "expected ADDRESS:PORT, as 127.0.0.1:8080, or a port (0: a free one)".to_owned();
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None => {
                return text.parse().map(|port| Address { port, ..Address::default() }).map_err(|_| wrong());
            }
        };
        let port = port.parse().map_err(|_| wrong())?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        // An address of the sixth version without its brackets could have its last part for a port.
        let host = match (bare, host.contains(':')) {
            (Some(bare), _) if bare.parse::<IpAddr>().is_ok() => bare,
            (None, false) if is_host(host) => host,
            _ => return Err(wrong()),
        };
        Ok(Address { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// The names under which a page may be asked for. A page of somebody else may lead a browser here by giving its own name
/// this machine's address; then the browser still says that name.
pub struct Names {
    own: String,
}

impl Names {
    pub fn of(address: &Address) -> Names {
        Names { own: address.host.to_ascii_lowercase() }
    }

    /// Whether what stands in a `Host` header is one of them: a number, `localhost`, or the name it listens under.
    /// Numbers need no name server, so nobody can lead them elsewhere.
    pub fn allow(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((inside, rest)) if rest.is_empty() || rest.starts_with(':') => inside,
            Some(_) => return false,
            None => host.split_once(':').map_or(host.as_str(), |(name, _)| name),
        };
        name.parse::<IpAddr>().is_ok() || name == "localhost" || name == self.own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (text, host, port) in [
            ("127.0.0.1:0", "127.0.0.1", 0),
            ("8080", "127.0.0.1", 8080),
            ("[::1]:80", "::1", 80),
            ("my-host:9", "my-host", 9),
        ] {
            assert_eq!(text.parse(), Ok(Address { host: host.into(), port }), "{text}");
        }
        for text in ["", "host", ":80", "::1:80", "[x]:80", "a:70000", "http://a:80", "a b:80"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert_eq!(Address::default().to_string(), "127.0.0.1:0");
        assert_eq!("[::1]:80".parse::<Address>().unwrap().to_string(), "[::1]:80");
    }

    #[test]
    fn a_strange_name_is_not_allowed() {
        let names = Names::of(&Address { host: "Load.example".into(), port: 0 });
        for host in
            ["127.0.0.1:8080", "[::1]:8080", "localhost", "LOCALHOST:1", "load.example:80", "10.0.0.7"]
        {
            assert!(names.allow(host), "{host}");
        }
        for host in
            ["", "evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example", "[::1]x", "[evil]"]
        {
            assert!(!names.allow(host), "{host}");
        }
    }
}
