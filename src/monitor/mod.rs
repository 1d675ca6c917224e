//! Who reads the server's own figures (spec 8): so that what users experience can be laid beside what the
//! server believes.
//!
//! A monitor is asked every ten seconds and once at the end. It never holds up a run: a server that does not
//! answer, answers nonsense or never ends is one line in the report.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`registry`] | [`Monitor`] and [`ALL`], every monitor by name |
//! | [`server_stats`] | `ServerStats`: CalendarServer's statistics socket, in both its protocols |
//! | [`figures`] | the figures of a window, out of the socket's JSON |
//! | [`watch`](mod@watch) | [`Watched`]: asks all monitors of a run, again and again |
pub mod figures;
pub mod registry;
pub mod server_stats;
pub mod watch;

pub use registry::{ALL, Asked, Build, Monitor, MonitorError};
pub use server_stats::{ServerStats, StatsAddress};
pub use watch::Watched;
