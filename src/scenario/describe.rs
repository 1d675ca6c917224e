//! What `populace check` says of a scenario.

use std::fmt::Write;
use std::time::Duration;

use super::pods::Place;
use super::resolve::Scenario;
use super::webadmin::Webadmin;
use crate::client::{Pace, StartWith, Timer};
use crate::population::Use;
use crate::simulation::{Population, ProfileMix};

/// The resolved run in words: who, how many, which software and profiles, and the operations a second that the
/// means of the distributions lead one to expect.
pub fn describe(scenario: &Scenario) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = facts(scenario, &mut text);
    text
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
    writeln!(out, "seed      {}", scenario.seed.0)?;
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
    let mut expected = 0.0;
    for (index, population) in scenario.habits.outline(None).iter().enumerate() {
        let share = (0..numbers).filter(|client| programs.population(*client) == Some(index)).count();
        expected += one_population(scenario, index, population, share, out)?;
    }
    writeln!(out, "\nexpected when all are there: {expected:.2} operations a second by themselves")?;
    writeln!(
        out,
        "  (fewer where a habit looks and finds nothing to do; on top come a start each, and what follows"
    )?;
    writeln!(out, "  from others: pushes, answers to invitations)")
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
    out: &mut String,
) -> Result<f64, std::fmt::Error> {
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
    let mut expected = 0.0;
    if let Some(program) = population.software.values().next() {
        let label = program.timer_label();
        expected += line(out, "software", program.timer().as_ref(), &label.to_string(), share as f64)?;
    }
    let whose = entry.descriptions.iter().zip(&entry.hosts).zip(at_work(scenario, index, population, share));
    for (profile, ((description, hosts), share)) in population.profiles.iter().zip(whose) {
        let names = hosts.names();
        let name = if names.is_empty() {
            (*description).to_owned()
        } else {
            format!("{description} ({})", names.join(", "))
        };
        let labels: Vec<_> = profile.operations().iter().map(ToString::to_string).collect();
        expected += line(out, &name, profile.timer().as_ref(), &labels.join(", "), share)?;
    }
    for name in &entry.disabled {
        writeln!(out, "  {name:<32} off (`enabled` is false)")?;
    }
    Ok(expected)
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

fn line(
    out: &mut String,
    name: &str,
    timer: Option<&Timer>,
    labels: &str,
    share: f64,
) -> Result<f64, std::fmt::Error> {
    let each = timer.and_then(|timer| timer.pace.rate());
    let all = each.map(|rate| rate * share);
    let pace = match (timer.map(|timer| &timer.pace), each) {
        (None, _) => "when something happens".to_owned(),
        (Some(Pace::Every { interval } | Pace::Staggered { interval }), _) => {
            format!("every {}", time(*interval))
        }
        (Some(_), Some(rate)) => format!("every {} on average", time(Duration::from_secs_f64(1.0 / rate))),
        (Some(_), None) => "at times without a mean".to_owned(),
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
