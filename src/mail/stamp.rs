//! What the id of one of our messages tells: which process wrote it, and when.
//!
//! The form is `UUID.EPOCH.ELAPSED@populace`: the wall time at which the run of the writing process began and the time since then,
//! microseconds in hexadecimal. So whoever lists a message knows how long it was under way, whichever worker has sent it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::mail::message::HOST;

/// When and where a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When the run of the writing process began, in microseconds of Unix time: no two processes begin in the same one.
    epoch: i64,
    /// Since then, in microseconds.
    elapsed: u64,
}

impl Stamp {
    /// The stamp of a message that is written now.
    pub fn now(clock: &Clock) -> Stamp {
        let elapsed = u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX);
        Stamp { epoch: clock.epoch().timestamp_micros(), elapsed }
    }

    /// The id of a message with this stamp.
    pub fn id(self, uuid: &str) -> String {
        format!("{uuid}.{:x}.{:x}{HOST}", self.epoch.cast_unsigned(), self.elapsed)
    }

    /// The stamp in an id. None: it has none, or is not ours.
    pub fn of(id: &str) -> Option<Stamp> {
        let mut parts = id.strip_suffix(HOST)?.rsplitn(3, '.');
        let elapsed = u64::from_str_radix(parts.next()?, 16).ok()?;
        let epoch = u64::from_str_radix(parts.next()?, 16).ok()?.cast_signed();
        parts.next().map(|_| Stamp { epoch, elapsed })
    }

    /// Whether the process of this clock wrote it.
    pub fn is_of(self, clock: &Clock) -> bool {
        self.epoch == clock.epoch().timestamp_micros()
    }

    /// When it was written, since the start of this clock; now, if that is still to come by this clock. None: before the start.
    pub fn since(self, clock: &Clock) -> Option<Duration> {
        let elapsed = TimeDelta::microseconds(i64::try_from(self.elapsed).ok()?);
        let wall = DateTime::<Utc>::from_timestamp_micros(self.epoch)?.checked_add_signed(elapsed)?;
        let at = wall.signed_duration_since(clock.epoch()).to_std().ok()?;
        Some(at.min(clock.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_stamp_tells_another_process_when_it_was_made() {
        let epoch: DateTime<Utc> = "2026-01-05T09:00:00Z".parse().unwrap();
        let sender = Clock::starting_at(epoch);
        // The other began three seconds before.
        let reader = Clock::starting_at(epoch + TimeDelta::seconds(3));
        tokio::time::sleep(7 * SECOND).await;
        let stamp = Stamp::now(&sender);
        assert_eq!(Stamp::of(&stamp.id("a-b.c")), Some(stamp));
        assert!(stamp.is_of(&sender) && !stamp.is_of(&reader));
        assert_eq!(stamp.since(&sender), Some(7 * SECOND));
        assert_eq!(stamp.since(&reader), Some(4 * SECOND));
        // A clock that goes after: no time has passed.
        let behind = Clock::starting_at(epoch - TimeDelta::seconds(60));
        assert_eq!(stamp.since(&behind), Some(Duration::ZERO));
        // A message of an earlier run.
        let later = Clock::starting_at(epoch + TimeDelta::seconds(60));
        assert_eq!(stamp.since(&later), None);
    }

    #[test]
    fn other_ids_have_none() {
        for id in ["", "a@x", "a@populace", "a.b@populace", "1.1@populace", "a.1.g@populace", "a.1.1@x"] {
            assert_eq!(Stamp::of(id), None, "{id}");
        }
        let far = Stamp::of(&format!("a.{:x}.{:x}{HOST}", u64::MAX, u64::MAX)).unwrap();
        assert_eq!(far.since(&Clock::starting_at(DateTime::UNIX_EPOCH)), None);
    }
}
