//! Connections that clients hold open for good: each takes a descriptor from its client's arrival on, so too many of
//! them are refused before the start.

use super::pods::Place;
use super::resolve::Scenario;
use super::venue::Mode;
use crate::transport::descriptors;

/// More clients hold a connection open than there can be connections.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{held} clients hold a connection open for good, but {whose} has descriptors for {most} (its hard limit, see \
     `ulimit -Hn`, less a reserve)\n  help: give their software `idleClose` in `connections`, {way_out}or take fewer \
     --users"
)]
pub struct TooManyHeldOpen {
    held: usize,
    most: usize,
    whose: String,
    way_out: &'static str,
}

const MORE_WORKERS: &str = "use more --workers, ";

/// Whether this process can hold open the connections of the clients of its users: those that `mine` takes.
/// A rehearsal has pipes, which take none.
pub fn fits_process(
    mode: Mode,
    scenario: &Scenario,
    mine: impl Fn(u32) -> bool,
) -> Result<(), TooManyHeldOpen> {
    if mode == Mode::Rehearse {
        return Ok(());
    }
    fits(held_open(scenario, mine), "this process", MORE_WORKERS)
}

/// The same for a worker on this machine, whose limit is the same as ours.
pub fn fits_worker(
    name: &str,
    scenario: &Scenario,
    mine: impl Fn(u32) -> bool,
) -> Result<(), TooManyHeldOpen> {
    fits(held_open(scenario, mine), &format!("worker {name}"), MORE_WORKERS)
}

/// Whether the embedded server, a process of its own with the same limit, can hold open those of all users.
pub fn fits_embedded(mode: Mode, scenario: &Scenario) -> Result<(), TooManyHeldOpen> {
    let embedded = matches!(scenario.place, Place::Embedded);
    if mode == Mode::Rehearse || !embedded {
        return Ok(());
    }
    let held = held_open(scenario, |_| true);
    fits(held, "the embedded server", "")
}

fn fits(held: usize, whose: &str, way_out: &'static str) -> Result<(), TooManyHeldOpen> {
    let most = descriptors::connections();
    if held <= most { Ok(()) } else { Err(TooManyHeldOpen { held, most, whose: whose.to_owned(), way_out }) }
}

/// How many clients that arrive before the end hold a connection open, among the users that `mine` takes.
fn held_open(scenario: &Scenario, mine: impl Fn(u32) -> bool) -> usize {
    let habits = &scenario.habits;
    if !habits.entries.iter().any(|entry| entry.holds_open()) {
        return 0;
    }
    let (arrival, end) = (&scenario.people.arrival, scenario.timing.phases.end());
    let each = arrival.clients_per_user();
    arrival
        .plan(scenario.seed)
        .take_while(|coming| end.is_none_or(|end| coming.at < end))
        .filter(|coming| mine(coming.user))
        .flat_map(|coming| (0..each).map(move |instance| u64::from(coming.user * each + instance)))
        .filter(|client| habits.entries[habits.mix.nth(*client)].holds_open())
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_comes_with_ways_out() {
        let most = descriptors::connections();
        assert_eq!(fits(most, "this process", ""), Ok(()));
        let refused = fits(most + 1, "this process", MORE_WORKERS).unwrap_err().to_string();
        let (held, room) = (format!("{} clients", most + 1), format!("descriptors for {most}"));
        for part in [&held, &room, "`idleClose`", "--workers", "--users"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }
}
