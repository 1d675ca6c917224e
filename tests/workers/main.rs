//! Black-box tests of worker processes: equal plans, exact books, and what becomes of a run whose workers are lost.

mod endings;
mod events;
mod lost;
#[path = "../shared/processes.rs"]
mod processes;
mod program;
mod remote;
mod shares;
#[path = "../shared/silent.rs"]
mod silent;
mod stopping;
