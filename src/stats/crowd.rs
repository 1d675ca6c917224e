//! Who of one population has come.

use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Bits;
use crate::event::Who;

/// The users and clients of one population (one title) that have arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    users: Bits,
    clients: Bits,
    /// The registered names of their software; several where populations share a title.
    software: BTreeSet<Rc<str>>,
}

impl Crowd {
    pub(super) fn arrived(&mut self, who: &Who) {
        self.users.insert(who.user);
        self.clients.insert(who.client);
        if !self.software.contains(&who.software) {
            self.software.insert(who.software.clone());
        }
    }

    pub(super) fn merge(&mut self, other: &Crowd) {
        self.users.merge(&other.users);
        self.clients.merge(&other.clients);
        self.software.extend(other.software.iter().cloned());
    }

    /// How many users have a client of it.
    pub fn users(&self) -> u64 {
        self.users.len()
    }

    pub fn clients(&self) -> u64 {
        self.clients.len()
    }

    /// In order of the alphabet.
    pub fn software(&self) -> impl Iterator<Item = &Rc<str>> {
        self.software.iter()
    }
}
