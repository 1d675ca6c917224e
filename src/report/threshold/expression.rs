//! What an expression says.

use std::fmt;
use std::time::Duration;

use super::Labels;
use crate::label::Label;

/// One condition that a run shall fulfil, as `operation invite response p95 < 2s`. `Display` is text that parses to the
/// same expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    pub subject: Subject,
    pub measure: Measure,
    pub relation: Relation,
    /// In the unit of the measure: seconds, percent, a count, a count a second.
    pub limit: f64,
}

/// What it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    Operations(Labels),
    Requests(Labels),
    /// Requests and operations together; of these there is only the lag.
    Everything,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// A time, in seconds.
    Time(Span, Quantile),
    /// How many of those that came to an end failed, in percent.
    FailedPercent,
    /// The same as a number.
    FailedCount,
    /// How many came to an end.
    Count,
    /// How many of them a second of the measured phase.
    Rate,
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From due to the end, of successes: what the user waited.
    Response,
    /// From begun to the end, of successes.
    Service,
    /// From due to begun.
    Lag,
}

/// Which of many times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantile {
    Mean,
    Max,
    /// Above 0, up to 100.
    Percentile(f64),
}

/// How the figure shall stand to the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Subject {
    /// The label, if it is exactly one.
    pub fn label(&self) -> Option<Label> {
        match self {
            Subject::Operations(Labels::One(label)) | Subject::Requests(Labels::One(label)) => Some(*label),
            _ => None,
        }
    }
}

impl Relation {
    pub fn holds(self, figure: f64, limit: f64) -> bool {
        match self {
            Relation::Below => figure < limit,
            Relation::AtMost => figure <= limit,
            Relation::Above => figure > limit,
            Relation::AtLeast => figure >= limit,
        }
    }

    /// Whether what is small is good.
    pub fn is_upper(self) -> bool {
        matches!(self, Relation::Below | Relation::AtMost)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Below => "<",
            Relation::AtMost => "<=",
            Relation::Above => ">",
            Relation::AtLeast => ">=",
        }
    }
}

impl Span {
    pub const ALL: [Span; 3] = [Span::Response, Span::Service, Span::Lag];

    pub fn as_str(self) -> &'static str {
        match self {
            Span::Response => "response",
            Span::Service => "service",
            Span::Lag => "lag",
        }
    }
}

impl Measure {
    /// A value of this measure as it is written: `1.5s`, `50ms`, `1%`, `3`, `10/s`.
    pub fn write(self, value: f64) -> String {
        match self {
            Measure::Time(..) => seconds(value),
            Measure::FailedPercent => format!("{value}%"),
            Measure::FailedCount | Measure::Count => value.to_string(),
            Measure::Rate => format!("{value}/s"),
        }
    }
}

/// Whole microseconds, in milliseconds below a second.
fn seconds(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    let micros = (Duration::try_from_secs_f64(value.abs()).unwrap_or_default().as_nanos() + 500) / 1_000;
    let (whole, part, digits, unit) = match micros {
        1.. if micros < 1_000_000 => (micros / 1_000, micros % 1_000, 3, "ms"),
        _ => (micros / 1_000_000, micros % 1_000_000, 6, "s"),
    };
    let part = format!("{part:0digits$}");
    let part = part.trim_end_matches('0');
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}{unit}")
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{} {} {}",
            self.subject,
            self.measure,
            self.relation.as_str(),
            self.measure.write(self.limit)
        )
    }
}

impl fmt::Display for Subject {
    /// With a blank at its end, unless it is empty.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (noun, labels) = match self {
            Subject::Operations(labels) => ("operation", labels),
            Subject::Requests(labels) => ("request", labels),
            Subject::Everything => return Ok(()),
        };
        match labels {
            Labels::Together => write!(f, "{noun} "),
            labels => write!(f, "{noun} {} ", super::parse::quoted(&labels.to_string())),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Time(span, quantile) => write!(f, "{} {quantile}", span.as_str()),
            Measure::FailedPercent | Measure::FailedCount => f.write_str("failed"),
            Measure::Count => f.write_str("count"),
            Measure::Rate => f.write_str("rate"),
        }
    }
}

impl fmt::Display for Quantile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantile::Mean => f.write_str("mean"),
            Quantile::Max => f.write_str("max"),
            Quantile::Percentile(percent) => write!(f, "p{percent}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_shortly() {
        let cases = [
            (2.0, "2s"),
            (0.05, "50ms"),
            (1.5, "1.5s"),
            (0.0, "0s"),
            (0.000_5, "0.5ms"),
            (90.0, "90s"),
            (0.3, "300ms"),
            (-0.25, "-250ms"),
            (0.999_999_9, "1s"),
        ];
        for (value, text) in cases {
            assert_eq!(seconds(value), text);
        }
    }

    #[test]
    fn a_limit_itself_is_not_below_it() {
        let holds = |relation: Relation| [1.0, 2.0, 3.0].map(|figure| relation.holds(figure, 2.0));
        assert_eq!(holds(Relation::Below), [true, false, false]);
        assert_eq!(holds(Relation::AtMost), [true, true, false]);
        assert_eq!(holds(Relation::Above), [false, false, true]);
        assert_eq!(holds(Relation::AtLeast), [false, true, true]);
    }
}
