//! What the engine and a domain know of each other: the traits of software and profiles, and the context
//! in which they act.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `software.rs` | [`Software`]: the model of a program |
//! | `start_with.rs` | [`StartWith`]: what a client knows when its user comes |
//! | [`habit`] | what profiles have in common: `enabled`, `pacing`, interval, percentages, draws |
//! | `profile.rs` | [`Profile`]: the model of a habit |
//! | `memory.rs` | [`Memory`]: what a client remembers between operations |
//! | `trigger.rs` | [`Trigger`], [`Actor`]: what makes a client act, and who in it acts |
//! | `timer.rs` | [`Timer`], [`Pace`], [`Pacing`]: when something is due by itself |
//! | `context.rs` | [`Context`]: one act of one client |
//! | `run.rs` | [`Run`], [`Wake`]: what all clients of the process share |
//! | `outcome.rs` | [`Outcome`], [`Trouble`]: how an act ends |

mod context;
pub mod habit;
mod memory;
mod outcome;
mod profile;
mod run;
mod software;
mod start_with;
#[cfg(test)]
mod test;
mod timer;
mod trigger;

pub use context::Context;
pub use memory::Memory;
pub use outcome::{Acting, Outcome, Trouble};
pub use profile::Profile;
pub use run::{Reaction, Run, Wake};
pub use software::Software;
pub use start_with::StartWith;
pub use timer::{Pace, Pacing, Timer};
pub use trigger::{Actor, Trigger};
