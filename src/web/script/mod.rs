//! Scripts: what a visitor does, step by step.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `program.rs` | [`Program`]: steps in the form in which they are done, one after the other |
//! | `decode.rs` | steps of a property list become a program |
//! | `request.rs` | [`Request`]: a step that asks the server for something, and how it is decoded |
//! | `condition.rs` | [`Condition`]: what `if` and `repeat` look at |
//! | `assign.rs` | [`Assign`]: variables that are set from files, counters and chance |
//! | `rows.rs` | `Rows`: a file of comma-separated values |
//! | `extract.rs` | [`Extract`]: variables that are set from an answer |
//! | [`check`] | what is looked for in answers |
//! | [`text`] | texts with variables in them |
//! | [`pattern`] | regular expressions |

mod assign;
pub mod check;
mod condition;
mod decode;
mod extract;
pub mod pattern;
mod program;
mod request;
mod rows;
pub mod text;

pub use assign::{Assign, Setting};
pub use condition::Condition;
pub use decode::decode;
pub use extract::Extract;
pub use program::{Each, Names, Op, Program, Script};
pub use request::{Body, Request};
