//! How long what follows the end of a run may take: all of it together 5 s, whoever hangs.

use std::time::Duration;

use tokio::time::Instant;

/// The end of a run: by somebody's word, or when its time was up. Requests under way have [`crate::simulation::DRAIN`];
/// whoever comes after them has what is left until the moment that stands here, counted from the end, and a little in any
/// case.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    since: Instant,
}

/// What the monitors have. A CalendarServer of 2013 is asked only after a quarter of a second of silence.
const MONITORS: Share = Share { until: Duration::from_millis(4_300), least: Duration::from_millis(300) };

/// What the embedded server has to tell its counts and to end.
const SERVERS: Share = Share { until: Duration::from_millis(4_450), least: Duration::from_millis(150) };

/// What the last lines of the live log have.
const LINES: Share = Share { until: Duration::from_millis(4_500), least: Duration::from_millis(50) };

/// What the observers have to conclude, when somebody ended the run.
const OBSERVERS: Share = Share { until: Duration::from_millis(4_650), least: Duration::from_millis(100) };

/// What one of those who come after the drain has.
struct Share {
    until: Duration,
    least: Duration,
}

impl Ending {
    pub fn since(since: Instant) -> Ending {
        Ending { since }
    }

    pub fn for_monitors(&self) -> Duration {
        self.left(&MONITORS)
    }

    pub fn for_servers(&self) -> Duration {
        self.left(&SERVERS)
    }

    pub fn for_lines(&self) -> Duration {
        self.left(&LINES)
    }

    /// The moment at which observers that are in a hurry have concluded.
    pub fn for_observers(&self) -> Instant {
        Instant::now() + self.left(&OBSERVERS)
    }

    fn left(&self, share: &Share) -> Duration {
        share.until.saturating_sub(self.since.elapsed()).max(share.least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::DRAIN;

    /// Everybody takes all that is left, after a drain that took all of its time.
    #[tokio::test(start_paused = true)]
    async fn all_together_take_no_more_than_five_seconds() {
        let ending = Ending::since(Instant::now());
        tokio::time::advance(DRAIN).await;
        tokio::time::advance(ending.for_monitors()).await;
        tokio::time::advance(ending.for_servers()).await;
        tokio::time::advance(ending.for_lines()).await;
        let end = ending.for_observers();
        assert!(end.duration_since(ending.since) <= Duration::from_secs(5), "{ending:?}");
        assert!(end > Instant::now());
    }
}
