//! Profiles that a client does one after the other, where they do not run side by side.

use std::rc::Rc;
use std::time::Duration;

use crate::client::{Actor, Pacing, Profile, Timer};
use crate::event::Who;
use crate::random::{Seed, unit};

/// How a client uses its profiles (`mix` of an entry of `clients`).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ProfileMix {
    /// Every profile runs by itself at its own pace.
    #[default]
    Together,
    /// It draws a profile by these weights, does it, and draws again until the end.
    Choose(Vec<f64>),
    /// It does every profile once, in their order.
    Once,
}

impl ProfileMix {
    /// How they are written.
    pub const WORDS: [&str; 3] = ["together", "choose", "once"];
}

/// The turns of a client: turn 0 is due at its arrival, and what each of them is hangs on the seed only.
pub(super) struct Turns {
    /// Sums of weights, profile by profile; None: the profiles in their order.
    sums: Option<Vec<f64>>,
    /// How long each profile's turn takes at least; None: the next turn is due when this one has ended.
    timers: Vec<Option<Timer>>,
}

impl Turns {
    /// What the draws and the due times of turns are for (design, decision 4).
    pub const PURPOSE: &str = "turn";

    /// The turns of this mix; None: the profiles run side by side.
    pub fn of(mix: &ProfileMix, profiles: &[Rc<dyn Profile>]) -> Option<Turns> {
        let sums = match mix {
            ProfileMix::Together => return None,
            ProfileMix::Once => None,
            ProfileMix::Choose(weights) => {
                let mut sum = 0.0;
                let add = |weight: &f64| {
                    sum += weight;
                    sum
                };
                Some(weights.iter().map(add).collect())
            }
        };
        Some(Turns { sums, timers: profiles.iter().map(|profile| profile.timer()).collect() })
    }

    /// Who does turn `n`; None: there are no more turns.
    pub fn actor(&self, seed: Seed, who: &Who, n: u32) -> Option<Actor> {
        let index = match &self.sums {
            None => n as usize,
            Some(sums) => {
                let drawn = unit(&mut seed.stream(who.user, who.client, Turns::PURPOSE).at(u64::from(n)));
                let point = drawn * sums.last().copied().unwrap_or(0.0);
                sums.iter().position(|sum| point < *sum)?
            }
        };
        (index < self.timers.len()).then(|| Actor::profile(index))
    }

    /// Whether there is a last turn.
    pub fn end(&self) -> bool {
        self.sums.is_none()
    }

    /// Whether some turn may be one of `actor`.
    pub fn may_be(&self, actor: Actor) -> bool {
        let (Some(sums), Some(index)) = (&self.sums, actor.profile_index()) else { return true };
        let before = index.checked_sub(1).and_then(|index| sums.get(index)).copied().unwrap_or(0.0);
        sums.get(index).is_some_and(|sum| *sum > before)
    }

    /// What the turn after one of `actor` is counted from.
    pub fn pacing(&self, actor: Actor) -> Pacing {
        self.timer(actor).map_or(Pacing::Closed, |timer| timer.pacing)
    }

    /// The time that turn `n`, one of `actor`, takes at least.
    pub fn gap(&self, seed: Seed, who: &Who, actor: Actor, n: u32) -> Duration {
        let stream = seed.stream(who.user, who.client, "pace of turns");
        self.timer(actor).map_or(Duration::ZERO, |timer| timer.pace.gap(u64::from(n), stream))
    }

    fn timer(&self, actor: Actor) -> Option<&Timer> {
        self.timers.get(actor.profile_index()?)?.as_ref()
    }
}
