//! The labels that the clients of a scenario can bring.

use std::collections::BTreeSet;

use super::common::Common;
use super::documents;
use super::domains::DOMAINS;
use super::habits::Habits;
use super::options::Options;
use crate::calendar::model::Library;
use crate::config::{Diagnostics, Files};
use crate::label::Label;

/// Labels under which something can be counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Countable {
    pub operations: BTreeSet<Label>,
    pub requests: BTreeSet<Label>,
}

impl Countable {
    /// Whatever there is, in any scenario.
    pub fn everything() -> Countable {
        let mut all = Countable::default();
        for domain in DOMAINS {
            all.operations.extend((domain.operations)());
            all.requests.extend((domain.requests)());
        }
        all
    }

    /// What these clients can bring.
    pub fn of(habits: &Habits) -> Countable {
        let mut all = Countable::default();
        for population in habits.coming() {
            all.operations.extend(population.operations());
            all.requests.extend(population.requests());
        }
        all
    }
}

/// What the clients that the options name can bring. Of the rest of the configuration only what they depend on is read.
pub fn countable(options: &Options, diags: &Diagnostics) -> Option<Countable> {
    let documents = documents::read(options, diags)?;
    let library = Library::gather(Some(&documents.clients_path));
    let common = Common::decode(&documents, &library, Files::default(), options, diags)?;
    let habits = common.habits.as_ref().filter(|_| !diags.has_errors())?;
    Some(Countable::of(habits))
}
