//! Warm-up, measured phase, cool-down.

use std::time::Duration;

/// How long the parts of a run take (design, "Keys and options": `run`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    pub warmup: Duration,
    /// The measured phase; None: until somebody stops the run.
    pub duration: Option<Duration>,
    pub cooldown: Duration,
}

impl Phases {
    /// When the measured phase begins and ends, since the start of the run.
    pub fn measured(&self) -> (Duration, Option<Duration>) {
        (self.warmup, self.duration.map(|duration| self.warmup + duration))
    }

    /// When the run ends, since its start.
    pub fn end(&self) -> Option<Duration> {
        self.duration.map(|duration| self.warmup + duration + self.cooldown)
    }
}
