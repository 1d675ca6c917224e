//! Accounts and arrival: who comes when, and as whom.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use super::habits::Habit;
use super::options::Options;
use super::pods::Place;
use super::resolve::Scenario;
use crate::config::{Table, Value};
use crate::population::accounts::Allotment;
use crate::population::accounts::only_pods;
use crate::population::arrival::{Coming, MAX_USERS};
use crate::population::{Account, Arrival, DEFAULT_POD, Dealt, Share, Use, accounts, arrival};
use crate::random::Seed;
use crate::simulation::{Crowd, Forecast, Population};

/// Who comes when, and as whom.
pub struct People {
    pub accounts: Rc<[Rc<Account>]>,
    pub usage: Use,
    pub arrival: Box<dyn Arrival>,
    /// The most users who are there at one time; None: as many as come.
    pub at_once: Option<u32>,
}

/// Decodes `arrival`; `interval` is `arrivalInterval` of the clients plist.
pub fn arrival(table: &Table<'_>, interval: Option<&Value>, options: &Options) -> Option<Coming> {
    let mut coming = match table.value("arrival") {
        Some(value) => arrival::decode(value, interval, table.diags()),
        None => arrival::decode_absent(interval, table.diags()),
    };
    if let (Some(users), Some(coming)) = (options.users, &mut coming) {
        coming.arrival.scale_to(users);
    }
    coming
}

/// The accounts of the config that live on its servers, those that it `asked` for, and who gets which: `usual`, if the config
/// does not say. A rehearsal
/// has the same in the same order, so that its users are the same. The embedded server makes whatever accounts there are:
/// there patterns make as many as the users who come, when somebody wants more `users` than the config has.
pub fn accounts(
    table: &Table<'_>,
    beside: &Path,
    asked: Option<&Place>,
    options: &Options,
    (users, usual): (u32, Use),
) -> Option<(Rc<[Rc<Account>]>, Use)> {
    let extended = options.users.is_some() && matches!(asked, Some(Place::Embedded));
    let around = accounts::Around { beside, at_least: if extended { users } else { 0 } };
    let Some(value) = table.value("accounts") else {
        table.missing(&["accounts"]).help(
            "say who the users are, as <key>accounts</key><dict><key>loader</key><string>generateRecords</string></dict>; \
             `populace loaders` lists the ways",
        );
        return None;
    };
    let loaded = accounts::load(value, around, table.diags())?;
    let mut list = loaded.list;
    let pods = asked.map(Place::pods).filter(|_| table.has("servers"));
    if let Some(pods) = pods {
        let names: Vec<&str> = pods.iter().map(|pod| &*pod.name).collect();
        only_pods(&mut list, &names);
    }
    if pods.is_none() || options.rehearse {
        // With one server the pods of the accounts mean nothing.
        list.iter_mut().for_each(|account| account.pod = DEFAULT_POD.into());
    }
    if list.is_empty() {
        table.error_at_key("accounts", "there is no account for the servers of this config");
        return None;
    }
    Some((list.into_iter().map(Rc::new).collect(), loaded.usage.unwrap_or(usual)))
}

impl Scenario {
    /// How many client numbers each user takes.
    pub fn client_numbers(&self) -> u32 {
        self.people.arrival.clients_per_user().saturating_mul(self.habits.programs.each())
    }

    /// How many clients come if all users do.
    pub fn clients(&self) -> u64 {
        let numbers = self.people.arrival.users(self.seed).saturating_mul(self.client_numbers());
        match self.habits.programs.each() {
            1 => numbers.into(),
            _ => (0..numbers).filter_map(|client| self.habits.programs.population(client)).count() as u64,
        }
    }

    /// Which of the accounts are whose.
    pub fn allotment(&self) -> Allotment {
        let People { accounts, usage, arrival, .. } = &self.people;
        let (accounts, users) = (accounts.len(), arrival.users(self.seed));
        Allotment { usage: *usage, accounts, users, seed: self.seed }
    }

