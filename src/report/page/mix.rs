//! Who came, and how each population fared.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use super::bounds::{Few, name, sentence};
use super::numbers::{count, share, time};
use crate::report::{Figures, GroupFigures, Results};

/// The most populations, and habits, that are shown.
const MOST: usize = 30;

/// One population: a client program with its habits, and its part in the whole.
#[derive(Debug, Serialize)]
pub struct Population {
    pub title: String,
    /// The client programs; empty if the results file is an older one that does not say it.
    pub software: String,
    pub users: Option<String>,
    pub clients: Option<String>,
    pub requests: Share,
    pub operations: Share,
}

/// The requests or operations of one population.
#[derive(Debug, Default, Serialize)]
pub struct Share {
    pub count: String,
    pub failed: String,
    pub failed_share: String,
    pub any_failed: bool,
    pub p50: String,
    pub p95: String,
    pub p99: String,
}

impl Share {
    fn of(figures: &Figures) -> Share {
        Share {
            count: count(figures.count),
            failed: count(figures.failed),
            failed_share: share(figures.failed, figures.count),
            any_failed: figures.failed > 0,
            p50: time(figures.response.p50),
            p95: time(figures.response.p95),
            p99: time(figures.response.p99),
        }
    }
}

/// Every population that arrived or asked for something.
pub fn populations(results: &Results) -> Few<Population> {
    let titles: std::collections::BTreeSet<&Rc<str>> =
        results.populations.keys().chain(results.groups.keys()).collect();
    let one = |title: &Rc<str>| {
        let (crowd, group) = (results.populations.get(title), results.groups.get(title));
        Population {
            title: name(title),
            software: crowd.map(|crowd| name(&crowd.software.join(", "))).unwrap_or_default(),
            users: crowd.map(|crowd| count(crowd.users)),
            clients: crowd.map(|crowd| count(crowd.clients)),
            requests: group.map(|group| Share::of(&group.requests)).unwrap_or_default(),
            operations: group.map(|group| Share::of(&group.operations)).unwrap_or_default(),
        }
    };
    Few::of(titles.into_iter().map(one), MOST)
}

/// One habit, and how what was done for it fared.
#[derive(Debug, Serialize)]
pub struct Deeds {
    pub profile: String,
    pub requests: Share,
    pub operations: Share,
}

/// Every habit that something was done for.
pub fn deeds(results: &Results) -> Few<Deeds> {
    let one = |(profile, group): (&Rc<str>, &GroupFigures)| Deeds {
        profile: name(profile),
        requests: Share::of(&group.requests),
        operations: Share::of(&group.operations),
    };
    Few::of(results.profiles.iter().map(one), MOST)
}

/// The mix in a few words: `30 10.7, 30 10.11`, in clients.
#[derive(Debug, Serialize)]
pub struct Part {
    pub clients: String,
    pub title: String,
    pub share: String,
}

/// The largest parts of the mix; none if the results file is an older one that does not say it.
pub fn mix(results: &Results) -> Few<Part> {
    let mut parts: Vec<_> = results.populations.iter().collect();
    parts.sort_by_key(|(_, crowd)| std::cmp::Reverse(crowd.clients));
    let all = results.clients.max(1);
    let part = |(title, crowd): (&Rc<str>, &crate::report::PopulationFigures)| Part {
        clients: count(crowd.clients),
        title: name(title),
        share: share(crowd.clients, all),
    };
    Few::of(parts.into_iter().map(part), 5)
}

/// A habit, why it did not happen, and how often.
#[derive(Debug, Serialize)]
pub struct Habit {
    pub profile: String,
    pub reason: String,
    pub count: String,
}

/// All habits with their reasons.
pub fn habits(habits: &BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>>) -> Few<Habit> {
    let all = habits.iter().flat_map(|(profile, reasons)| {
        reasons.iter().map(|(reason, times)| Habit {
            profile: name(profile),
            reason: sentence(reason),
            count: count(*times),
        })
    });
    Few::of(all, MOST)
}
