//! What a client knows when its user comes.

use crate::config::{Diagnostics, FromValue, Value};

/// What the clients of a population know of their server when they arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartWith {
    /// Nothing: the account is new on this device, and everything is fetched.
    #[default]
    Cold,
    /// What they knew when their users left yesterday: only what is new since then is fetched.
    Warm,
    /// The same, but the server takes none of their tokens any more, as after its change history was lost: everything is
    /// listed anew.
    StaleToken,
}

impl StartWith {
    /// The words of the configuration.
    pub const WORDS: [&str; 3] = ["cold", "warm", "staleToken"];

    pub fn word(self) -> &'static str {
        StartWith::WORDS[self as usize]
    }
}

impl FromValue for StartWith {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<StartWith> {
        let all = [StartWith::Cold, StartWith::Warm, StartWith::StaleToken];
        value.word("state to start with", &all.map(|one| (one.word(), one)), diags)
    }
}
