//! Which user gets which account.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::config::{Diagnostics, FromValue, Kind, Value, did_you_mean};
use crate::random::Seed;

/// Which user gets which account (`accounts.use`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Use {
    /// Each user has an account of its own; too few are an error.
    Own,
    /// The accounts are dealt out over and over.
    Reuse,
    /// Each use draws an account by chance.
    Draw,
}

/// The names of all ways, in the order of [`Use`].
const NAMES: [(&str, Use); 3] = [("own", Use::Own), ("reuse", Use::Reuse), ("draw", Use::Draw)];

impl Use {
    /// The index of the account for a user's use number `occurrence` (from 0), among `count` accounts.
    /// `None` when there is none for it. Only [`Use::Draw`] looks at the seed and the occurrence.
    pub fn account(self, user: u32, occurrence: u64, count: usize, seed: Seed) -> Option<usize> {
        let number = user as usize;
        match self {
            _ if count == 0 => None,
            Use::Own => (number < count).then_some(number),
            Use::Reuse => Some(number % count),
            Use::Draw => Some(seed.stream(user, 0, "account").at(occurrence).random_range(0..count)),
        }
    }

    /// The name, as written in a configuration.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, one)| *one == self).map_or("own", |(name, _)| name)
    }
}

impl FromValue for Use {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Use> {
        let Kind::String(text) = &value.kind else { return value.mismatch("own, reuse or draw", diags) };
        let found = NAMES.iter().find(|(name, _)| name == text).map(|(_, one)| *one);
        if found.is_none() {
            diags
                .error(&value.at, format!("{text:?} is no way to use accounts: expected own, reuse or draw"))
                .help(did_you_mean(text, NAMES.map(|(name, _)| name)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_runs_out_and_reuse_starts_again() {
        let seed = Seed(1);
        assert_eq!(Use::Own.account(2, 0, 3, seed), Some(2));
        assert_eq!(Use::Own.account(3, 0, 3, seed), None);
        assert_eq!(Use::Reuse.account(7, 5, 3, seed), Some(1));
        assert_eq!(Use::Reuse.account(7, 0, 0, seed), None);
    }

    #[test]
    fn draws_are_repeatable_and_cover_all_accounts() {
        let draw = |user, occurrence| Use::Draw.account(user, occurrence, 5, Seed(9)).unwrap();
        assert_eq!(draw(3, 4), draw(3, 4));
        let mut seen = [false; 5];
        (0..100).for_each(|occurrence| seen[draw(0, occurrence)] = true);
        assert_eq!(seen, [true; 5]);
    }
}
