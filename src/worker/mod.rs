//! Worker processes: one manager, and the processes that bring its population (spec 10; design, decisions 1 and 6).
//!
//! The manager starts every worker with a pipe to its stdin and one from its stdout; any launcher that passes these two
//! works, as `ssh`. What goes over them are frames in a compact form ([`frames`]), first a greeting with the version.
//! A worker gets all that it needs to resolve the same scenario by the same code, and takes its share of the users.
//! Every second it tells what it has counted since, which is its heartbeat too; events only where an observer of the
//! manager wants them.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `frames.rs` | [`frames`]: values with their lengths before them |
//! | `words.rs` | [`Hello`], [`ToWorker`], [`FromWorker`]: what is said |
//! | `brief.rs` | [`Brief`]: all that a worker is told of the run |
//! | `roster.rs` | [`Record`]: the accounts as they are sent, with the passwords of the worker's own users only |
//! | `manager.rs` | [`Manager`]: the workforce that the workers are |
//! | `enlist.rs` | starts one worker and gets it ready |
//! | `greeting.rs` | hears the greeting of a worker, or what comes in its place |
//! | `watching.rs` | hears the workers while the run goes on |
//! | `process.rs` | a worker's process group, and the last it said on stderr |
//! | `serve.rs` | [`serve`]: the other end, `populace worker` |
//! | `talking.rs` | what a worker hears from its manager, and how it answers |
//! | `relay.rs` | the events on their way to the manager, bounded |

mod brief;
mod enlist;
pub mod frames;
mod greeting;
mod manager;
mod process;
mod relay;
mod roster;
mod serve;
mod talking;
mod watching;
mod words;

pub use brief::Brief;
pub use manager::Manager;
pub use roster::Record;
pub use serve::serve;
pub use words::{FromWorker, Hello, PROTOCOL, ToWorker};
