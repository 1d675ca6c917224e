//! Groups at an interval: the ancestor's only policy (spec 3).

use std::time::Duration;

use crate::config::{Param, Seconds, Table};
use crate::random::Seed;

use super::registry::{boxed, clients_per_user, positive};
use super::{Arrival, Arriving, MAX_USERS};

pub(super) const PARAMS: &[Param] = &[
    Param { name: "groups", default: "", help: "how many groups come" },
    Param { name: "groupSize", default: "1", help: "how many users a group has" },
    Param { name: "interval", default: "", help: "seconds from group to group; the first comes at once" },
    Param { name: "clientsPerUser", default: "1", help: "how many clients each user brings" },
];

/// A group of users every so often, the first at once. After scaling the last group may be smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmoothRampUp {
    users: u32,
    group_size: u32,
    interval: Duration,
    clients_per_user: u32,
}

impl SmoothRampUp {
    /// `groups` and `group_size` are at least 1; their product is at most [`MAX_USERS`].
    pub fn new(groups: u32, group_size: u32, interval: Seconds, clients_per_user: u32) -> SmoothRampUp {
        let users = groups.saturating_mul(group_size).min(MAX_USERS);
        SmoothRampUp { users, group_size: group_size.max(1), interval: interval.0, clients_per_user }
    }

    pub(super) fn build(table: &Table<'_>, stand_in: Option<Seconds>) -> Option<Box<dyn Arrival>> {
        let groups = table.required::<u32>("groups");
        let groups = groups.and_then(|groups| positive(table, "groups", groups));
        let size = positive(table, "groupSize", table.or("groupSize", 1));
        let interval = match stand_in {
            Some(interval) => Some(table.or("interval", interval)),
            None => table.required("interval"),
        };
        let clients = clients_per_user(table);
        let (groups, size) = (groups?, size?);
        if u64::from(groups) * u64::from(size) > u64::from(MAX_USERS) {
            let message = format!("{groups} groups of {size} are more than {MAX_USERS} users");
            table.error_at_key("groups", message);
            return None;
        }
        boxed(SmoothRampUp::new(groups, size, interval?, clients?))
    }

    fn at(&self, user: u32) -> Duration {
        // A hundred years (the longest interval) ten million times still fits into a Duration.
        self.interval.saturating_mul(user / self.group_size)
    }
}

impl Arrival for SmoothRampUp {
    fn plan(&self, _: Seed) -> Box<dyn Iterator<Item = Arriving> + '_> {
        Box::new((0..self.users).map(|user| Arriving { at: self.at(user), user }))
    }

    fn users(&self, _: Seed) -> u32 {
        self.users
    }

    fn last(&self, _: Seed) -> Duration {
        self.users.checked_sub(1).map_or(Duration::ZERO, |last| self.at(last))
    }

    fn clients_per_user(&self) -> u32 {
        self.clients_per_user
    }

    fn set_interval(&mut self, interval: Seconds) -> Result<(), String> {
        self.interval = interval.0;
        Ok(())
    }

    fn scale_to(&mut self, users: u32) {
        self.users = users.min(MAX_USERS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Seconds {
        text.parse().unwrap()
    }

    #[test]
    fn groups_come_at_the_interval() {
        let mut arrival = SmoothRampUp::new(3, 2, seconds("1.5"), 1);
        let plan = |arrival: &SmoothRampUp| -> Vec<(u128, u32)> {
            arrival.plan(Seed(0)).map(|one| (one.at.as_millis(), one.user)).collect()
        };
        assert_eq!(plan(&arrival), [(0, 0), (0, 1), (1500, 2), (1500, 3), (3000, 4), (3000, 5)]);
        assert_eq!(arrival.last(Seed(0)).as_millis(), 3000);
        arrival.scale_to(3);
        assert_eq!(plan(&arrival), [(0, 0), (0, 1), (1500, 2)]);
        arrival.set_interval(seconds("10")).unwrap();
        assert_eq!(arrival.last(Seed(0)).as_secs(), 10);
    }
}
