//! Which condition has been broken for too long while a run goes on.

use std::fmt;
use std::time::Duration;

use super::Threshold;
use crate::report::general;
use crate::stats::Statistics;

/// Since when conditions are broken that end a run.
pub struct Breaches<'a> {
    thresholds: &'a [Threshold],
    /// Since the start of the run, one for each threshold; None: it is fulfilled, or there is nothing to judge.
    since: Vec<Option<Duration>>,
}

/// A threshold has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aborted {
    /// Its place among the thresholds.
    pub index: usize,
    /// When, since the start of the run.
    pub at: Duration,
    /// How long it had been broken.
    pub broken: Duration,
}

impl fmt::Display for Aborted {
    /// How the run ended by it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = |time: Duration| general((time.as_secs_f64() * 10.0).round() / 10.0);
        match self.broken.is_zero() {
            true => write!(f, "it ended the run after {} s", tenths(self.at)),
            false => {
                write!(
                    f,
                    "broken for {} s, it ended the run after {} s",
                    tenths(self.broken),
                    tenths(self.at)
                )
            }
        }
    }
}

impl<'a> Breaches<'a> {
    /// None where no threshold ends a run.
    pub fn of(thresholds: &'a [Threshold]) -> Option<Breaches<'a>> {
        let any = thresholds.iter().any(|threshold| threshold.abort.is_some());
        any.then(|| Breaches { thresholds, since: vec![None; thresholds.len()] })
    }

    /// Looks at what was counted until `now`, since the start of the run; `measured` is how long the measured phase has
    /// lasted. Gives the first threshold that has been broken for too long.
    pub fn look(&mut self, stats: &Statistics, measured: Duration, now: Duration) -> Option<Aborted> {
        let period = stats.measured()?;
        let mut aborted = None;
        for (index, (threshold, since)) in self.thresholds.iter().zip(&mut self.since).enumerate() {
            let Some(patience) = threshold.abort else { continue };
            if !threshold.is_broken(period, measured) {
                *since = None;
                continue;
            }
            let broken = now.saturating_sub(*since.get_or_insert(now));
            if broken >= patience && aborted.is_none() {
                aborted = Some(Aborted { index, at: now, broken });
            }
        }
        aborted
    }
}
