//! Who came later than was due.

use serde::{Deserialize, Serialize};

use super::Samples;
use crate::clock::GRAIN;
use crate::event::Delayed;

/// The users who did not come when they were due, of the whole run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delays {
    /// How much later than they were due, or there was room for them, users came, of those who did; without the timer's
    /// grain.
    pub lag: Samples,
    /// How long users waited for room, of those who did: until they came, or until the end.
    pub waited: Samples,
    /// How many of these were still waiting at the end.
    pub never_came: u64,
}

impl Delays {
    pub(super) fn take(&mut self, delayed: &Delayed) {
        if delayed.lag >= GRAIN {
            self.lag.record(delayed.lag, &[]);
        }
        if !delayed.waited.is_zero() {
            self.waited.record(delayed.waited, &[]);
        }
        self.never_came = self.never_came.saturating_add(u64::from(!delayed.came));
    }

    pub(super) fn merge(&mut self, other: &Delays) {
        self.lag.merge(&other.lag);
        self.waited.merge(&other.waited);
        self.never_came = self.never_came.saturating_add(other.never_came);
    }
}
