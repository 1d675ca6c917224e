//! A length of time as text or number.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Diagnostics, FromValue, Kind, Value};

/// The longest time that is accepted, a hundred years: adding it to an instant cannot overflow.
const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;

/// Units in the order in which they may follow each other, with their seconds.
const UNITS: [(&str, f64); 5] = [("d", 86_400.0), ("h", 3_600.0), ("m", 60.0), ("s", 1.0), ("ms", 0.001)];

/// A length of time: in property lists a number of seconds, or text as `500ms`, `90`, `90s`, `5m`, `2h`,
/// `1h30m`; never negative, at most a hundred years. `Display` is text that parses to the same value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seconds(pub Duration);

/// Why a text or number is no length of time.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SecondsError {
    /// Neither a number nor numbers with units.
    #[error("{0:?} is not a time; write seconds, or 500ms, 90s, 5m, 2h, 1h30m")]
    Malformed(String),
    /// A unit that is not known.
    #[error("{unit:?} is not a unit of time in {text:?}; the units are d, h, m, s and ms")]
    Unit { text: String, unit: String },
    /// Units repeat or do not go from large to small.
    #[error("the units in {0:?} do not go from large to small")]
    Order(String),
    /// Below zero.
    #[error("a time cannot be negative: {0}; write 0 or more, as 90s or 5m")]
    Negative(String),
    /// Beyond a hundred years.
    #[error("{0} is longer than a hundred years")]
    TooLong(String),
}

impl Seconds {
    /// From a number of seconds.
    pub fn from_secs_f64(seconds: f64) -> Result<Seconds, SecondsError> {
        if seconds < 0.0 {
            return Err(SecondsError::Negative(seconds.to_string()));
        }
        if seconds > LONGEST {
            return Err(SecondsError::TooLong(format!("{seconds} s")));
        }
        // What is left is between zero and a hundred years, or not a number.
        Duration::try_from_secs_f64(seconds)
            .map(Seconds)
            .map_err(|_| SecondsError::Malformed(seconds.to_string()))
    }

    /// The time as a number of seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl FromStr for Seconds {
    type Err = SecondsError;

    fn from_str(text: &str) -> Result<Seconds, SecondsError> {
        let trimmed = text.trim();
        let malformed = || SecondsError::Malformed(text.to_owned());
        if trimmed.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(SecondsError::Negative(trimmed.to_owned()));
        }
        if let Some(number) = plain_number(trimmed) {
            return Seconds::from_secs_f64(number);
        }
        let (mut rest, mut next_unit, mut total) = (trimmed, 0, 0.0);
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(malformed)?;
            let number = plain_number(&rest[..digits]).ok_or_else(malformed)?;
            rest = &rest[digits..];
            let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let unit = &rest[..letters];
            let Some(index) = UNITS.iter().position(|(name, _)| *name == unit) else {
                return Err(SecondsError::Unit { text: text.to_owned(), unit: unit.to_owned() });
            };
            if index < next_unit {
                return Err(SecondsError::Order(text.to_owned()));
            }
            (total, next_unit) = (total + number * UNITS[index].1, index + 1);
            rest = &rest[letters..];
        }
        if next_unit == 0 { Err(malformed()) } else { Seconds::from_secs_f64(total) }
    }
}

/// Digits with at most one point between or before them: no sign, no exponent, no `inf`.
fn plain_number(text: &str) -> Option<f64> {
    let plain =
        text.ends_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if plain { text.parse().ok() } else { None }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs_f64())
    }
}

impl FromValue for Seconds {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Seconds> {
        let decoded = match &value.kind {
            Kind::Integer(number) => Seconds::from_secs_f64(*number as f64),
            Kind::Real(number) => Seconds::from_secs_f64(*number),
            Kind::String(text) => text.parse(),
            _ => return value.mismatch("a time (a number of seconds, or text such as 10m)", diags),
        };
        decoded.map_err(|fault| diags.error(&value.at, fault.to_string())).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn millis(text: &str) -> Result<u128, String> {
        text.parse::<Seconds>().map(|time| time.0.as_millis()).map_err(|fault| fault.to_string())
    }

    #[test]
    fn texts() {
        for (text, expected) in [
            ("500ms", 500),
            ("90", 90_000),
            ("90s", 90_000),
            ("5m", 300_000),
            ("2h", 7_200_000),
            ("1h30m", 5_400_000),
            ("1.5h", 5_400_000),
            ("1m1s500ms", 61_500),
            ("1d", 86_400_000),
            (" 0 ", 0),
            (".5", 500),
        ] {
            assert_eq!(millis(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn faults() {
        for (text, part) in [
            ("", "is not a time"),
            ("ten", "is not a time"),
            ("5 m", "\" m\" is not a unit"),
            ("5x", "\"x\" is not a unit"),
            ("5m3", "is not a time"),
            ("30m1h", "from large to small"),
            ("1m1m", "from large to small"),
            ("-5m", "negative"),
            ("inf", "is not a time"),
            ("1e9", "\"e\" is not a unit"),
            ("1.2.3s", "is not a time"),
            ("99999999999999999999", "longer than a hundred years"),
        ] {
            let message = millis(text).unwrap_err();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn numbers_must_be_finite_and_not_negative() {
        assert!(Seconds::from_secs_f64(f64::NAN).is_err());
        assert!(Seconds::from_secs_f64(f64::INFINITY).is_err());
        assert_eq!(Seconds::from_secs_f64(-1.0), Err(SecondsError::Negative("-1".to_owned())));
    }

    proptest! {
        #[test]
        fn display_parses_back(millis in 0u64..4_000_000_000) {
            let time = Seconds(Duration::from_millis(millis));
            let parsed: Seconds = time.to_string().parse().unwrap();
            prop_assert!(parsed.0.abs_diff(time.0) < Duration::from_micros(1));
        }

        #[test]
        fn no_text_panics(text in ".{0,12}") {
            let _ = text.parse::<Seconds>();
        }
    }
}
