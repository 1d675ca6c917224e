//! A simulator of client populations.
//!
//! # Layout (an import never points up)
//!
//! | module | what lives there |
//! |---|---|
//! | [`amp`], [`dav`], [`icalendar`] | pure formats, shared by the clients and the embedded server |
//! | [`config`] | property list text to values with positions, decoder, diagnostics |
pub mod amp;
pub mod config;
pub mod dav;
pub mod distribution;
pub mod embedded;
pub mod icalendar;
