//! Who arrives when, with which account and which population.

use std::rc::Rc;
use std::time::Duration;

use crate::event::Who;
use crate::population::Account;

/// Arrival times with user numbers, in order of time.
pub type Arrivals = Box<dyn Iterator<Item = (Duration, u32)>>;

/// The resolved answer to "who comes when": pure functions of user and client numbers.
pub struct Crowd {
    pub arrivals: Arrivals,
    /// How many client numbers a user takes.
    pub clients_per_user: u32,
    /// The index of a user's account in a turn (0: at its arrival); None when there is none.
    pub account: Box<dyn Fn(u32, u64) -> Option<usize>>,
    /// The most users who are there at one time: others wait until somebody has left. None: as many as come.
    pub at_once: Option<u32>,
    /// Whether each turn has another account.
    pub draws: bool,
    /// The index of the population of a client number (spec 3); None: there is no such client.
    pub population: Box<dyn Fn(u32) -> Option<usize>>,
}

/// A client on its way in.
pub struct Newcomer {
    pub who: Rc<Who>,
    pub account: Rc<Account>,
    pub account_index: usize,
    pub population: usize,
}

impl Crowd {
    /// The clients of user number `user`; empty when it has no account.
    pub fn clients_of(
        &self,
        user: u32,
        accounts: &[Rc<Account>],
        names: impl Fn(usize) -> (Rc<str>, Rc<str>),
    ) -> Vec<Newcomer> {
        let Some(account_index) = (self.account)(user, 0) else { return Vec::new() };
        let Some(account) = accounts.get(account_index) else { return Vec::new() };
        (0..self.clients_per_user)
            .filter_map(|instance| {
                let client = user * self.clients_per_user + instance;
                let population = (self.population)(client)?;
                let (title, software) = names(population);
                let who = Who { uid: account.uid.clone(), user, client, instance, title, software };
                Some(Newcomer { who: Rc::new(who), account: account.clone(), account_index, population })
            })
            .collect()
    }
}
