//! Counting by intervals of time, while a run goes on.

use std::collections::BTreeMap;
use std::time::Duration;

/// What is counted in intervals of one length. Workers tell what happened a little late: an interval stays open until
/// something has come that is later than its end by [`SLACK`]. What comes later still counts for the first that is open, so
/// that nothing is lost. Only the open ones take room.
pub struct Intervals<T> {
    length: Duration,
    /// The number of the first that is open, from the start of the run.
    first: u64,
    open: BTreeMap<u64, T>,
}

/// How late an event may come to be counted where it belongs.
const SLACK: Duration = Duration::from_secs(2);

impl<T: Default> Intervals<T> {
    pub fn of(length: Duration) -> Intervals<T> {
        Intervals { length, first: 0, open: BTreeMap::new() }
    }

    pub fn length(&self) -> Duration {
        self.length
    }

    /// Closes those that are over when something happens at this time: their numbers, with what was counted in them.
    pub fn closed_by(&mut self, at: Duration) -> BTreeMap<u64, T> {
        self.first = self.first.max(self.number(at.saturating_sub(SLACK)));
        let open = self.open.split_off(&self.first);
        std::mem::replace(&mut self.open, open)
    }

    /// Closes all.
    pub fn rest(&mut self) -> BTreeMap<u64, T> {
        std::mem::take(&mut self.open)
    }

    /// Where to count what happened at this time.
    pub fn at(&mut self, at: Duration) -> &mut T {
        self.open.entry(self.number(at).max(self.first)).or_default()
    }

    fn number(&self, at: Duration) -> u64 {
        u64::try_from(at.as_micros() / self.length.as_micros().max(1)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_counts_where_it_belongs_if_it_can() {
        let mut counts = Intervals::of(Duration::from_secs(1));
        let mut closed = Vec::new();
        for at in [0.5, 1.5, 0.9, 2.9, 3.0, 0.7, 9.0, 1.0, 7.5] {
            let at = Duration::from_secs_f64(at);
            closed.extend(counts.closed_by(at));
            *counts.at(at) += 1;
            assert!(counts.open.len() <= 4);
        }
        // The last at 0.7 s was too late for its second, and counts for the next; so does that at 1.0 s.
        assert_eq!(closed, [(0, 2), (1, 2), (2, 1), (3, 1)]);
        assert_eq!(counts.rest().into_iter().collect::<Vec<_>>(), [(7, 2), (9, 1)]);
    }
}
