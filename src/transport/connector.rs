//! From a target to an open stream, with the times it took.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::stream::{Carrier, Stream};
use super::target::Target;
use super::tls::{Trust, client_config};
use crate::event::{ErrorKind, WireTimes};

/// How long a resolved name is used before it is asked for again.
const NAME_LIFE: Duration = Duration::from_secs(30);

/// Opens streams for a whole process. Names are asked for once in 30 s and not once a client,
/// which would measure the resolver and not the server.
pub struct Connector {
    timeout: Duration,
    tls: RefCell<BTreeMap<bool, Arc<ClientConfig>>>,
    names: RefCell<BTreeMap<String, (Instant, Vec<IpAddr>)>>,
    pipes: Option<Rc<dyn Fn(DuplexStream)>>,
}

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
        Connector { timeout, tls: RefCell::default(), names: RefCell::default(), pipes: None }
    }

    /// A connector whose every stream is a pipe in memory; `accept` gets the other end.
    pub fn pipes(accept: Rc<dyn Fn(DuplexStream)>) -> Connector {
        Connector { pipes: Some(accept), ..Connector::network(Duration::from_secs(30)) }
    }

    /// Opens a stream to `target`.
    pub async fn open(&self, target: &Target, trust: Trust) -> Result<Opened, ConnectError> {
        if let Some(accept) = &self.pipes {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            accept(theirs);
            let zero = Some(Duration::ZERO);
            let times = WireTimes { name: zero, connect: zero, ..WireTimes::default() };
            return Ok(Opened { stream: Stream::new(Carrier::Pipe(ours)), times });
        }
        let begun = Instant::now();
        let addresses = self.resolve(target).await?;
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

    async fn resolve(&self, target: &Target) -> Result<Vec<IpAddr>, ConnectError> {
        if let Ok(address) = target.host.parse() {
            return Ok(vec![address]);
        }
        if let Some((asked, addresses)) = self.names.borrow().get(&target.host)
            && asked.elapsed() < NAME_LIFE
        {
            return Ok(addresses.clone());
        }
        let error = |detail| ConnectError { kind: ErrorKind::Name, detail };
        let found = match timeout(self.timeout, lookup_host((target.host.as_str(), target.port))).await {
            Ok(Ok(found)) => found,
            Ok(Err(why)) => return Err(error(format!("the name {} cannot be resolved: {why}", target.host))),
            Err(_) => return Err(error(format!("no answer for the name {} in time", target.host))),
        };
        let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
        addresses.sort_by_key(|address| (address.is_ipv6(), *address));
        addresses.dedup();
        if addresses.is_empty() {
            return Err(error(format!("the name {} has no address", target.host)));
        }
        self.names.borrow_mut().insert(target.host.clone(), (Instant::now(), addresses.clone()));
        Ok(addresses)
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
            Ok(Err(why)) => Err(error(format!(
                "TLS with {target} failed: {why} (a certificate of one's own is accepted when `verify` is false \
                 for this server, or with --insecure)"
            ))),
            Err(_) => Err(error(format!("no TLS with {target} within {:?}", self.timeout))),
        }
    }
}
