//! Who reads the server's own figures (spec 8): so that what users experience can be laid beside what the
//! server believes.
//!
//! A monitor is asked every ten seconds, or as often as the config says, and once at the end; those whose values are turned
//! into figures here also at the start and when a phase ends, so that what they read lies in one phase. It never holds up a
//! run: a server that does not answer, answers nonsense or never ends is one line in the report.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`registry`] | [`Monitor`] and [`ALL`], every monitor by name; [`Value`], what it reads |
//! | [`rates`] | from values to figures: totals become rates |
//! | [`server_stats`] | `ServerStats`: CalendarServer's statistics socket, in both its protocols |
//! | [`figures`] | the figures of a window, out of the socket's JSON |
//! | [`command`] | `Command`: a program that prints a line of JSON each time |
//! | [`node_exporter`] | `NodeExporter`: what a server tells Prometheus |
//! | [`snmp`] | `Snmp`: SNMP v1 and v2c |
//! | [`agent`] | `Agent`: `populace agent` on another machine |
//! | `chosen.rs` | figures that somebody has chosen in the configuration |
//! | [`watch`](mod@watch) | [`Watched`]: asks all monitors of a run, again and again |
pub mod agent;
mod chosen;
pub mod command;
pub mod figures;
pub mod node_exporter;
pub mod rates;
pub mod registry;
pub mod server_stats;
pub mod snmp;
pub mod watch;

pub use registry::{ALL, Answer, Asked, Build, Count, Monitor, MonitorError, Value};
pub use server_stats::{ServerStats, StatsAddress};
pub use watch::{EVERY, Watched, Watching};
