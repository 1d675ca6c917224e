//! From a target to an open stream, with the times it took.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::BytesMut;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig};
use tracing::debug;

use super::budget::Budget;
use super::lacking::{is_without_port, lacking};
use super::names::Names;
use super::pipe::{Pipe, pipe};
use super::slots::{Slot, Slots};
use super::sources::{Source, Sources};
use super::stream::{Carrier, Stream};
use super::target::Target;
use super::tls::{Alpn, Trust, client_config};
use crate::event::{ErrorKind, WireTimes};

/// How many local addresses are tried for one that has a port to give.
const SOURCES_TRIED: usize = 32;

/// How many bytes are read from a socket at once.
const SCRATCH: usize = 64 * 1024;

/// Opens streams for a whole process.
pub struct Connector {
    timeout: Duration,
    tls: RefCell<BTreeMap<(bool, Alpn), Arc<ClientConfig>>>,
    names: Names,
    sources: Sources,
    slots: Slots,
    pipes: Option<Rc<Accept>>,
    labels: bool,
    budget: Rc<Budget>,
    scratch: RefCell<Vec<u8>>,
}

/// Takes the other end of a pipe to a server.
pub type Accept = dyn Fn(&Target, Pipe);

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
        Connector {
            timeout,
            tls: RefCell::default(),
            names: Names::default(),
            sources: Sources::default(),
            slots: Slots::default(),
            pipes: None,
            labels: false,
            budget: Rc::default(),
            scratch: RefCell::default(),
        }
    }

    /// Has connections come from these local addresses, one after the other; an empty list changes nothing.
    pub fn from_addresses(self, addresses: Vec<IpAddr>) -> Connector {
        if addresses.is_empty() {
            return self;
        }
        Connector { sources: Sources::listed(addresses), ..self }
    }

    /// Where connections to a loopback address come from other addresses of 127.0.0.0/8, they come from 127.0.BLOCK.*:
    /// processes on one machine have one block each.
    pub fn of_block(self, block: u8) -> Connector {
        Connector { sources: Sources::system(block), ..self }
    }

    /// Gives at most so many slots at once.
    pub fn limited_to(self, connections: usize) -> Connector {
        Connector { slots: Slots::limited(connections), ..self }
    }

    /// How many slots it gives at once; None: as many as anybody wants.
    pub fn limit(&self) -> Option<usize> {
        self.slots.most()
    }

    /// How many connections were closed, idle as they were, because somebody else needed one.
    pub fn gave_way(&self) -> u64 {
        self.slots.gave_way()
    }

    /// Has requests tell the server what they are counted under: for an embedded server with a service model.
    pub fn telling_labels(self, labels: bool) -> Connector {
        Connector { labels, ..self }
    }

    /// Whether requests tell the server what they are counted under.
    pub fn tells_labels(&self) -> bool {
        self.labels
    }

    /// Lets all answers have so many bytes together.
    #[cfg(test)]
    pub fn holding(self, bytes: usize) -> Connector {
        Connector { budget: Rc::new(Budget::of(bytes)), ..self }
    }

    /// What all answers share while they are read.
    pub fn budget(&self) -> &Rc<Budget> {
        &self.budget
    }

    /// Reads what is there of a stream, as [`Stream::poll_append`]. All streams of a process read into one place.
    pub fn poll_append(
        &self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
        into: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        let mut scratch = self.scratch.borrow_mut();
        if scratch.is_empty() {
            scratch.resize(SCRATCH, 0);
        }
        stream.poll_append(cx, into, &mut scratch)
    }

    /// Waits until a client may have a connection open: whoever waits here is late, and not the server slow
    /// (design, decision 5). None: there is no limit.
    pub async fn slot(&self) -> Option<Slot> {
        self.slots.take().await
    }

    /// A connector whose every stream is a pipe in memory; `accept` gets the other end.
    pub fn pipes(accept: Rc<dyn Fn(Pipe)>) -> Connector {
        Connector::pipes_to(Rc::new(move |_, pipe| accept(pipe)))
    }

    /// The same for several servers: `accept` is told which one the stream is to.
    pub fn pipes_to(accept: Rc<Accept>) -> Connector {
        Connector { pipes: Some(accept), ..Connector::network(Duration::from_secs(30)) }
    }

    /// Opens a stream to `target`, which keeps the `slot` as long as it is open.
    pub async fn open(
        &self,
        target: &Target,
        trust: Trust,
        slot: Option<Slot>,
    ) -> Result<Opened, ConnectError> {
        self.open_speaking(target, trust, Alpn::Unsaid, slot).await
    }

    /// The same, where the server is told which protocol follows, and must agree to it.
    pub async fn open_speaking(
        &self,
        target: &Target,
        trust: Trust,
        alpn: Alpn,
        slot: Option<Slot>,
    ) -> Result<Opened, ConnectError> {
        if let Some(accept) = &self.pipes {
            let (ours, theirs) = pipe();
            accept(target, theirs);
            let zero = Some(Duration::ZERO);
            let times = WireTimes { name: zero, connect: zero, ..WireTimes::default() };
            return Ok(Opened { stream: Stream::new(Carrier::Pipe(ours), slot, None), times });
        }
        let begun = Instant::now();
        let addresses = self.names.resolve(target, self.timeout).await?;
        let named = Instant::now();
        let (tcp, source) = self.connect(target, &addresses).await?;
        let connected = Instant::now();
        let mut times =
            WireTimes { name: Some(named - begun), connect: Some(connected - named), ..WireTimes::default() };
        let carrier = if target.tls {
            let stream = self.handshake(target, (trust, alpn), tcp).await?;
            times.tls = Some(connected.elapsed());
            Carrier::Tls(Box::new(stream))
        } else {
            Carrier::Tcp(tcp)
        };
        debug!(target: "connection", "a connection to {} is open", target.address());
        Ok(Opened { stream: Stream::new(carrier, slot, Some(source)), times })
    }

    /// Encrypts a stream that is open in plain text; the peer expects that. A pipe stays as it is.
    pub async fn upgrade(
        &self,
        stream: Stream,
        target: &Target,
        trust: Trust,
    ) -> Result<Stream, ConnectError> {
        match stream.into_plain() {
            Ok((tcp, kept)) => {
                let tls = self.handshake(target, (trust, Alpn::Unsaid), tcp).await?;
                Ok(kept.with(Carrier::Tls(Box::new(tls))))
            }
            Err(stream) => Ok(stream),
        }
    }

    async fn connect(
        &self,
        target: &Target,
        addresses: &[IpAddr],
    ) -> Result<(TcpStream, Source), ConnectError> {
        let mut last = ConnectError {
            kind: ErrorKind::Connect,
            detail: format!("no connection to {}", target.address()),
        };
        for address in addresses {
            let address = SocketAddr::new(*address, target.port);
            last = match timeout(self.timeout, self.connect_to(address)).await {
                Ok(Ok((tcp, source))) => {
                    // A refusal of this option costs latency only, which the measurement then shows.
                    let _ = tcp.set_nodelay(true);
                    return Ok((tcp, source));
                }
                Ok(Err(why)) => {
                    let (kind, why) = lacking(&why).unwrap_or((ErrorKind::Connect, why.to_string()));
                    let detail = format!("no connection to {} ({address}): {why}", target.host);
                    ConnectError { kind, detail }
                }
                Err(_) => {
                    let detail =
                        format!("no connection to {} ({address}) within {:?}", target.host, self.timeout);
                    ConnectError { kind: ErrorKind::ConnectTimeout, detail }
                }
            };
        }
        Err(last)
    }

    /// A connection from the first local address that has a port for it.
    async fn connect_to(&self, address: SocketAddr) -> io::Result<(TcpStream, Source)> {
        for left in (0..SOURCES_TRIED).rev() {
            let Some(source) = self.sources.next(address.ip()) else { break };
            match source.connect(address).await {
                // An address that is not this machine's is an error with a text of our own: it is not passed over.
                Err(why)
                    if left > 0
                        && why.raw_os_error().is_some()
                        && is_without_port(&why)
                        && source.exhausted() => {}
                outcome => return Ok((outcome?, source)),
            }
        }
        let text = "no local address of `addresses` is of the same family";
        Err(io::Error::new(io::ErrorKind::AddrNotAvailable, text))
    }

    async fn handshake(
        &self,
        target: &Target,
        (trust, alpn): (Trust, Alpn),
        tcp: TcpStream,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, ConnectError> {
        let error = |detail| ConnectError { kind: ErrorKind::Tls, detail };
        let config = self
            .tls
            .borrow_mut()
            .entry((trust == Trust::Anything, alpn))
            .or_insert_with(|| client_config(trust, alpn))
            .clone();
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| error(format!("{} cannot be the name in a certificate", target.host)))?;
        match timeout(self.timeout, TlsConnector::from(config).connect(name, tcp)).await {
            Ok(Ok(stream)) => match stream.get_ref().1.alpn_protocol() {
                agreed if alpn == Alpn::Unsaid || agreed == Some(b"h2") => Ok(stream),
                _ => Err(error(format!("{} does not speak HTTP/2", target.address()))),
            },
            Ok(Err(why)) => {
                Err(error(format!("TLS with {} failed: {why}{}", target.address(), way_out(&why))))
            }
            Err(_) => Err(error(format!("no TLS with {} within {:?}", target.address(), self.timeout))),
        }
    }
}

/// Whether a server was refused because it shows what only signs others. The error is that of a crate within rustls.
fn is_of_an_authority(other: &rustls::OtherError) -> bool {
    other.to_string().contains("CaUsedAsEndEntity") || format!("{other:?}").contains("CaUsedAsEndEntity")
}

/// What may be done about a failed handshake, if that is known.
fn way_out(why: &io::Error) -> &'static str {
    match why.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)))
            if is_of_an_authority(other) =>
        {
            " (it is the certificate of an authority, CA:TRUE, as `openssl req -x509` makes them: have the server show one \
             with `-addext basicConstraints=critical,CA:FALSE`; or it is accepted when `verify` is false for this server, or \
             with --insecure)"
        }
        Some(rustls::Error::InvalidCertificate(_)) => {
            " (a certificate of one's own is accepted when `verify` is false for this server, or with --insecure)"
        }
        Some(rustls::Error::InvalidMessage(_)) => " (does the server speak TLS on this port?)",
        _ => "",
    }
}
