//! From a target to an open stream, with the times it took.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig};

use super::names::Names;
use super::stream::{Carrier, Stream};
use super::target::Target;
use super::tls::{Trust, client_config};
use crate::event::{ErrorKind, WireTimes};

/// Opens streams for a whole process.
pub struct Connector {
    timeout: Duration,
    tls: RefCell<BTreeMap<bool, Arc<ClientConfig>>>,
    names: Names,
    pipes: Option<Rc<Accept>>,
}

/// Takes the other end of a pipe to a server.
pub type Accept = dyn Fn(&Target, DuplexStream);

/// A stream that is open, and how long the parts of opening it took.
pub struct Opened {
    pub stream: Stream,
    pub times: WireTimes,
}

/// Why there is no stream.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct ConnectError {
    pub kind: ErrorKind,
    pub detail: String,
}

impl Connector {
    /// A connector to the network. `timeout` bounds each of name, connect and TLS.
    pub fn network(timeout: Duration) -> Connector {
        Connector { timeout, tls: RefCell::default(), names: Names::default(), pipes: None }
    }

    /// A connector whose every stream is a pipe in memory; `accept` gets the other end.
    pub fn pipes(accept: Rc<dyn Fn(DuplexStream)>) -> Connector {
        Connector::pipes_to(Rc::new(move |_, pipe| accept(pipe)))
    }

    /// The same for several servers: `accept` is told which one the stream is to.
    pub fn pipes_to(accept: Rc<Accept>) -> Connector {
        Connector { pipes: Some(accept), ..Connector::network(Duration::from_secs(30)) }
    }

    /// Opens a stream to `target`.
    pub async fn open(&self, target: &Target, trust: Trust) -> Result<Opened, ConnectError> {
        if let Some(accept) = &self.pipes {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            accept(target, theirs);
            let zero = Some(Duration::ZERO);
            let times = WireTimes { name: zero, connect: zero, ..WireTimes::default() };
            return Ok(Opened { stream: Stream::new(Carrier::Pipe(ours)), times });
        }
        let begun = Instant::now();
        let addresses = self.names.resolve(target, self.timeout).await?;
        let named = Instant::now();
        let tcp = self.connect(target, &addresses).await?;
        let connected = Instant::now();
        let mut times =
            WireTimes { name: Some(named - begun), connect: Some(connected - named), ..WireTimes::default() };
        let carrier = if target.tls {
            let stream = self.handshake(target, trust, tcp).await?;
            times.tls = Some(connected.elapsed());
            Carrier::Tls(Box::new(stream))
        } else {
            Carrier::Tcp(tcp)
        };
        Ok(Opened { stream: Stream::new(carrier), times })
    }

    async fn connect(&self, target: &Target, addresses: &[IpAddr]) -> Result<TcpStream, ConnectError> {
        let mut last =
            ConnectError { kind: ErrorKind::Connect, detail: format!("no connection to {target}") };
        for address in addresses {
            let address = SocketAddr::new(*address, target.port);
            last = match timeout(self.timeout, TcpStream::connect(address)).await {
                Ok(Ok(tcp)) => {
                    // A refusal of this option costs latency only, which the measurement then shows.
                    let _ = tcp.set_nodelay(true);
                    return Ok(tcp);
                }
                Ok(Err(why)) => {
                    let detail = format!("no connection to {target} ({address}): {why}");
                    ConnectError { kind: ErrorKind::Connect, detail }
                }
                Err(_) => {
                    let detail = format!("no connection to {target} ({address}) within {:?}", self.timeout);
                    ConnectError { kind: ErrorKind::ConnectTimeout, detail }
                }
            };
        }
        Err(last)
    }

    async fn handshake(
        &self,
        target: &Target,
        trust: Trust,
        tcp: TcpStream,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, ConnectError> {
        let error = |detail| ConnectError { kind: ErrorKind::Tls, detail };
        let config = self
            .tls
            .borrow_mut()
            .entry(trust == Trust::Anything)
            .or_insert_with(|| client_config(trust))
            .clone();
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| error(format!("{} cannot be the name in a certificate", target.host)))?;
        match timeout(self.timeout, TlsConnector::from(config).connect(name, tcp)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(why)) => Err(error(format!("TLS with {target} failed: {why}{}", way_out(&why)))),
            Err(_) => Err(error(format!("no TLS with {target} within {:?}", self.timeout))),
        }
    }
}

/// What may be done about a failed handshake, if that is known.
fn way_out(why: &std::io::Error) -> &'static str {
    match why.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(_)) => {
            " (a certificate of one's own is accepted when `verify` is false for this server, or with --insecure)"
        }
        Some(rustls::Error::InvalidMessage(_)) => " (does the server speak TLS on this port?)",
        _ => "",
    }
}
