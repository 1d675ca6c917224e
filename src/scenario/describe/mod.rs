//! What `populace check` says of a scenario.
//!
//! # Layout
//!
//! - `mod.rs`: who, how many, and what they do
//! - `expected.rs`: how much that is

mod expected;
#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::time::Duration;

use expected::Expected;

use super::pods::Place;
use super::resolve::Scenario;
use super::webadmin::Webadmin;
use crate::client::{Pace, StartWith, Timer};
use crate::population::Use;
use crate::random::Seed;
use crate::simulation::{Population, ProfileMix};

/// The resolved run in words: who, how many, which software and profiles, and the operations a second that the
/// means of the distributions lead one to expect.
pub fn describe(scenario: &Scenario) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = facts(scenario, &mut text);
    text
}

/// The seed, and how to have it again where nobody asked for it.
pub fn seed(scenario: &Scenario) -> String {
    let Scenario { seed: Seed(seed), timing, .. } = scenario;
    match timing.seed {
        Some(_) => seed.to_string(),
        None => format!("{seed}, which is drawn anew each time: --seed {seed} keeps it"),
    }
}

fn facts(scenario: &Scenario, out: &mut String) -> std::fmt::Result {
    let people = &scenario.people;
    let users = people.arrival.users(scenario.seed);
    let clients = scenario.clients();
    writeln!(out, "config    {}", scenario.documents.config_name())?;
    writeln!(out, "clients   {}", scenario.documents.clients_name())?;
    match &scenario.place {
        Place::Embedded => writeln!(out, "server    embedded (started with the run)")?,
        Place::Servers(pods) => {
            for pod in pods {
                writeln!(out, "server    {}", pod.shown())?;
            }
        }
    }
    let accounts = scenario.documents.config.get("accounts");
    let how = match people.usage {
        usage if accounts.is_some_and(|accounts| accounts.get("use").is_some()) => usage.name(),
        Use::Own => "own",
        Use::Reuse => "reuse, the default of these clients",
        Use::Draw => "draw, the default of clients in turns",
    };
    writeln!(out, "accounts  {} ({how})", people.accounts.len())?;
    let last = people.arrival.last(scenario.seed);
    writeln!(
        out,
        "arrival   {users} users, {clients} {}, the last after {}",
        plural(clients as u32, "client"),
        time(last)
    )?;
    if let Some(most) = people.at_once {
        writeln!(out, "          at most {most} of them at one time")?;
    }
    writeln!(out, "run       {}", phases(scenario))?;
    writeln!(out, "seed      {}", seed(scenario))?;
    prepare(scenario, out)?;
    for (index, threshold) in scenario.thresholds.iter().enumerate() {
        let name = if index == 0 { "judged" } else { "" };
        let required = if threshold.required { " (required)" } else { "" };
        write!(out, "{name:<9} {}{required}", threshold.expression)?;
        match threshold.abort {
            Some(patience) => writeln!(out, " (broken for {}: the run ends)", time(patience))?,
            None => writeln!(out)?,
        }
    }
    match &scenario.webadmin {
        Some(Webadmin { address, port: 0 }) => writeln!(out, "live page {address}:a free port")?,
        Some(Webadmin { address, port }) => writeln!(out, "live page {address}:{port}")?,
        None => {}
    }
    workers(scenario, out)?;
    let programs = &scenario.habits.programs;
    let numbers = users * scenario.client_numbers();
    let mut expected = Expected::default();
    for (index, population) in scenario.habits.outline(None).iter().enumerate() {
        let share = (0..numbers).filter(|client| programs.population(*client) == Some(index)).count();
        one_population(scenario, index, population, share, &mut expected, out)?;
    }
    writeln!(out)?;
    expected.write(out)
}

/// When what has no time of its own is done, for a mix; None: it has one, if any.
fn turn(mix: &ProfileMix) -> Option<&'static str> {
    match mix {
        ProfileMix::Together => None,
        ProfileMix::Choose(_) => Some("after the turn before"),
        ProfileMix::Once => Some("once"),
    }
}

/// What is done before the start.
fn prepare(scenario: &Scenario, out: &mut String) -> std::fmt::Result {
    let coming = scenario.accounts_coming().len();
    scenario.prepare.iter().try_for_each(|step| writeln!(out, "prepare   {}", step.what.describe(coming)))
}

/// Who brings the population, and how much of it.
fn workers(scenario: &Scenario, out: &mut String) -> std::fmt::Result {
    let shares: Vec<_> = scenario.workers.iter().map(|worker| worker.share).collect();
    let Ok(dealt) = scenario.deal(&shares) else { return Ok(()) };
    for (index, worker) in scenario.workers.iter().enumerate() {
        let share = dealt.count(index);
        let how = worker.command.as_deref().unwrap_or("a process on this machine");
        write!(out, "worker    {}: {share} {}, {how}", worker.name, plural(share, "user"))?;
        match &worker.addresses[..] {
            [] => writeln!(out)?,
            [first, rest @ ..] => {
                write!(out, ", from {first}")?;
                rest.iter().try_for_each(|address| write!(out, ", {address}"))?;
                writeln!(out)?;
            }
        }
    }
    Ok(())
}

