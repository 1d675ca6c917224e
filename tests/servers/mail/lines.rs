//! A connection on which lines are spoken, plain or with TLS, for the harness's own clients of mail.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long one read may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a connection is secured. The path is that of the certificate to trust.
#[derive(Debug, Clone, Copy)]
pub enum Tls<'a> {
    /// Not at all.
    Off,
    /// After a command of the protocol.
    Start(&'a Path),
    /// From the first byte.
    Implicit(&'a Path),
}

/// What carries the lines.
trait Carrier: Read + Write {}

impl<T: Read + Write> Carrier for T {}

pub struct Lines {
    stream: BufReader<Box<dyn Carrier>>,
    /// Another handle on the same connection: TLS begins on it.
    socket: TcpStream,
}

impl Lines {
    /// Connects; with `Tls::Implicit` secured from the beginning.
    pub fn connect(address: &str, tls: Tls) -> io::Result<Lines> {
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let mut lines = Lines { stream: BufReader::new(Box::new(socket.try_clone()?)), socket };
        if let Tls::Implicit(certificate) = tls {
            lines.secure(certificate)?;
        }
        Ok(lines)
    }

    /// Goes on with TLS, with a server that `certificate` is of.
    pub fn secure(&mut self, certificate: &Path) -> io::Result<()> {
        let session = session(certificate).map_err(io::Error::other)?;
        self.stream = BufReader::new(Box::new(StreamOwned::new(session, self.socket.try_clone()?)));
        Ok(())
    }

    /// Sends a line; its end is added.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        self.write(format!("{line}\r\n").as_bytes())
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()
    }

    /// The next line with its end; it may hold any bytes.
    pub fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    /// The next line without its end.
    pub fn line(&mut self) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes()?).trim_end().to_owned())
    }

    /// The next `length` bytes.
    pub fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

fn session(certificate: &Path) -> Result<ClientConnection, Box<dyn std::error::Error + Send + Sync>> {
    let mut trusted = RootCertStore::empty();
    trusted.add(CertificateDer::from_pem_file(certificate)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?)
}
