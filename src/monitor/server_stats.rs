//! CalendarServer's statistics socket, asked in whichever protocol it speaks (spec 8.1).
//!
//! The server of 2013 sends at once and closes. A later one waits for a line. So the monitor listens for a
//! moment first: to send a line to the older one would make it break off its answer.
use super::figures;
use super::registry::{Answer, Asked, Monitor, MonitorError};
use crate::clock::Clock;
use crate::config::Table;
use crate::event::ServerFigures;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a server that sends at once may take to begin.
const SILENCE: Duration = Duration::from_millis(250);

/// The most that is read, in bytes. Real answers are below 10 kB.
const MAX_ANSWER: usize = 1024 * 1024;

/// What the later protocol is asked.
const COMMAND: &[u8] = b"[\"stats\"]\r\n";

/// Where a statistics socket listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatsAddress {
    /// Host and port.
    Tcp(String, u16),
    /// A socket in the file system.
    Unix(PathBuf),
}

impl fmt::Display for StatsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatsAddress::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            StatsAddress::Tcp(host, port) => write!(f, "{host}:{port}"),
            StatsAddress::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The monitor of one statistics socket.
#[derive(Clone, Debug)]
pub struct ServerStats {
    /// Where it listens.
    pub address: StatsAddress,
}

impl ServerStats {
    /// The monitor of the socket there.
    pub fn new(address: StatsAddress) -> ServerStats {
        ServerStats { address }
    }

    /// Asks over a connection that is open already, such as a pipe to a server in this process.
    ///
    /// # Errors
    /// As [`Monitor::ask`].
    pub async fn ask_over<S: AsyncRead + AsyncWrite>(
        &self,
        stream: S,
        clock: Clock,
        patience: Duration,
    ) -> Result<ServerFigures, MonitorError> {
        let answer = self.within(patience, self.exchange(stream)).await?;
        self.figures(&answer, clock)
    }

    fn who(&self) -> String {
        format!("the statistics socket {}", self.address)
    }

    fn figures(&self, answer: &[u8], clock: Clock) -> Result<ServerFigures, MonitorError> {
        let nonsense = |reason: String| MonitorError::Nonsense { who: self.who(), reason };
        figures::parse(answer, clock.utc().timestamp_millis() as f64 / 1_000.0).map_err(nonsense)
    }

    /// One line, or all that comes before the end.
    async fn exchange<S: AsyncRead + AsyncWrite>(&self, stream: S) -> Result<Vec<u8>, MonitorError> {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let mut answer = Vec::new();
        let mut chunk = vec![0; 16 * 1024];
        let broken = |error: io::Error| self.broken(error);
        let first = match timeout(SILENCE, reader.read(&mut chunk)).await {
            Ok(read) => Some(read.map_err(broken)?),
            Err(_) => None,
        };
        if first.is_none() {
            writer.write_all(COMMAND).await.map_err(broken)?;
            writer.flush().await.map_err(broken)?;
        }
        let mut next = first;
        loop {
            let count = match next.take() {
                Some(count) => count,
                None => reader.read(&mut chunk).await.map_err(broken)?,
            };
            answer.extend_from_slice(&chunk[..count]);
            if count == 0 || answer.contains(&b'\n') {
                return Ok(answer);
            }
            if answer.len() > MAX_ANSWER {
                return Err(MonitorError::TooLong { who: self.who(), limit: MAX_ANSWER });
            }
        }
    }

    async fn connect_and_exchange(&self) -> Result<Vec<u8>, MonitorError> {
        let refused = |error: io::Error| MonitorError::Connect { who: self.who(), reason: error.to_string() };
        match &self.address {
            StatsAddress::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(refused)?;
                self.exchange(stream).await
            }
            #[cfg(unix)]
            StatsAddress::Unix(path) => {
                let stream = tokio::net::UnixStream::connect(path).await.map_err(refused)?;
                self.exchange(stream).await
            }
            #[cfg(not(unix))]
            StatsAddress::Unix(_) => {
                Err(refused(io::Error::other("there are no unix sockets on this system")))
            }
        }
    }

    /// What comes of it, or that there was no time for it.
    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, MonitorError>>,
    ) -> Result<T, MonitorError> {
        let too_slow = |_| MonitorError::Timeout { who: self.who(), limit };
        timeout(limit, work).await.map_err(too_slow)?
    }

    fn broken(&self, error: io::Error) -> MonitorError {
        MonitorError::Broken { who: self.who(), reason: error.to_string() }
    }
}

impl Monitor for ServerStats {
    fn ask(&self, clock: Clock, patience: Duration) -> Asked<'_> {
        Box::pin(async move {
            // One deadline for the whole: who connects slowly has less time to answer.
            let answer = self.within(patience, self.connect_and_exchange()).await?;
            self.figures(&answer, clock).map(Answer::Load)
        })
    }

    /// Its figures are means over minutes that the server has chosen.
    fn by_phase(&self) -> bool {
        false
    }
}

/// Reads the parameters; see [`super::ALL`].
pub fn build(params: &Table, host: &str) -> Option<Rc<dyn Monitor>> {
    let enabled = params.optional_any(&["enabled", "Enabled"]).unwrap_or(true);
    let port: Option<u16> = params.optional_any(&["Port", "port"]);
    let path: Option<String> = params.optional_any(&["Path", "path"]);
    let address = match path {
        Some(path) => StatsAddress::Unix(path.into()),
        None => StatsAddress::Tcp(host.to_owned(), port.unwrap_or(8100)),
    };
    enabled.then(|| Rc::new(ServerStats::new(address)) as Rc<dyn Monitor>)
}

#[cfg(test)]
mod tests;
