//! Memory a user: busy, in the scenario of `thinking.rs`, and idle, where everybody thinks for long.
//!
//! What counts is marginal: what more users take beyond fewer. Both programs run at the same time, which memory does not mind.

use std::process::Command;
use std::time::Duration;

use tokio::time::Instant;

use super::figures::median;
use super::nginx::Nginx;
use super::ours::{self, Load};
use super::process::Running;
use super::{Plan, Scenario, thinking, tsung};

/// Users of the smaller and of the larger run.
const BUSY: [u32; 2] = [1000, 3000];
const IDLE: [u32; 2] = [1000, 10_000];

/// Everybody is there after 15 s and Tsung's start; 10 s later Tsung has put its users to sleep.
const AT_REST: Scenario = Scenario { users: 0, ramp: 15, requests: 1, think: 45 };
const RESTING: [u64; 2] = [32, 41];

/// One and the other.
pub fn measure(plan: &Plan) -> Result<(), String> {
    println!("memory a user, all of it resident, that of Tsung with the processes that it starts");
    let tsung = tsung::ready()?;
    let with = tsung.as_ref();
    let busy = BUSY.map(|users| side_by_side(plan, with, thinking::scenario(users), None));
    told("busy: 10 requests, 1 s after each, the most", BUSY, busy)?;
    let idle = IDLE.map(|users| side_by_side(plan, with, Scenario { users, ..AT_REST }, Some(RESTING)));
    told("idle: thinking for long", IDLE, idle)
}

/// KB of this program and, if it is there, of Tsung.
type Both = (f64, Option<f64>);

fn told(title: &str, users: [u32; 2], [few, many]: [Result<Both, String>; 2]) -> Result<(), String> {
    let ((own_few, its_few), (own, its)) = (few?, many?);
    println!("  {title}; {} and {} users", users[0], users[1]);
    let more = f64::from(users[1] - users[0]);
    let line = |name: &str, few: f64, many: f64| {
        let each = (many - few) / more;
        println!("    {name:<9} {:>7.1} and {:>7.1} MB: {each:>7.1} KB a user more", few / 1e3, many / 1e3);
        each
    };
    let own = line("populace", own_few, own);
    if let (Some(few), Some(many)) = (its_few, its) {
        println!("    populace to tsung: {:.3} times (goal: below 1)", own / line("tsung", few, many));
    }
    Ok(())
}

/// Both programs on one scenario. `window`: between which seconds after the start the memory is looked at, and the median of
/// it counts, when all users must be there; without it, to the end, the most.
fn side_by_side(
    plan: &Plan,
    tsung: Option<&tsung::Ready>,
    scenario: Scenario,
    window: Option<[u64; 2]>,
) -> Result<Both, String> {
    let nginx = Nginx::start(2)?;
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let load = Load::Thinking(scenario);
    let own = ours::complete(Command::new(&plan.program), &nginx, &load, folder.path())?;
    let mut commands = vec![own];
    if let Some(ready) = tsung {
        commands.push(ready.complete(Command::new("tsung"), (&nginx, scenario), folder.path())?);
    }
    let mut running = commands.iter_mut().map(Running::start).collect::<Result<Vec<_>, _>>()?;
    let begun = Instant::now();
    let mut seen = vec![Vec::new(); running.len()];
    loop {
        std::thread::sleep(Duration::from_millis(250));
        let second = begun.elapsed().as_secs();
        if window.is_none_or(|[from, _]| second >= from) {
            for (one, seen) in running.iter().zip(&mut seen) {
                seen.push(one.resident());
            }
        }
        match window {
            Some([_, to]) if second >= to => break,
            None if over(&mut running)? => break,
            _ => {}
        }
    }
    let all = u64::from(scenario.users) * running.len() as u64;
    if window.is_some() && nginx.counted()?.open < all {
        return Err(format!("not all of {all} users have a connection"));
    }
    let mut figures = seen.into_iter().filter_map(|seen| match window {
        Some(_) => median(seen),
        None => seen.into_iter().reduce(f64::max),
    });
    Ok((figures.next().ok_or("nothing was seen")?, figures.next()))
}

/// Whether all are.
fn over(running: &mut [Running]) -> Result<bool, String> {
    let mut over = true;
    for one in running {
        over &= one.is_over()?;
    }
    Ok(over)
}
