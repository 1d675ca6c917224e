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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn threshold(text: &str, abort: Option<u64>) -> Threshold {
        Threshold { expression: text.parse().unwrap(), required: true, abort: abort.map(seconds) }
    }

    fn counted(failed: usize) -> Statistics {
        let events: Vec<Event> = (0..10).map(|n| response(0, "PUT{event}", 0.1, n >= failed)).collect();
        statistics(Limits::default(), &events)
    }

    #[test]
    fn a_breach_must_last_without_a_break() {
        let all = [threshold("lag p99 < 1ms", None), threshold("request failed < 15%", Some(2))];
        let mut breaches = Breaches::of(&all).unwrap();
        let mut look = |at, failed| breaches.look(&counted(failed), seconds(at), seconds(at + 5));
        assert_eq!([look(1, 2), look(2, 2), look(3, 1), look(4, 2), look(5, 2)], [None; 5]);
        assert_eq!(look(6, 2), Some(Aborted { index: 1, at: seconds(11), broken: seconds(2) }));
    }

    #[test]
    fn nothing_to_judge_is_no_breach() {
        let all = [
            threshold("request DELETE{event} failed < 1%", Some(0)),
            threshold("request failed < 1%", Some(0)),
        ];
        let look = |stats: &Statistics| Breaches::of(&all).unwrap().look(stats, seconds(1), seconds(1));
        assert_eq!(look(&Statistics::default()), None);
        assert_eq!(look(&counted(0)), None);
        assert_eq!(look(&counted(1)).map(|aborted| aborted.index), Some(1));
        assert!(Breaches::of(&[threshold("request failed < 1%", None)]).is_none());
    }
}
