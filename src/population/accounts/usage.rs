//! Which user gets which account.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::config::{Diagnostics, FromValue, Value};
use crate::random::Seed;

/// Which user gets which account (`accounts.use`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Use {
    /// Each user has an account of its own; too few are an error.
    Own,
    /// The accounts are dealt out over and over.
    Reuse,
    /// Each turn of a client draws an account by chance, one that nobody else uses; too few are an error.
    Draw,
}

/// The names of all ways, in the order of [`Use`].
const NAMES: [(&str, Use); 3] = [("own", Use::Own), ("reuse", Use::Reuse), ("draw", Use::Draw)];

impl Use {
    /// The name, as written in a configuration.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, one)| *one == self).map_or("own", |(name, _)| name)
    }
}

/// Which of the accounts are whose: a pure function of the seed, whoever brings the users.
#[derive(Clone, Copy, Debug)]
pub struct Allotment {
    pub usage: Use,
    pub accounts: usize,
    /// How many users come in all.
    pub users: u32,
    pub seed: Seed,
}

impl Allotment {
    /// The index of the account of a user's turn `n`; None: there is none for it. Only with [`Use::Draw`] turns differ.
    pub fn account(&self, user: u32, n: u64) -> Option<usize> {
        if self.usage != Use::Draw {
            return self.part(user).first().copied();
        }
        // The same as a draw from the part, which may have millions.
        let (first, step) = (user as usize, (self.users as usize).max(1));
        let count = self.accounts.saturating_sub(first).div_ceil(step);
        let mut chance = self.seed.stream(user, 0, "account").at(n);
        (count > 0).then(|| first + step * chance.random_range(0..count))
    }

    /// All accounts that a user may come to have. Those of two users never overlap, but with [`Use::Reuse`].
    pub fn part(&self, user: u32) -> Vec<usize> {
        let number = user as usize;
        match self.usage {
            _ if self.accounts == 0 => Vec::new(),
            Use::Own => (number..self.accounts).take(1).collect(),
            Use::Reuse => vec![number % self.accounts],
            Use::Draw => (number..self.accounts).step_by((self.users as usize).max(1)).collect(),
        }
    }
}

impl FromValue for Use {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Use> {
        value.word("way to use accounts", &NAMES, diags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(usage: Use, accounts: usize, users: u32) -> Allotment {
        Allotment { usage, accounts, users, seed: Seed(9) }
    }

    #[test]
    fn own_runs_out_and_reuse_starts_again() {
        assert_eq!(of(Use::Own, 3, 4).account(2, 0), Some(2));
        assert_eq!(of(Use::Own, 3, 4).account(3, 0), None);
        assert_eq!(of(Use::Reuse, 3, 8).account(7, 5), Some(1));
        assert_eq!(of(Use::Reuse, 0, 8).account(7, 0), None);
    }

    #[test]
    fn draws_are_repeatable_cover_all_accounts_and_never_meet() {
        let all = of(Use::Draw, 17, 5);
        let mut whose = [None; 17];
        for user in 0..5 {
            for n in 0..100 {
                let drawn = all.account(user, n).unwrap();
                assert_eq!(all.account(user, n), Some(drawn));
                assert!(whose[drawn].is_none_or(|other| other == user), "{user} {n}");
                whose[drawn] = Some(user);
            }
        }
        assert!(whose.iter().all(Option::is_some), "{whose:?}");
        assert_eq!(of(Use::Draw, 3, 5).account(4, 0), None);
    }
}
