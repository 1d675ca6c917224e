//! Ends a run early: when a threshold has been broken for too long, or a client wants it.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval_at};

use crate::clock::Clock;
use crate::report::{Aborted, Breaches, Threshold};
use crate::simulation::{Bus, Phases};

/// How often is looked. Workers send as often what they have counted.
const LOOK: Duration = Duration::from_secs(1);

/// Resolves when a threshold with `abort` has been broken for that long, by all that was counted since the measured phase
/// began: what would be judged if the run ended at that moment. Once that phase is over nothing can change any more.
pub async fn broken_for_too_long(
    thresholds: &[Threshold],
    phases: &Phases,
    clock: Clock,
    bus: &Bus,
) -> Aborted {
    let (from, to) = phases.measured();
    if let Some(mut breaches) = Breaches::of(thresholds) {
        let mut looks = interval_at(clock.instant(from.saturating_add(LOOK)), LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let now = clock.elapsed();
            if to.is_some_and(|to| now >= to) {
                break;
            }
            let measured = now.saturating_sub(from);
            if let Some(aborted) = bus.with_statistics(|stats| breaches.look(stats, measured, now)) {
                return aborted;
            }
        }
    }
    std::future::pending().await
}

/// Resolves when some client has said that the run has to end, with its reason.
pub async fn wanted_by_a_client(clock: Clock, bus: &Bus) -> Rc<str> {
    let mut looks = interval_at(clock.instant(LOOK), LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if let Some(why) = bus.with_statistics(|stats| stats.wants_end().cloned()) {
            return why;
        }
    }
}
