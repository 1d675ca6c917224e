//! What the command line adds to the configuration.

use std::path::PathBuf;
use std::time::Duration;

/// The options that the commands share.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The config plist; without it the default one, which has the embedded server.
    pub config: Option<PathBuf>,
    /// The clients plist; without it the one in the config, and without that the default one.
    pub clients: Option<PathBuf>,
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
}
