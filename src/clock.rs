//! What time it is: the only source of it.
//!
//! Two sorts of time exist. The runtime's elapsed time ([`tokio::time::Instant`]) paces and
//! measures; it never jumps, and in `rehearse` it is virtual. Wall time is needed for what is
//! written and for what users plan, and is always an epoch plus the elapsed time: in `run` the
//! epoch is the moment of the start, in `rehearse` it is `startAt`. So the same code runs under
//! both, and a step of the machine's clock in the middle of a run disturbs nothing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// Lateness below this is how exactly a timer wakes up.
pub const GRAIN: Duration = Duration::from_millis(1);

/// Wall time and elapsed time of one run; copies agree with each other.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: DateTime<Utc>,
    origin: Instant,
}

impl Clock {
    /// A clock whose epoch is the machine's time now. Nothing else may read that time.
    #[allow(clippy::disallowed_methods)]
    pub fn starting_now() -> Clock {
        Clock::starting_at(Utc::now())
    }

    /// A clock that starts `lead` from now; until then no time has passed.
    pub fn starting_in(lead: Duration) -> Clock {
        let now = Clock::starting_now();
        Clock { epoch: now.utc_at(lead), origin: now.origin + lead }
    }

    /// A clock that shows `epoch` now.
    pub fn starting_at(epoch: DateTime<Utc>) -> Clock {
        Clock { epoch, origin: Instant::now() }
    }

    /// Time since the clock's start.
    pub fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Wall time now.
    pub fn utc(&self) -> DateTime<Utc> {
        self.utc_at(self.elapsed())
    }

    /// Wall time when `elapsed` has passed since the start; the last time there is, if beyond it.
    pub fn utc_at(&self, elapsed: Duration) -> DateTime<Utc> {
        TimeDelta::from_std(elapsed)
            .ok()
            .and_then(|delta| self.epoch.checked_add_signed(delta))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The runtime's instant when `elapsed` has passed since the start; a hundred years on, if
    /// that is beyond what an instant can hold.
    pub fn instant(&self, elapsed: Duration) -> Instant {
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
        self.origin.checked_add(elapsed).unwrap_or_else(|| self.origin + CENTURY)
    }

    /// The wall time at the start.
    pub fn epoch(&self) -> DateTime<Utc> {
        self.epoch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn wall_time_follows_the_runtime() {
        let epoch: DateTime<Utc> = "2026-01-05T09:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(epoch);
        assert_eq!(clock.utc(), epoch);
        tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
        assert_eq!(clock.elapsed(), Duration::from_secs(3 * 3600));
        assert_eq!(clock.utc().to_rfc3339(), "2026-01-05T12:00:00+00:00");
        assert_eq!(clock.instant(Duration::from_secs(3 * 3600)), Instant::now());
    }

    #[tokio::test(start_paused = true)]
    async fn times_out_of_range_do_not_panic() {
        let clock = Clock::starting_at(DateTime::<Utc>::MAX_UTC);
        assert_eq!(clock.utc_at(Duration::from_secs(1)), DateTime::<Utc>::MAX_UTC);
        assert_eq!(clock.utc_at(Duration::MAX), DateTime::<Utc>::MAX_UTC);
        assert!(clock.instant(Duration::MAX) > Instant::now());
    }
}
