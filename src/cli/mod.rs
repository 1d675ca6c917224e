//! To be filled.
pub mod serve;
