//! When something is due by itself: a pure function of the plan (design, decision 4).

use std::time::Duration;

use crate::config::{Diagnostics, FromValue, Value};
use crate::random::{Stream, below};

/// A timer of a software or a profile.
pub struct Timer {
    pub pace: Pace,
    pub pacing: Pacing,
}

/// What the next due time is counted from (design, decision 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// From the due time before: a slow server shifts nothing.
    #[default]
    Open,
    /// From the end of the operation before, as the ancestor did.
    Closed,
}

impl FromValue for Pacing {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Pacing> {
        value.word("pacing", &[("open", Pacing::Open), ("closed", Pacing::Closed)], diags)
    }
}

/// How long from one occurrence to the next.
pub enum Pace {
    /// Every `interval`, the first time a whole interval after the arrival.
    Every { interval: Duration },
    /// Every `interval`, the first time a random whole number of seconds (1 to `interval`) after the arrival
    /// (spec 6), so that users do not act in step.
    Staggered { interval: Duration },
    /// As a function draws it, seconds; its mean if known.
    Drawn { seconds: Box<dyn Fn(Stream, u64) -> f64>, mean: Option<f64> },
}

impl Pace {
    /// The longest time between two occurrences that is taken as drawn: a hundred years.
    const LONGEST: f64 = 100.0 * 365.25 * 86400.0;

    /// The time between occurrence `n - 1` (or the arrival) and occurrence `n`, from 0.
    pub fn gap(&self, n: u64, stream: Stream) -> Duration {
        match self {
            Pace::Every { interval } => *interval,
            Pace::Staggered { interval } if n == 0 => {
                let seconds = interval.as_secs().max(1);
                Duration::from_secs(below(&mut stream.at(0), seconds) + 1)
            }
            Pace::Staggered { interval } => *interval,
            Pace::Drawn { seconds, .. } => {
                let drawn = seconds(stream, n);
                Duration::from_secs_f64(if drawn.is_finite() {
                    drawn.clamp(0.0, Pace::LONGEST)
                } else {
                    Pace::LONGEST
                })
            }
        }
    }

    /// Expected occurrences a second; None if the mean is not known.
    pub fn rate(&self) -> Option<f64> {
        let seconds = match self {
            Pace::Every { interval } | Pace::Staggered { interval } => interval.as_secs_f64(),
            Pace::Drawn { mean, .. } => (*mean)?,
        };
        (seconds > 0.0).then(|| 1.0 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn staggered_starts_within_the_interval_and_then_keeps_it() {
        let pace = Pace::Staggered { interval: Duration::from_secs(5) };
        let mut seen = std::collections::BTreeSet::new();
        for user in 0..100 {
            seen.insert(pace.gap(0, Seed(1).stream(user, 0, "due")).as_secs());
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(pace.gap(1, Seed(1).stream(0, 0, "due")), Duration::from_secs(5));
        assert_eq!(pace.rate(), Some(0.2));
    }

    #[test]
    fn odd_draws_do_no_harm() {
        for drawn in [f64::NAN, f64::INFINITY, -1.0] {
            let pace = Pace::Drawn { seconds: Box::new(move |_, _| drawn), mean: None };
            let gap = pace.gap(0, Seed(1).stream(0, 0, "due"));
            assert!(gap == Duration::ZERO || gap.as_secs_f64() == Pace::LONGEST);
        }
    }
}
