//! What an arrival policy answers.

use std::fmt::Debug;
use std::time::Duration;

use crate::config::Seconds;
use crate::random::Seed;

/// The most users of one run.
pub const MAX_USERS: u32 = 10_000_000;

/// One user comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arriving {
    /// The time since the start.
    pub at: Duration,
    /// The number of the user, counted from 0 over the whole run and never used again.
    pub user: u32,
}

/// Says when each user comes. All times are known ahead, so nobody is lost and nothing depends on how the
/// run goes or on how many workers share it.
pub trait Arrival: Debug {
    /// The users in the order of their numbers, with times that never fall. The times are computed as they
    /// are asked for, so that a large population needs no memory here.
    fn plan(&self, seed: Seed) -> Box<dyn Iterator<Item = Arriving> + '_>;

    /// How many users [`Arrival::plan`] yields.
    fn users(&self, seed: Seed) -> u32;

    /// When the last user comes; zero when nobody does.
    fn last(&self, seed: Seed) -> Duration;

    /// How many clients each user brings, at least one.
    fn clients_per_user(&self) -> u32;

    /// Sets the time between groups, as `arrivalInterval` of the clients plist asks (spec 1.2). The error
    /// says why this policy has none.
    fn set_interval(&mut self, interval: Seconds) -> Result<(), String>;

    /// Scales the policy to about `users` users, exactly where it counts users itself, and keeps the shape
    /// of the ramp.
    fn scale_to(&mut self, users: u32);
}
