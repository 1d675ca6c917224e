//! The durations over which samples are counted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// All limits that any observer asks about, in order and each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub requests: Vec<Duration>,
    pub operations: Vec<Duration>,
}

impl Limits {
    /// Adds limits for requests.
    pub fn add_requests(&mut self, limits: &[Duration]) {
        add(&mut self.requests, limits);
    }

    /// Adds limits for operations.
    pub fn add_operations(&mut self, limits: &[Duration]) {
        add(&mut self.operations, limits);
    }

    /// The place of a limit for requests, as [`super::Tally::over`] wants it.
    pub fn request(&self, limit: Duration) -> Option<usize> {
        self.requests.binary_search(&limit).ok()
    }

    /// The place of a limit for operations.
    pub fn operation(&self, limit: Duration) -> Option<usize> {
        self.operations.binary_search(&limit).ok()
    }
}

fn add(all: &mut Vec<Duration>, more: &[Duration]) {
    all.extend_from_slice(more);
    all.sort_unstable();
    all.dedup();
}