    /// Who arrives when, of the users whose numbers `mine` takes.
    pub fn crowd(&self, mine: impl Fn(u32) -> bool + 'static) -> Crowd {
        let (People { arrival, .. }, seed) = (&self.people, self.seed);
        let allotment = self.allotment();
        let arrivals: Vec<_> =
            arrival.plan(seed).filter(|one| mine(one.user)).map(|one| (one.at, one.user)).collect();
        let programs = self.habits.programs.clone();
        Crowd {
            arrivals: Box::new(arrivals.into_iter()),
            clients_per_user: self.client_numbers(),
            at_once: self.people.at_once,
            account: Box::new(move |user, n| allotment.account(user, n)),
            draws: allotment.usage == Use::Draw,
            population: Box::new(move |client| programs.population(client)),
        }
    }

    /// The same of those who come before the end.
    pub fn crowd_coming(&self, mine: impl Fn(u32) -> bool + 'static) -> Crowd {
        let (crowd, end) = (self.crowd(mine), self.timing.phases.end());
        let coming = crowd.arrivals.filter(move |(at, _)| end.is_none_or(|end| *at < end));
        Crowd { arrivals: Box::new(coming), ..crowd }
    }

    /// The accounts of the users who come before the end.
    pub fn accounts_coming(&self) -> BTreeSet<usize> {
        let allotment = self.allotment();
        self.crowd_coming(|_| true).arrivals.flat_map(|(_, user)| allotment.part(user)).collect()
    }

    /// The populations as they would be, going nowhere: once, or worker by worker where `hosts` tells them apart.
    pub fn outline(&self) -> Vec<Population> {
        match self.dealt_apart() {
            None => self.habits.outline(None),
            Some(_) => {
                self.workers.iter().flat_map(|worker| self.habits.outline(Some(&worker.name))).collect()
            }
        }
    }

    /// What will be due, for the populations of [`Scenario::outline`].
    pub fn forecast<'p>(&self, populations: &'p [Population]) -> Forecast<'p> {
        let mut crowd = self.crowd(|_| true);
        if let Some(dealt) = self.dealt_apart() {
            let (each, entries) = (crowd.clients_per_user.max(1), self.habits.entries.len());
            let entry = crowd.population;
            let population = move |client| Some(dealt.worker(client / each)? * entries + entry(client)?);
            crowd.population = Box::new(population);
        }
        Forecast::new(self.seed, self.people.accounts.clone(), populations, crowd)
    }

    /// How many of the clients of a population each worker brings, where that makes a difference; else all of them, `share`.
    pub fn clients_apart(&self, population: usize, share: usize) -> Vec<(Option<&str>, usize)> {
        let Some(dealt) = self.dealt_apart() else { return vec![(None, share)] };
        let each = self.client_numbers().max(1);
        let mut all: Vec<_> = self.workers.iter().map(|worker| (Some(worker.name.as_str()), 0)).collect();
        for client in 0..self.people.arrival.users(self.seed).saturating_mul(each) {
            if self.habits.programs.population(client) == Some(population)
                && let Some(worker) = dealt.worker(client / each)
            {
                all[worker].1 += 1;
            }
        }
        all
    }

    /// The worker of every user, where users of different workers do different things.
    fn dealt_apart(&self) -> Option<Dealt> {
        let apart = !self.workers.is_empty() && self.habits.entries.iter().any(Habit::has_hosts);
        let shares: Vec<Share> = self.workers.iter().map(|worker| worker.share).collect();
        if apart { self.deal(&shares).ok() } else { None }
    }
}

impl People {
    /// Reports an error when there are fewer accounts than users that need one of their own, or more clients than
    /// can be numbered.
    pub fn check(&self, table: &Table<'_>, seed: Seed, programs: u32) {
        let (users, accounts) = (self.arrival.users(seed) as usize, self.accounts.len());
        let clients = users as u64 * u64::from(self.arrival.clients_per_user()) * u64::from(programs);
        if clients > u64::from(MAX_USERS) {
            table.error_at_key("arrival", format!("{clients} clients are more than {MAX_USERS}"));
        }
        if self.usage != Use::Reuse && users > accounts {
            let key = if table.has("arrival") { "arrival" } else { "accounts" };
            table
                .error_at_key(key, format!("{users} users arrive, but there are only {accounts} accounts"))
                .help(format!(
                    "let `accounts` name {users} that exist on the server (`count`, or rows of its file), let at most \
                     --users {accounts} come, or say `use` = `reuse` in `accounts`: then users share accounts"
                ));
        }
    }
}
