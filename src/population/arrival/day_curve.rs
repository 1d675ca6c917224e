//! A number of users who come over a day, more of them at some hours than at others.

use std::time::Duration;

use crate::config::{Diagnostics, FromValue, Param, Seconds, Table, Value};
use crate::random::Seed;

use super::registry::{boxed, clients_per_user, positive};
use super::{Arrival, Arriving, MAX_USERS};

pub(super) const PARAMS: &[Param] = &[
    Param { name: "count", default: "", help: "how many users come" },
    Param {
        name: "steps",
        default: "",
        help: "an array of dicts, one after the other from the start: `duration`, and `share`, how many come in it \
               compared with the others",
    },
    Param { name: "clientsPerUser", default: "1", help: "how many clients each user brings" },
];

/// A stretch of the day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub duration: Duration,
    /// How many users come in it, compared with the other steps; zero is a pause.
    pub share: f64,
}

impl FromValue for Step {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Step> {
        let table = Table::new(value, diags, "the step of the day")?;
        let duration = table.required::<Seconds>("duration");
        let share = table.required::<f64>("share").filter(|share| {
            let sound = share.is_finite() && *share >= 0.0;
            if !sound {
                table.error_at_key("share", format!("a share cannot be {share}: expected 0 or more"));
            }
            sound
        });
        table.finish();
        Some(Step { duration: duration?.0, share: share? })
    }
}

/// A number of users who come by a curve: within a step evenly, and to each step by its share. User i comes when
/// (i + 1/2) / count of all are there, so that nothing is left to chance and any number of users has the same curve.
#[derive(Clone, Debug, PartialEq)]
pub struct DayCurve {
    count: u32,
    steps: Vec<Step>,
    clients_per_user: u32,
}

impl DayCurve {
    /// `count` is at most [`MAX_USERS`]; the shares are not negative, and one is above zero.
    pub fn new(count: u32, steps: Vec<Step>, clients_per_user: u32) -> DayCurve {
        DayCurve { count: count.min(MAX_USERS), steps, clients_per_user }
    }

    pub(super) fn build(table: &Table<'_>, _: Option<Seconds>) -> Option<Box<dyn Arrival>> {
        let count = table.required::<u32>("count").and_then(|count| positive(table, "count", count));
        let steps = table.required::<Vec<Step>>("steps");
        let clients = clients_per_user(table);
        let steps = steps?;
        let all: f64 = steps.iter().map(|step| step.share).sum();
        if all <= 0.0 || !all.is_finite() {
            table
                .error_at_key("steps", "the steps bring nobody: give at least one of them a `share` above 0");
            return None;
        }
        boxed(DayCurve::new(count?, steps, clients?))
    }

    /// When this part of all users (from 0 to 1) is there.
    fn at(&self, part: f64) -> Duration {
        let all: f64 = self.steps.iter().map(|step| step.share).sum();
        let (mut left, mut at) = (part * all, Duration::ZERO);
        let mut last = Duration::ZERO;
        for step in self.steps.iter().filter(|step| step.share > 0.0 || step.duration > Duration::ZERO) {
            if step.share > 0.0 {
                if left <= step.share {
                    return at + step.duration.mul_f64((left / step.share).clamp(0.0, 1.0));
                }
                left -= step.share;
                last = at + step.duration;
            }
            at += step.duration;
        }
        // What is left is the error of a sum: the last who come do so at the end of the last step that brings anybody.
        last
    }
}

impl Arrival for DayCurve {
    fn plan(&self, _: Seed) -> Box<dyn Iterator<Item = Arriving> + '_> {
        let part = |user: u32| (f64::from(user) + 0.5) / f64::from(self.count.max(1));
        Box::new((0..self.count).map(move |user| Arriving { at: self.at(part(user)), user }))
    }

    fn users(&self, _: Seed) -> u32 {
        self.count
    }

    fn last(&self, seed: Seed) -> Duration {
        self.plan(seed).last().map_or(Duration::ZERO, |one| one.at)
    }

    fn clients_per_user(&self) -> u32 {
        self.clients_per_user
    }

    fn set_interval(&mut self, _: Seconds) -> Result<(), String> {
        Err("the arrival `DayCurve` has no interval: its steps say when users come".to_owned())
    }

    fn scale_to(&mut self, users: u32) {
        self.count = users.min(MAX_USERS);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn curve(count: u32, steps: &[(u64, f64)]) -> DayCurve {
        let step = |&(seconds, share): &(u64, f64)| Step { duration: Duration::from_secs(seconds), share };
        DayCurve::new(count, steps.iter().map(step).collect(), 1)
    }

    #[test]
    fn users_come_by_the_shares() {
        let at: Vec<f64> = curve(4, &[(10, 1.0), (100, 0.0), (10, 3.0)])
            .plan(Seed(0))
            .map(|one| one.at.as_secs_f64())
            .collect();
        assert_eq!(at.len(), 4);
        for (at, expected) in at.iter().zip([5.0, 110.0 + 10.0 / 6.0, 115.0, 110.0 + 50.0 / 6.0]) {
            assert!((at - expected).abs() < 1e-6, "{at} {expected}");
        }
    }

    #[test]
    fn a_step_of_no_duration_is_a_crowd() {
        let curve = curve(10, &[(0, 1.0), (60, 1.0)]);
        assert_eq!(curve.plan(Seed(0)).filter(|one| one.at.is_zero()).count(), 5);
        assert!(curve.clone().set_interval(Seconds::default()).is_err());
    }

    proptest! {
        #[test]
        fn times_never_fall_and_each_step_has_its_share(
            steps in prop::collection::vec((0..10_000u64, 0.0..100.0f64), 1..12),
            count in 1..2_000u32,
        ) {
            let all: f64 = steps.iter().map(|step| step.1).sum();
            prop_assume!(all > 0.0);
            let curve = curve(count, &steps);
            let plan: Vec<Arriving> = curve.plan(Seed(0)).collect();
            prop_assert_eq!(plan.len(), count as usize);
            prop_assert!(plan.windows(2).all(|pair| pair[0].at <= pair[1].at && pair[0].user < pair[1].user));
            prop_assert_eq!(plan.last().map(|one| one.at), Some(curve.last(Seed(0))));
            let (mut end, mut share) = (0, 0.0);
            for (duration, part) in &steps {
                (end, share) = (end + duration, share + part);
                let there = plan.iter().filter(|one| one.at <= Duration::from_secs(end)).count() as f64;
                // A step without a duration brings its own at its beginning, where another ends.
                prop_assert!(there + 1.5 >= share / all * f64::from(count), "{} {}", there, share);
            }
        }
    }
}
