//! What monitors read, as it stands in the results file.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::event::Unit;
use crate::stats::Gauge;

/// What one monitor read, and what the embedded server counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonitorFigures {
    /// Name to figure.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<Rc<str>, GaugeFigures>,
    /// Of the embedded server: how many requests it has served in the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// Of the embedded server: why that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// One figure of a server over the measured phase; null if it was not read in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GaugeFigures {
    pub unit: Unit,
    /// How often it was read.
    pub samples: u64,
    /// The mean over time.
    pub mean: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// What it was in the end, in whichever phase.
    pub last: f64,
}

impl From<&Gauge> for GaugeFigures {
    fn from(gauge: &Gauge) -> GaugeFigures {
        let read = |value| (gauge.samples > 0).then_some(value);
        GaugeFigures {
            unit: gauge.unit,
            samples: gauge.samples,
            mean: gauge.mean(),
            min: read(gauge.least),
            max: read(gauge.greatest),
            last: gauge.last.1,
        }
    }
}

/// A figure with its unit, as reports write it. `space` stands between the two.
pub fn measure(unit: Unit, value: f64, space: char) -> String {
    let with = |text: String, unit: &str| format!("{text}{space}{unit}");
    match unit {
        Unit::Number => plain(value),
        Unit::Percent => with(plain(value), "%"),
        Unit::PerSecond => format!("{}/s", plain(value)),
        Unit::Bytes => bytes(value, space, ""),
        Unit::BytesPerSecond => bytes(value, space, "/s"),
        Unit::Seconds => match value.abs() {
            0.0 => with(plain(value), "s"),
            ..1e-3 => with(plain(value * 1e6), "us"),
            ..1.0 => with(plain(value * 1e3), "ms"),
            _ => with(plain(value), "s"),
        },
    }
}

/// Three digits that count.
fn plain(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        ..0.01 => super::general(value),
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        ..1e15 => format!("{value:.0}"),
        _ => super::general(value),
    }
}

/// Powers of a thousand.
fn bytes(value: f64, space: char, per: &str) -> String {
    let (by, unit) = match value.abs() {
        ..999.5 => (1.0, "B"),
        ..999_500.0 => (1e3, "kB"),
        ..999_500_000.0 => (1e6, "MB"),
        _ => (1e9, "GB"),
    };
    let text = if by == 1.0 { format!("{value:.0}") } else { plain(value / by) };
    format!("{text}{space}{unit}{per}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_their_units() {
        let cases = [
            (Unit::Number, 0.25, "0.25"),
            (Unit::Percent, 34.12, "34.1 %"),
            (Unit::Bytes, 512.0, "512 B"),
            (Unit::Bytes, 7_340_032_000.0, "7.34 GB"),
            (Unit::BytesPerSecond, 12_345.0, "12.3 kB/s"),
            (Unit::PerSecond, 1234.0, "1234/s"),
            (Unit::Seconds, 0.0123, "12.3 ms"),
            (Unit::Number, f64::INFINITY, "inf"),
        ];
        for (unit, value, text) in cases {
            assert_eq!(measure(unit, value, ' '), text);
        }
    }
}
