//! What a monitor is, and which there are.
use super::{agent, command, node_exporter, server_stats, snmp};
use crate::clock::Clock;
use crate::config::{Entry, Param, Table};
use crate::event::{ServerFigures, Unit};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Reads the figures of one server.
pub trait Monitor {
    /// Asks once, now; `clock` says when that is. Connection and answer together take no longer than `patience`,
    /// whatever the server does.
    ///
    /// # Errors
    /// One line that says why there are no figures; it becomes a line of the report.
    fn ask(&self, clock: Clock, patience: Duration) -> Asked<'_>;

    /// Whether it is asked at the start of the run too, and when its phases change: so that what it reads lies in one phase,
    /// and rates have something to begin with.
    fn by_phase(&self) -> bool {
        true
    }
}

/// An answer that is on its way.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<Answer, MonitorError>> + 'a>>;

/// What a monitor has read.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The five figures of the statistics socket, of which the server has made means itself.
    Load(ServerFigures),
    /// Whatever else, as it stands; [`Rates`](super::rates::Rates) makes figures of it.
    Values(Vec<Value>),
    /// The same, but something is lacking that was asked for.
    Partly(Vec<Value>, MonitorError),
}

/// One value of a server as it is counted there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The name of the figure.
    pub name: Rc<str>,
    /// The unit of the figure.
    #[serde(default)]
    pub unit: Unit,
    #[serde(flatten)]
    pub count: Count,
}

/// How a value is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// It is the figure.
    Now(f64),
    /// It only grows: the figure is by how much in a second.
    Total(f64),
    /// Both only grow: the figure is how many percent the first is of the second, as busy time of all time.
    Share { part: f64, whole: f64 },
}

impl Value {
    /// A value that is the figure.
    pub fn now(name: &str, unit: Unit, value: f64) -> Value {
        Value { name: name.into(), unit, count: Count::Now(value) }
    }

    /// A total, of which the figure is the growth: `unit` is that of the growth.
    pub fn total(name: &str, unit: Unit, value: f64) -> Value {
        Value { name: name.into(), unit, count: Count::Total(value) }
    }

    /// Percent of a whole that grows too.
    pub fn share(name: &str, part: f64, whole: f64) -> Value {
        Value { name: name.into(), unit: Unit::Percent, count: Count::Share { part, whole } }
    }
}

/// Makes a monitor from the parameters in the configuration; the caller finishes the table. `host` is the server's, for a monitor that is
/// not told another one. What is wrong is reported to the table's diagnostics; then there is none.
pub type Build = fn(params: &Table, host: &str) -> Option<Rc<dyn Monitor>>;

/// Every monitor.
pub static ALL: &[Entry<Build>] = &[
    Entry {
        name: "ServerStats",
        aliases: &["serverStats"],
        help: "Requests a second, response time, requests in progress and CPU use, from CalendarServer's statistics socket.",
        params: &[
            Param { name: "enabled", default: "true", help: "whether it is asked at all; also `Enabled`" },
            Param { name: "Port", default: "8100", help: "its TCP port on the server's host; also `port`" },
            Param {
                name: "Path",
                default: "none",
                help: "its unix socket, in place of the port; also `path`",
            },
        ],
        build: server_stats::build,
    },
    Entry {
        name: "Command",
        aliases: &["command"],
        help: "Figures that a command prints, each time it is run, as a line of JSON: {\"name\": number, ...}.",
        params: command::PARAMS,
        build: command::build,
    },
    Entry {
        name: "NodeExporter",
        aliases: &["nodeExporter", "prometheus"],
        help: "CPU, memory, load and network that a server's node exporter tells Prometheus, and any other metrics there.",
        params: node_exporter::PARAMS,
        build: node_exporter::build,
    },
    Entry {
        name: "Snmp",
        aliases: &["snmp", "SNMP"],
        help: "CPU, memory, load and network by SNMP (v1, v2c), and any other OIDs.",
        params: snmp::PARAMS,
        build: snmp::build,
    },
    Entry {
        name: "Agent",
        aliases: &["agent"],
        help: "CPU, memory, load and network, processes by name and numbers in files, read by `populace agent` on the server.",
        params: agent::PARAMS,
        build: agent::build,
    },
];

/// Why there are no figures. `who` was asked, as `the statistics socket 127.0.0.1:8100`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MonitorError {
    /// No connection, or no process.
    #[error("{who} cannot be reached: {reason}")]
    Connect {
        /// Who was asked.
        who: String,
        /// What the system says.
        reason: String,
    },
    /// The connection broke, or the process ended.
    #[error("{who} broke off: {reason}")]
    Broken {
        /// Who was asked.
        who: String,
        /// What the system says.
        reason: String,
    },
    /// No answer in time, or no end of it.
    #[error("{who} has not answered within {} s", .limit.as_secs_f64())]
    Timeout {
        /// Who was asked.
        who: String,
        /// How long it had.
        limit: Duration,
    },
    /// An answer without end.
    #[error("{who} sends more than {limit} bytes")]
    TooLong {
        /// Who was asked.
        who: String,
        /// The most that is read.
        limit: usize,
    },
    /// Not what such a source says.
    #[error("{who} answers nonsense: {reason}")]
    Nonsense {
        /// Who was asked.
        who: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It says no by itself.
    #[error("{who} refuses: {reason}")]
    Refused {
        /// Who was asked.
        who: String,
        /// What it says.
        reason: String,
    },
}
