//! What is scheduled, as one number that two runs can compare.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::event::Who;

/// A hash of the plan of a run: of (user, client, account, software, purpose, n, due) of all that is due
/// without regard to what the server answers (design, decision 4). It is a sum, so that neither the order
/// nor the number of workers matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan(u64);

impl Plan {
    /// The purpose of the entry of a client's arrival.
    pub const ARRIVAL: &str = "arrival";

    /// Takes occurrence `n` of `purpose`, due at `due`.
    pub fn take(&mut self, who: &Who, purpose: &str, n: u32, due: Duration) {
        let mut hash = Sha256::new();
        hash.update(who.user.to_le_bytes());
        hash.update(who.client.to_le_bytes());
        // No name holds a zero byte, so that no two entries are written alike.
        for text in [&*who.uid, &*who.software, purpose] {
            hash.update(text);
            hash.update([0]);
        }
        hash.update(n.to_le_bytes());
        hash.update(due.as_nanos().to_le_bytes());
        let digest = hash.finalize();
        let head = digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        self.0 = self.0.wrapping_add(head);
    }

    /// Adds the plan of another part of the run.
    pub fn merge(&mut self, other: Plan) {
        self.0 = self.0.wrapping_add(other.0);
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::who;

    #[test]
    fn the_order_does_not_matter_and_everything_else_does() {
        let second = Duration::from_secs(1);
        let entries = [
            (0, "a", 0, second),
            (1, "a", 0, second),
            (0, "b", 0, second),
            (0, "a", 1, second),
            (0, "a", 0, 2 * second),
        ];
        let of = |entries: &[(u32, &str, u32, Duration)]| {
            let mut plan = Plan::default();
            entries.iter().for_each(|(client, purpose, n, due)| plan.take(&who(*client), purpose, *n, *due));
            plan
        };
        let singles: std::collections::BTreeSet<_> =
            entries.iter().map(|entry| of(&[*entry]).to_string()).collect();
        assert_eq!(singles.len(), entries.len());
        let mut turned = entries;
        turned.reverse();
        assert_eq!(of(&entries), of(&turned));
        let mut merged = of(&entries[..2]);
        merged.merge(of(&entries[2..]));
        assert_eq!(merged, of(&entries));
    }
}
