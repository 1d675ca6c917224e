//! Black-box tests of the program: what a person types, and what comes of it.

mod ancestor;
mod breaking;
mod command;
mod demo;
mod endings;
mod golden;
mod limits;
mod made_up_model;
mod piped;
mod rehearsal;
mod stall;
mod stopping;
