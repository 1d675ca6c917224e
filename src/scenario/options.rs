//! What the command line adds to the configuration.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::workers::MOST_WORKERS;

/// The options that the commands share.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Options {
    /// The config plist; without it the default one, which has the embedded server.
    pub config: Option<PathBuf>,
    /// The clients plist; without it the one in the config, and without that the default one.
    pub clients: Option<PathBuf>,
    /// What is laid over the config: the name of a preset, or a path.
    pub preset: Option<String>,
    /// Replaces `run.duration`.
    pub runtime: Option<Duration>,
    /// Scales the population to this many users.
    pub users: Option<u32>,
    /// Replaces `run.seed`.
    pub seed: Option<u64>,
    /// No certificate is checked.
    pub insecure: bool,
    /// It is to be rehearsed: whatever the target is, the embedded server stands in for it.
    pub rehearse: bool,
    /// Replaces `workers`.
    pub workers: Option<WorkersWanted>,
}

/// How many local workers somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkersWanted {
    /// 0: this process does it all.
    Count(u16),
    /// As many as there are processors for them.
    Auto,
}

impl FromStr for WorkersWanted {
    type Err = String;

    fn from_str(text: &str) -> Result<WorkersWanted, String> {
        match text.parse::<u16>() {
            _ if text == "auto" => Ok(WorkersWanted::Auto),
            Ok(count) if usize::from(count) <= MOST_WORKERS => Ok(WorkersWanted::Count(count)),
            _ => Err(format!("expected auto or a number from 0 to {MOST_WORKERS}")),
        }
    }
}
