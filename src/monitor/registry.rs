//! What a monitor is, and which there are.
use super::server_stats;
use crate::clock::Clock;
use crate::config::{Entry, Param, Table};
use crate::event::ServerFigures;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// Reads the figures of one server.
pub trait Monitor {
    /// Asks once, now; `clock` says when that is. Connection and answer together take no longer than `patience`,
    /// whatever the server does.
    ///
    /// # Errors
    /// One line that says why there are no figures; it becomes a line of the report.
    fn ask(&self, clock: Clock, patience: Duration) -> Asked<'_>;
}

/// An answer that is on its way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<ServerFigures, MonitorError>> + 'a>>;

/// Makes a monitor from the parameters in the configuration; the caller finishes the table. `host` is the server's, for a monitor that is
/// not told another one. What is wrong is reported to the table's diagnostics; then there is none.
pub type Build = fn(params: &Table, host: &str) -> Option<Rc<dyn Monitor>>;

/// Every monitor.
pub static ALL: &[Entry<Build>] = &[Entry {
    name: "ServerStats",
    aliases: &["serverStats"],
    help: "Requests a second, response time, requests in progress and CPU use, from CalendarServer's statistics socket.",
    params: &[
        Param { name: "enabled", default: "true", help: "whether it is asked at all; also `Enabled`" },
        Param { name: "Port", default: "8100", help: "its TCP port on the server's host; also `port`" },
        Param { name: "Path", default: "none", help: "its unix socket, in place of the port; also `path`" },
    ],
    build: server_stats::build,
}];

/// Why there are no figures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// No connection.
    #[error("the statistics socket {address} cannot be reached: {reason}")]
    Connect {
        /// Where it should be.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// The connection broke.
    #[error("the statistics socket {address} broke off: {reason}")]
    Broken {
        /// Where it is.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// No answer in time, or no end of it.
    #[error("the statistics socket {address} has not answered within {} s", .limit.as_secs_f64())]
    Timeout {
        /// Where it is.
        address: String,
        /// How long it had.
        limit: Duration,
    },
    /// An answer without end.
    #[error("the statistics socket {address} sends more than {limit} bytes")]
    TooLong {
        /// Where it is.
        address: String,
        /// The most that is read.
        limit: usize,
    },
    /// No JSON of one of the two shapes.
    #[error("the statistics socket {address} answers nonsense: {reason}")]
    Nonsense {
        /// Where it is.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
}
