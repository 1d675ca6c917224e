//! Connections that clients hold open for good: each takes a descriptor from its client's arrival on, so too many of
//! them are refused before the start.

use std::fmt;

use super::pods::Place;
use super::resolve::Scenario;
use super::venue::Mode;
use crate::population::Dealt;
use crate::transport::{Connector, descriptors};

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
    way_out: WayOut,
}

/// What would help beside fewer connections.
#[derive(Debug, PartialEq, Eq)]
enum WayOut {
    /// Nothing.
    None,
    /// So many workers at least.
    Workers(usize),
}

impl fmt::Display for WayOut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WayOut::None => Ok(()),
            WayOut::Workers(count) => write!(out, "use at least {count} --workers, "),
        }
    }
}

impl WayOut {
    /// More processes, each of which holds as many connections.
    fn workers(scenario: &Scenario, most: usize) -> WayOut {
        WayOut::Workers(held_open(scenario, |_| true).div_ceil(most.max(1)))
    }
}

/// Whether a run could hold open the connections of all its clients, whoever brings them: what it makes sure of before
/// the start.
pub fn fits_run(scenario: &Scenario) -> Result<(), TooManyHeldOpen> {
    fits_embedded(Mode::Run, scenario)?;
    if scenario.workers.is_empty() {
        return fits_here(scenario, descriptors::connections(), |_| true);
    }
    let shares: Vec<_> = scenario.workers.iter().map(|worker| worker.share).collect();
    // Shares that do not do are another error.
    scenario.deal(&shares).map_or(Ok(()), |dealt| fits_workers(scenario, &dealt))
}

/// Whether this process can hold open the connections of the clients of its users, those that `mine` takes, with as
/// many as its connector gives. Pipes take no descriptors, and have no bound.
pub fn fits_process(
    connector: &Connector,
    scenario: &Scenario,
    mine: impl Fn(u32) -> bool,
) -> Result<(), TooManyHeldOpen> {
    let Some(most) = connector.limit() else { return Ok(()) };
    fits_here(scenario, most, mine)
}

fn fits_here(scenario: &Scenario, most: usize, mine: impl Fn(u32) -> bool) -> Result<(), TooManyHeldOpen> {
    fits(held_open(scenario, mine), most, "this process", || WayOut::workers(scenario, most))
}

/// The same for the workers on this machine, whose limit is the same as ours.
pub fn fits_workers(scenario: &Scenario, dealt: &Dealt) -> Result<(), TooManyHeldOpen> {
    let most = descriptors::connections();
    let here = scenario.workers.iter().enumerate().filter(|(_, plan)| plan.command.is_none());
    for (index, plan) in here {
        let held = held_open(scenario, |user| dealt.worker(user) == Some(index));
        fits(held, most, &format!("worker {}", plan.name), || WayOut::workers(scenario, most))?;
    }
    Ok(())
}

/// Whether the embedded server, a process of its own with the same limit, can hold open those of all users.
pub fn fits_embedded(mode: Mode, scenario: &Scenario) -> Result<(), TooManyHeldOpen> {
    let embedded = matches!(scenario.place, Place::Embedded);
    if mode == Mode::Rehearse || !embedded {
        return Ok(());
    }
    let held = held_open(scenario, |_| true);
    fits(held, descriptors::connections(), "the embedded server", || WayOut::None)
}

/// How many connections each worker may have open at once, when they go to the embedded server: it has no more
/// descriptors than one of us. None: as many as it can.
///
/// A worker gets as many as its clients hold open for good, as these would starve with fewer, and of what is left its
/// part by its users.
pub fn rooms(scenario: &Scenario, dealt: &Dealt) -> Option<Vec<usize>> {
    let mut held = vec![0; scenario.workers.len()];
    if !matches!(scenario.place, Place::Embedded) {
        return None;
    }
    for worker in holding(scenario).filter_map(|user| dealt.worker(user)) {
        held[worker] += 1;
    }
    let users: Vec<usize> = (0..held.len()).map(|worker| dealt.count(worker) as usize).collect();
    Some(parts(descriptors::connections(), &held, &users))
}

fn parts(most: usize, held: &[usize], users: &[usize]) -> Vec<usize> {
    let left = most.saturating_sub(held.iter().sum());
    let all: usize = users.iter().sum();
    held.iter().zip(users).map(|(held, users)| (held + left * users / all.max(1)).max(1)).collect()
}

fn fits(
    held: usize,
    most: usize,
    whose: &str,
    way_out: impl FnOnce() -> WayOut,
) -> Result<(), TooManyHeldOpen> {
    if held <= most {
        return Ok(());
    }
    Err(TooManyHeldOpen { held, most, whose: whose.to_owned(), way_out: way_out() })
}

/// How many clients of the users that `mine` takes hold a connection open.
fn held_open(scenario: &Scenario, mine: impl Fn(u32) -> bool) -> usize {
    holding(scenario).filter(|user| mine(*user)).count()
}

/// For every client that arrives before the end and holds a connection open its user.
fn holding(scenario: &Scenario) -> impl Iterator<Item = u32> + '_ {
    let habits = &scenario.habits;
    let any = habits.entries.iter().any(|entry| entry.holds_open());
    let (arrival, end) = (&scenario.people.arrival, scenario.timing.phases.end());
    let each = scenario.client_numbers();
    let coming = any.then(|| arrival.plan(scenario.seed)).into_iter().flatten();
    coming
        .take_while(move |coming| end.is_none_or(|end| coming.at < end))
        .flat_map(move |coming| (0..each).map(move |instance| (coming.user, coming.user * each + instance)))
        .filter(move |(_, client)| {
            habits
                .programs
                .population(*client)
                .is_some_and(|population| habits.entries[population].holds_open())
        })
        .map(|(user, _)| user)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_comes_with_ways_out() {
        let most = descriptors::connections();
        assert_eq!(fits(most, most, "this process", || WayOut::None), Ok(()));
        let refused = fits(most + 1, most, "this process", || WayOut::Workers(2)).unwrap_err().to_string();
        let (held, room) = (format!("{} clients", most + 1), format!("descriptors for {most}"));
        for part in [&held, &room, "`idleClose`", "at least 2 --workers", "--users"] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
    }

    #[test]
    fn each_worker_has_room_for_what_it_holds_and_its_part_of_the_rest() {
        // By halves the first would have 50 connections for 80 clients, and 30 would wait for ever.
        assert_eq!(parts(100, &[80, 10], &[90, 10]), [89, 11]);
        assert_eq!(parts(100, &[50, 50], &[1, 99]), [50, 50]);
        assert_eq!(parts(100, &[0, 0, 0], &[3, 1, 0]), [75, 25, 1]);
    }
}
