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
    /// How long to measure: 60s, 5m, 1h30m or seconds [default: `run.duration`, or until Ctrl-C]
    #[arg(long, short = 't', value_name = "TIME")]
    runtime: Option<Seconds>,
    /// Scale the population to this many users
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    users: Option<u32>,
    /// The number all chance comes from; the same number gives the same plan
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Accept any certificate of the servers
    #[arg(long)]
    insecure: bool,
    /// Bring the population with so many processes on this machine: a number, or auto [default: `workers` in the
    /// config, or this process alone]
    #[arg(long, value_name = "N")]
    workers: Option<WorkersWanted>,
}

impl ScenarioArgs {
    pub fn options(&self) -> Options {
        Options {
            config: self.config.clone(),
            clients: self.clients.clone(),
            runtime: self.runtime.map(|time| time.0),
            users: self.users,
            seed: self.seed,
            insecure: self.insecure,
            rehearse: false,
            workers: self.workers,
        }
    }
}
