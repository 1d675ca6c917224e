//! A number of users, at once or spread over a ramp.

use std::time::Duration;

use crate::config::{Param, Seconds, Table};
use crate::random::Seed;

use super::registry::{boxed, clients_per_user, positive};
use super::{Arrival, Arriving, MAX_USERS};

pub(super) const PARAMS: &[Param] = &[
    Param { name: "count", default: "", help: "how many users come" },
    Param { name: "ramp", default: "0", help: "seconds over which they come, evenly" },
    Param { name: "clientsPerUser", default: "1", help: "how many clients each user brings" },
];

/// A number of users that come evenly over a ramp: user i at i / count of it. Without a ramp they all come
/// at the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    count: u32,
    ramp: Duration,
    clients_per_user: u32,
}

impl Fixed {
    /// `count` is at most [`MAX_USERS`].
    pub fn new(count: u32, ramp: Seconds, clients_per_user: u32) -> Fixed {
        Fixed { count: count.min(MAX_USERS), ramp: ramp.0, clients_per_user }
    }

    pub(super) fn build(table: &Table<'_>, _: Option<Seconds>) -> Option<Box<dyn Arrival>> {
        let count = table.required::<u32>("count").and_then(|count| positive(table, "count", count));
        let ramp = table.or("ramp", Seconds::default());
        let clients = clients_per_user(table);
        boxed(Fixed::new(count?, ramp, clients?))
    }

    fn at(&self, user: u32) -> Duration {
        // In nanoseconds a hundred years times ten million fits into 128 bits, and the quotient into 64.
        let nanos = self.ramp.as_nanos() * u128::from(user) / u128::from(self.count.max(1));
        Duration::from_nanos_u128(nanos)
    }
}

impl Arrival for Fixed {
    fn plan(&self, _: Seed) -> Box<dyn Iterator<Item = Arriving> + '_> {
        Box::new((0..self.count).map(|user| Arriving { at: self.at(user), user }))
    }

    fn users(&self, _: Seed) -> u32 {
        self.count
    }

    fn last(&self, _: Seed) -> Duration {
        self.at(self.count.saturating_sub(1))
    }

    fn clients_per_user(&self) -> u32 {
        self.clients_per_user
    }

    fn set_interval(&mut self, _: Seconds) -> Result<(), String> {
        Err("the arrival `Fixed` has no interval: `ramp` says how long it takes".to_owned())
    }

    fn scale_to(&mut self, users: u32) {
        self.count = users.min(MAX_USERS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_spread_over_the_ramp() {
        let mut arrival = Fixed::new(4, "10s".parse().unwrap(), 2);
        let at: Vec<u128> = arrival.plan(Seed(0)).map(|one| one.at.as_millis()).collect();
        assert_eq!(at, [0, 2500, 5000, 7500]);
        arrival.scale_to(2);
        assert_eq!(arrival.last(Seed(0)).as_secs(), 5);
        assert!(arrival.set_interval(Seconds::default()).is_err());
        assert_eq!(Fixed::new(3, Seconds::default(), 1).last(Seed(0)), Duration::ZERO);
    }
}
