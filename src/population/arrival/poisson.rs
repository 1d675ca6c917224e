//! Phases of chance arrivals.

use std::time::Duration;

use rand::RngExt;

use crate::config::{Diagnostics, FromValue, Param, Seconds, Table, Value};
use crate::random::{Seed, Stream};

use super::registry::{boxed, clients_per_user};
use super::{Arrival, Arriving, MAX_USERS};

pub(super) const PARAMS: &[Param] = &[
    Param {
        name: "phases",
        default: "",
        help: "an array of dicts: `duration` in seconds, and `interarrival`, the mean seconds between users, \
               or `rate`, users per second",
    },
    Param { name: "clientsPerUser", default: "1", help: "how many clients each user brings" },
];

/// A time in which users come by chance at a constant rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// How long it lasts, in seconds.
    pub duration: f64,
    /// Users per second, on average; zero is a pause.
    pub rate: f64,
}

impl FromValue for Phase {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Phase> {
        let table = Table::new(value, diags, "the arrival phase")?;
        let duration = table.required::<Seconds>("duration");
        let interarrival = table.optional::<Seconds>("interarrival");
        let rate = table.optional::<f64>("rate");
        let rate = match (table.has("interarrival"), table.has("rate")) {
            (true, true) => {
                table.error_at_key("rate", "a phase has either `interarrival` or `rate`, not both");
                None
            }
            (false, false) => {
                diags.error(table.at(), "the arrival phase has neither `interarrival` nor `rate`");
                None
            }
            (true, false) => interarrival.and_then(|mean| match mean.as_secs_f64() {
                0.0 => {
                    table.error_at_key("interarrival", "the mean time between users must be above zero");
                    None
                }
                mean => Some(1.0 / mean),
            }),
            (false, true) => rate.and_then(|rate| {
                if rate < 0.0 {
                    table.error_at_key("rate", format!("a rate cannot be negative: {rate}"));
                }
                (rate >= 0.0).then_some(rate)
            }),
        };
        table.finish();
        Some(Phase { duration: duration?.as_secs_f64(), rate: rate? })
    }
}

/// Users come independently of each other, with exponential times between them, at a rate that changes
/// from phase to phase; after the last phase nobody comes.
///
/// The times are those of a process of rate one, stretched by the rates: the nth user comes when the
/// expected number of users reaches the sum of n unit exponentials. So a change of the rates moves users
/// but draws no others, and a phase boundary loses nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    phases: Vec<Phase>,
    clients_per_user: u32,
}

impl Poisson {
    /// The phases follow one another; their durations and rates are not negative.
    pub fn new(phases: Vec<Phase>, clients_per_user: u32) -> Poisson {
        Poisson { phases, clients_per_user }
    }

    pub(super) fn build(table: &Table<'_>, _: Option<Seconds>) -> Option<Box<dyn Arrival>> {
        let phases = table.required::<Vec<Phase>>("phases");
        let clients = clients_per_user(table);
        // What is wrong with the phases is told whatever is wrong beside them.
        let arrival = Poisson::new(phases?, clients.unwrap_or(1));
        let expected = arrival.expected();
        // The number that comes varies by its square root; the margin keeps it under the limit.
        if expected > f64::from(MAX_USERS) * 0.9 {
            let message = format!("the phases bring about {expected:.0} users; the most are {MAX_USERS}");
            table.error_at_key("phases", message);
            return None;
        }
        if expected <= 0.0 {
            table.error_at_key("phases", "the phases bring nobody");
            return None;
        }
        clients.and_then(|_| boxed(arrival))
    }

    /// The mean number of users.
    pub fn expected(&self) -> f64 {
        self.phases.iter().map(|phase| phase.duration * phase.rate).sum()
    }
}

