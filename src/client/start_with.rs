//! What a client knows when its user comes.

use crate::config::{Diagnostics, FromValue, Kind, Value, did_you_mean};

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
        let Kind::String(text) = &value.kind else {
            return value.mismatch("cold, warm or staleToken", diags);
        };
        let all = [StartWith::Cold, StartWith::Warm, StartWith::StaleToken];
        let found = all.into_iter().find(|one| one.word() == text);
        if found.is_none() {
            diags
                .error(
                    &value.at,
                    format!("a client does not start with `{text}`: it is cold, warm or staleToken"),
                )
                .help(did_you_mean(text, StartWith::WORDS));
        }
        found
    }
}
