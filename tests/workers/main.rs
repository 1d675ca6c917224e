//! Black-box tests of worker processes: equal plans, exact books, and what becomes of a run whose workers are lost.

mod endings;
mod events;
mod lost;
mod program;
mod remote;
mod shares;
mod silent;
mod stopping;