fn one_population(
    scenario: &Scenario,
    index: usize,
    population: &Population,
    share: usize,
    expected: &mut Expected,
    out: &mut String,
) -> std::fmt::Result {
    let entry = &scenario.habits.entries[index];
    writeln!(
        out,
        "\n{} ({}), weight {}: {share} {}{}{}",
        entry.title,
        entry.software_name,
        entry.weight.get(),
        plural(share as u32, "client"),
        match entry.start_with {
            StartWith::Cold => "",
            StartWith::Warm => ", which know their server from yesterday",
            StartWith::StaleToken =>
                ", which know their server from yesterday by tokens that it takes no more",
        },
        match entry.mix {
            ProfileMix::Together => "",
            ProfileMix::Choose(_) => ", one profile after the other, chosen by weight",
            ProfileMix::Once => ", every profile once",
        }
    )?;
    let mut rate = 0.0;
    if let Some(program) = population.software.values().next() {
        let label = program.timer_label();
        rate += line(out, "software", program.timer().as_ref(), None, &label.to_string(), share as f64)?;
    }
    let whose = entry.descriptions.iter().zip(&entry.hosts).zip(at_work(scenario, index, population, share));
    // One profile whose turns take no time of their own makes the pace of all of them the server's.
    let paced = match &entry.mix {
        ProfileMix::Together => true,
        ProfileMix::Choose(weights) => {
            let mut chosen = population.profiles.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
            chosen.all(|(profile, _)| profile.timer().is_some())
        }
        ProfileMix::Once => false,
    };
    let turn = turn(&entry.mix).filter(|_| !paced);
    for (profile, ((description, hosts), share)) in population.profiles.iter().zip(whose) {
        let names = hosts.names();
        let name = if names.is_empty() {
            (*description).to_owned()
        } else {
            format!("{description} ({})", names.join(", "))
        };
        let labels: Vec<_> = profile.operations().iter().map(ToString::to_string).collect();
        rate += line(out, &name, profile.timer().as_ref(), turn, &labels.join(", "), share)?;
    }
    for name in &entry.disabled {
        writeln!(out, "  {name:<32} off (`enabled` is false)")?;
    }
    match &entry.mix {
        // Who leaves has no rate that lasts.
        ProfileMix::Once => expected.once += share,
        _ => {
            expected.rate += rate;
            *(if paced { &mut expected.by_clock } else { &mut expected.in_turns }) += share;
        }
    }
    Ok(())
}

/// How many clients are at each profile at any time: in turns, as often as it is chosen and as long as it takes at least.
fn at_work(scenario: &Scenario, index: usize, population: &Population, share: usize) -> Vec<f64> {
    let entry = &scenario.habits.entries[index];
    let rates: Vec<Option<f64>> = population
        .profiles
        .iter()
        .map(|profile| profile.timer().and_then(|timer| timer.pace.rate()))
        .collect();
    let mut all = vec![0.0; rates.len()];
    for (worker, clients) in scenario.clients_apart(index, share) {
        let here = entry.hosts.iter().map(|hosts| f64::from(u8::from(hosts.take(worker))));
        let parts: Vec<f64> = match &entry.mix {
            ProfileMix::Choose(weights) => {
                let weights: Vec<f64> =
                    weights.iter().zip(here).map(|(weight, here)| weight * here).collect();
                let times: Vec<f64> = weights
                    .iter()
                    .zip(&rates)
                    .map(|(weight, rate)| rate.map_or(0.0, |rate| weight / rate))
                    .collect();
                let sum: f64 = times.iter().sum();
                times.iter().map(|time| if sum > 0.0 { time / sum } else { 0.0 }).collect()
            }
            _ => here.collect(),
        };
        all.iter_mut().zip(parts).for_each(|(all, part)| *all += part * clients as f64);
    }
    all
}

/// A line about who acts, and how many operations a second that is; with `turn` the pace is the server's.
fn line(
    out: &mut String,
    name: &str,
    timer: Option<&Timer>,
    turn: Option<&str>,
    labels: &str,
    share: f64,
) -> Result<f64, std::fmt::Error> {
    let each = timer.and_then(|timer| timer.pace.rate()).filter(|_| turn.is_none());
    let all = each.map(|rate| rate * share);
    let pace = match (turn, timer.map(|timer| &timer.pace), each) {
        (Some(turn), ..) => turn.to_owned(),
        (None, None, _) => "when something happens".to_owned(),
        (None, Some(Pace::Every { interval } | Pace::Staggered { interval }), _) => {
            format!("every {}", time(*interval))
        }
        (None, Some(_), Some(rate)) => {
            format!("every {} on average", time(Duration::from_secs_f64(1.0 / rate)))
        }
        (None, Some(_), None) => "at times without a mean".to_owned(),
    };
    let all_text = all.map(|rate| format!("{rate:.2}/s")).unwrap_or_default();
    writeln!(out, "  {name:<32} {labels:<28} {pace:<26} {all_text}")?;
    Ok(all.unwrap_or(0.0))
}

fn phases(scenario: &Scenario) -> String {
    let phases = &scenario.timing.phases;
    let measured = match (phases.duration, scenario.habits.all_leave()) {
        (Some(duration), _) => time(duration),
        (None, true) => "until everybody has left".to_owned(),
        (None, false) => "until it is stopped".to_owned(),
    };
    format!("warm-up {}, measured {measured}, cool-down {}", time(phases.warmup), time(phases.cooldown))
}

fn time(duration: Duration) -> String {
    let seconds = (duration.as_secs_f64() * 1000.0).round() / 1000.0;
    format!("{seconds} s")
}

fn plural(count: u32, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}
