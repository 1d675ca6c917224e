//! Lets clients that do not begin cold learn what they would know from yesterday, before the first of them arrives.

use std::rc::Rc;

use super::beforehand::{Beforehand, NotPrepared, in_turn, tell};
use super::resolve::Scenario;
use super::venue::Venue;
use crate::client::StartWith;
use crate::simulation::{Newcomer, Population};

/// How many clients learn at once.
const AT_ONCE: usize = 8;

/// Lets those clients of the users whom `mine` takes learn who come before the end; then how many requests that took. The
/// first that fails ends it.
pub async fn warm(
    scenario: &Scenario,
    venue: &Venue,
    populations: &[Population],
    mine: impl Fn(u32) -> bool + 'static,
) -> Result<u64, NotPrepared> {
    if populations.iter().all(|population| population.start_with == StartWith::Cold) {
        return Ok(0);
    }
    let before = Beforehand::new(scenario, venue);
    let learners = learners(scenario, populations, mine);
    tell(&format!("{} clients learn what they know from yesterday", learners.len()));
    in_turn(AT_ONCE, learners, |newcomer: Newcomer| {
        let population = &populations[newcomer.population];
        let (software, start) =
            (population.software.get(&newcomer.account.pod).cloned(), population.start_with);
        let cx = before.for_client(newcomer.who.clone(), newcomer.account_index);
        async move {
            // Whoever lives on no server of this run fails at arrival.
            let Some(software) = software else { return Ok(()) };
            let learnt = software.learn(&cx, start).await;
            let failed = |why| NotPrepared::of(&cx.account, "what its client knows from yesterday", why);
            learnt.map(|_| ()).map_err(failed)
        }
    })
    .await?;
    Ok(before.requests())
}

fn learners(
    scenario: &Scenario,
    populations: &[Population],
    mine: impl Fn(u32) -> bool + 'static,
) -> Vec<Newcomer> {
    let mut crowd = scenario.crowd_coming(mine);
    let arrivals = std::mem::replace(&mut crowd.arrivals, Box::new(std::iter::empty()));
    let names = |index: usize| {
        let population: &Population = &populations[index];
        (population.title.clone(), population.software_name.clone())
    };
    let accounts = Rc::clone(&scenario.people.accounts);
    arrivals
        .flat_map(|(_, user)| crowd.clients_of(user, &accounts, names))
        .filter(|newcomer| populations[newcomer.population].start_with != StartWith::Cold)
        .collect()
}
