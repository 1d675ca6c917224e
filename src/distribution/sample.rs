//! What a distribution is, and what a draw from it gives.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use rand_pcg::Pcg64;

use crate::random::Stream;

/// A source of values for one parameter of a habit: how long, how many, when.
///
/// It has no state. All that a value depends on is in the [`Draw`], so one distribution is shared
/// by every client that uses it, and gives each its own values.
pub trait Distribution: std::fmt::Debug {
    /// What every sample of it is; known when the configuration is read.
    fn kind(&self) -> SampleKind;

    /// The value of one draw, of [`Distribution::kind`].
    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError>;

    /// The mean of the numbers it draws, exact or as near as is known; none for what is not a
    /// number, and for a distribution whose mean does not exist.
    fn mean(&self) -> Option<f64> {
        None
    }

    /// The name of its entry, as `Normal`.
    fn name(&self) -> &'static str;
}

/// The four sorts of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// A number, whole or not: seconds, bytes, a count, an index.
    Number,
    /// A point in time.
    When,
    /// A recurrence rule, or none.
    Rule,
    /// A text.
    Text,
}

impl SampleKind {
    /// The plural used in messages.
    pub fn plural(self) -> &'static str {
        match self {
            SampleKind::Number => "numbers",
            SampleKind::When => "times",
            SampleKind::Rule => "recurrence rules",
            SampleKind::Text => "texts",
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    Number(f64),
    When(EventTime),
    /// The value of an RRULE property (RFC 5545 section 3.3.10); none means no recurrence.
    Rule(Option<&'static str>),
    Text(String),
}

impl Sample {
    /// Its sort.
    pub fn kind(&self) -> SampleKind {
        match self {
            Sample::Number(_) => SampleKind::Number,
            Sample::When(_) => SampleKind::When,
            Sample::Rule(_) => SampleKind::Rule,
            Sample::Text(_) => SampleKind::Text,
        }
    }
}

/// A time as a calendar states it: in UTC, or by the local clocks of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// Written with a `Z` (RFC 5545 section 3.3.5, form 2).
    Utc(DateTime<Utc>),
    /// Written with a TZID (form 3).
    Zoned(DateTime<Tz>),
}

impl EventTime {
    /// The instant.
    pub fn utc(&self) -> DateTime<Utc> {
        match self {
            EventTime::Utc(time) => *time,
            EventTime::Zoned(time) => time.with_timezone(&Utc),
        }
    }

    /// What the clocks show: of the zone, or of UTC.
    pub fn local(&self) -> NaiveDateTime {
        match self {
            EventTime::Utc(time) => time.naive_utc(),
            EventTime::Zoned(time) => time.naive_local(),
        }
    }

    /// The zone whose VTIMEZONE the calendar needs, if it is not UTC.
    pub fn zone(&self) -> Option<Tz> {
        match self {
            EventTime::Utc(_) => None,
            EventTime::Zoned(time) => Some(time.timezone()),
        }
    }
}

/// The coordinates of one draw: whose, which occurrence, and at what wall time.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// The draws of one client for one purpose.
    pub stream: Stream,
    /// Which of them this is. A distribution without replacement (a bag) counts on successive
    /// draws having successive numbers.
    pub n: u64,
    /// The wall time at which it happens; only distributions of times look at it.
    pub now: DateTime<Utc>,
}

impl Draw {
    /// Draw number `n` of `stream`, at the time `now`.
    pub fn new(stream: Stream, n: u64, now: DateTime<Utc>) -> Draw {
        Draw { stream, n, now }
    }

    /// The generator of this draw.
    pub fn rng(&self) -> Pcg64 {
        self.stream.at(self.n)
    }
}

/// Why a draw gave no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    /// The time would lie outside the years 1 to 9999, which is all that a calendar can write.
    #[error("{0} would draw a time outside the years 1 to 9999")]
    Year(&'static str),
    /// The number is infinite, as the tail of a Pareto with a tiny shape can be.
    #[error("{0} drew a number that is not finite")]
    NotFinite(&'static str),
    /// The distribution broke its promise: it gave another sort than its kind says.
    #[error("{name} drew another sort of value than the {wanted} it promises")]
    Kind { name: &'static str, wanted: &'static str },
}

/// Why the parameters of a distribution are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{param}: {why}")]
pub struct Refusal {
    /// The parameter to point at.
    pub param: &'static str,
    /// What is wrong with its value.
    pub why: String,
}

impl Refusal {
    /// Refuses `param` because of `why`.
    pub fn new(param: &'static str, why: impl Into<String>) -> Refusal {
        Refusal { param, why: why.into() }
    }

    /// Refuses `param` unless `value` is a finite number.
    pub fn unless_finite(param: &'static str, value: f64) -> Result<f64, Refusal> {
        if value.is_finite() {
            Ok(value)
        } else {
            Err(Refusal::new(param, format!("{value} is not a finite number")))
        }
    }

    /// Refuses `param` unless `value` is a finite number above 0.
    pub fn unless_positive(param: &'static str, value: f64) -> Result<f64, Refusal> {
        match Refusal::unless_finite(param, value)? {
            value if value > 0.0 => Ok(value),
            value => Err(Refusal::new(param, format!("{value} is not above 0"))),
        }
    }

    /// Refuses `param` unless `value` is a probability, 0 to 1.
    pub fn unless_probability(param: &'static str, value: f64) -> Result<f64, Refusal> {
        if (0.0..=1.0).contains(&value) {
            Ok(value)
        } else {
            Err(Refusal::new(param, format!("{value} is not a probability, which is from 0 to 1")))
        }
    }
}
