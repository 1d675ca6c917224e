//! What servers say of themselves.

use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What came of asking a monitor once. Its form on the wire is part of the trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Said {
    /// The five figures of CalendarServer's statistics socket, which have a place of their own in reports.
    Load(ServerFigures),
    /// Nothing, and why.
    Nothing(Rc<str>),
    /// Figures of any names.
    Figures(Figures),
}

/// The server's own view of the load, over a window of time (spec 8).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerFigures {
    pub requests_per_s: f64,
    /// Mean time to answer, milliseconds.
    pub response_ms: f64,
    /// Requests in progress whenever one was answered, itself included: the mean over the answers (not over time).
    pub slots: f64,
    pub cpu_percent: f64,
    /// How many seconds the figures cover.
    pub window_s: f64,
}

/// Figures that were read at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// When they were read before, since the start of the run: rates are those of the time from then on. The first time it
    /// is the same moment.
    pub since: Duration,
    /// Each name once, in the order of the monitor.
    pub figures: Vec<Figure>,
}

/// One figure of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// As `cpu`, or as somebody has called it.
    pub name: Rc<str>,
    pub unit: Unit,
    pub value: f64,
}

/// What a figure is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Without a unit, as a load or a count.
    #[default]
    Number,
    Percent,
    Bytes,
    BytesPerSecond,
    PerSecond,
    Seconds,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 6] =
        [Unit::Number, Unit::Percent, Unit::Bytes, Unit::BytesPerSecond, Unit::PerSecond, Unit::Seconds];

    /// The name in configurations, results and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Number => "number",
            Unit::Percent => "percent",
            Unit::Bytes => "bytes",
            Unit::BytesPerSecond => "bytes-per-second",
            Unit::PerSecond => "per-second",
            Unit::Seconds => "seconds",
        }
    }

    /// The unit of this name.
    pub fn named(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.as_str() == name)
    }

    /// The unit of how fast something grows that is measured in this one; a rate is one already.
    pub fn per_second(self) -> Unit {
        match self {
            Unit::Bytes | Unit::BytesPerSecond => Unit::BytesPerSecond,
            Unit::Number | Unit::PerSecond => Unit::PerSecond,
            Unit::Percent | Unit::Seconds => self,
        }
    }
}
