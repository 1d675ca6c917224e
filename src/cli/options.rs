//! The options that commands share.

use std::path::PathBuf;

use clap::Args;

use crate::config::Seconds;
use crate::scenario::{Options, WorkersWanted};

/// Which run it is about.
#[derive(Debug, Args)]
pub struct ScenarioArgs {
    /// The config plist: server, accounts, arrival, observers [default: the embedded server with 100 accounts]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The clients plist: client software, profiles, weights [default: `clients` in the config, or the usual mix]
    #[arg(long, value_name = "FILE")]
    clients: Option<PathBuf>,
    /// Lay a preset over the config, as monday: who comes and what they do; `populace presets` lists them
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// How long to measure: 60s, 5m, 1h30m or seconds [default: `run.duration`, or until Ctrl-C]
    #[arg(long, short = 't', value_name = "TIME", allow_hyphen_values = true)]
    runtime: Option<Seconds>,
    /// Scale the population to this many users
    #[arg(long, value_name = "N", value_parser = users, allow_negative_numbers = true)]
    users: Option<u32>,
    /// The number all chance comes from; the same number gives the same plan
    #[arg(long, value_name = "N", value_parser = seed, allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Accept any certificate of the servers
    #[arg(long)]
    insecure: bool,
    /// Bring the population with so many processes on this machine: a number, or auto [default: `workers` in the
    /// config, or this process alone]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    workers: Option<WorkersWanted>,
}

/// How many users there may be.
const MOST_USERS: u32 = 10_000_000;

fn users(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| (1..=MOST_USERS).contains(count));
    count.ok_or_else(|| format!("expected a whole number from 1 to {MOST_USERS}"))
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| {
        format!(
            "expected a whole number from 0 to {}; leave --seed out, and one is drawn and shown",
            u64::MAX
        )
    })
}

impl ScenarioArgs {
    pub fn options(&self) -> Options {
        Options {
            config: self.config.clone(),
            clients: self.clients.clone(),
            preset: self.preset.clone(),
            runtime: self.runtime.map(|time| time.0),
            users: self.users,
            seed: self.seed,
            insecure: self.insecure,
            rehearse: false,
            workers: self.workers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        scenario: ScenarioArgs,
    }

    #[test]
    fn what_is_out_of_range_is_told_in_our_words() {
        for (option, text, words) in [
            ("--workers", "-1", "auto or a number from 0"),
            ("--users", "-4", "from 1 to 10000000"),
            ("--users", "many", "from 1 to 10000000"),
            ("--seed", "-1", "from 0 to 18446744073709551615"),
            ("--seed", "abc", "from 0 to 18446744073709551615"),
            ("--seed", "18446744073709551616", "leave --seed out"),
            ("--runtime", "-5", "0 or more"),
            ("--runtime", "-5m", "0 or more"),
        ] {
            let said = Cli::try_parse_from(["x", option, text]).unwrap_err().to_string();
            assert!(said.contains(words), "{option} {text}: {said}");
        }
    }
}
