//! Protocols that are spoken in sessions: a connection is opened, messages go over it in steps, and it is closed. Domains
//! say which steps these are ([`Protocol`]); all figures are functions of the tallies of their labels
//! (mail-web-chat-network, rows 45 to 48).
//!
//! # Layout
//!
//! - `mod.rs`: [`Protocol`], what a domain says of one
//! - `figures.rs`: [`ProtocolFigures`], its figures, as the results file has them
//! - `text.rs`: the tables of the text report

mod figures;
mod text;

pub use figures::{ProtocolFigures, StepFigures, Sums};
pub(super) use text::tables;

#[cfg(test)]
pub use figures::tests;

use crate::label::Label;

/// A protocol as a domain describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// As people call it.
    pub name: &'static str,
    /// The step that opens a connection.
    pub connection: Label,
    /// The steps each of which, done well, brings one message over.
    pub messages: &'static [Label],
    /// All steps of a session in the order in which they come, these among them.
    pub steps: &'static [Label],
    /// What the codes of its replies mean; one digit stands for all codes that begin with it and are not here themselves.
    pub statuses: &'static [(u16, &'static str)],
}

impl Protocol {
    /// Whether this is one of its steps.
    pub fn has(&self, label: Label) -> bool {
        self.steps.contains(&label)
    }
}