impl Arrival for Poisson {
    fn plan(&self, seed: Seed) -> Box<dyn Iterator<Item = Arriving> + '_> {
        Box::new(Draws {
            phases: &self.phases,
            stream: seed.stream(0, 0, "arrival"),
            user: 0,
            reached: 0.0,
            begun: 0.0,
            before: 0.0,
        })
    }

    fn users(&self, seed: Seed) -> u32 {
        u32::try_from(self.plan(seed).count()).unwrap_or(MAX_USERS)
    }

    fn last(&self, seed: Seed) -> Duration {
        self.plan(seed).last().map_or(Duration::ZERO, |one| one.at)
    }

    fn clients_per_user(&self) -> u32 {
        self.clients_per_user
    }

    fn set_interval(&mut self, _: Seconds) -> Result<(), String> {
        Err("the arrival `Poisson` has no interval: its phases say how often users come".to_owned())
    }

    fn scale_to(&mut self, users: u32) {
        let factor = f64::from(users) / self.expected();
        if factor.is_finite() {
            self.phases.iter_mut().for_each(|phase| phase.rate *= factor);
        }
    }
}

/// The users that are still to come.
struct Draws<'p> {
    /// The running phase and those after it.
    phases: &'p [Phase],
    stream: Stream,
    user: u32,
    /// The sum of the unit exponentials so far.
    reached: f64,
    /// When the running phase began, in seconds.
    begun: f64,
    /// The expected number of users before the running phase.
    before: f64,
}

impl Iterator for Draws<'_> {
    type Item = Arriving;

    fn next(&mut self) -> Option<Arriving> {
        if self.user >= MAX_USERS {
            return None;
        }
        // One minus a draw from [0, 1) is never zero, so the logarithm is finite.
        let draw: f64 = self.stream.at(u64::from(self.user)).random();
        self.reached -= (1.0 - draw).ln();
        while let Some((phase, later)) = self.phases.split_first() {
            let expected = phase.duration * phase.rate;
            if self.reached < self.before + expected {
                let seconds = self.begun + (self.reached - self.before) / phase.rate;
                let user = self.user;
                self.user += 1;
                return Some(Arriving { at: Duration::try_from_secs_f64(seconds).ok()?, user });
            }
            (self.phases, self.begun, self.before) =
                (later, self.begun + phase.duration, self.before + expected);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn poisson(phases: &[(f64, f64)]) -> Poisson {
        Poisson::new(phases.iter().map(|&(duration, rate)| Phase { duration, rate }).collect(), 1)
    }

    #[test]
    fn each_phase_has_its_rate() {
        let arrival = poisson(&[(1000.0, 1.0), (100.0, 0.0), (1000.0, 4.0)]);
        let times: Vec<f64> = arrival.plan(Seed(7)).map(|one| one.at.as_secs_f64()).collect();
        let first = times.iter().filter(|at| **at < 1000.0).count();
        let third = times.iter().filter(|at| **at >= 1100.0).count();
        // Four standard deviations around 1000 and 4000.
        assert!((874..1126).contains(&first) && (3747..4253).contains(&third), "{first} {third}");
        assert_eq!(first + third, times.len());
        assert_eq!(arrival.users(Seed(7)) as usize, times.len());
        assert_eq!(arrival.last(Seed(7)).as_secs_f64(), times[times.len() - 1]);
    }

    #[test]
    fn scaling_changes_the_rates_only() {
        let mut arrival = poisson(&[(10.0, 1.0), (10.0, 3.0)]);
        arrival.scale_to(400);
        assert_eq!(arrival, poisson(&[(10.0, 10.0), (10.0, 30.0)]));
    }

    proptest! {
        #[test]
        fn times_never_fall_and_stay_within_the_phases(
            seed: u64,
            phases in proptest::collection::vec((0.0f64..50.0, 0.0f64..5.0), 0..5),
        ) {
            let end: f64 = phases.iter().map(|phase| phase.0).sum();
            let arrival = poisson(&phases);
            let mut before = Duration::ZERO;
            for (number, one) in arrival.plan(Seed(seed)).enumerate() {
                prop_assert_eq!(one.user as usize, number);
                prop_assert!(one.at >= before && one.at.as_secs_f64() <= end + 1e-6);
                before = one.at;
            }
        }
    }
}
