//! The habits of visitors.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | `registry.rs` | [`PROFILES`], [`build`]: profiles by name |
//! | `script.rs` | Script: does steps |

mod registry;
mod script;

pub use registry::{Build, Built, PROFILES, build};
