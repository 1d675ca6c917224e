//! The figures of parts of a run in the results file: of a population, a profile, a phase.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Figures;
use crate::label::Label;
use crate::stats::{Crowd, Group, Period, Tally};

/// How many of one population arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopulationFigures {
    /// The registered names of its client programs; several where entries of the clients plist share a title.
    pub software: Vec<Rc<str>>,
    /// Users with a client of it, and these clients.
    pub users: u64,
    pub clients: u64,
}

/// The figures of one population or profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupFigures {
    pub requests: Figures,
    pub operations: Figures,
}

/// One phase as a whole.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PhaseFigures {
    /// Requests and operations that came to an end, and those of them that failed.
    pub requests: u64,
    pub requests_failed: u64,
    pub operations: u64,
    pub operations_failed: u64,
    pub unanswered: u64,
}

impl From<&Crowd> for PopulationFigures {
    fn from(crowd: &Crowd) -> PopulationFigures {
        PopulationFigures {
            software: crowd.software().cloned().collect(),
            users: crowd.users(),
            clients: crowd.clients(),
        }
    }
}

/// The figures of each of these populations or profiles.
pub fn groups(groups: &BTreeMap<Rc<str>, Group>) -> BTreeMap<Rc<str>, GroupFigures> {
    groups.iter().map(|(name, group)| (name.clone(), group.into())).collect()
}

impl From<&Group> for GroupFigures {
    fn from(group: &Group) -> GroupFigures {
        GroupFigures { requests: (&group.requests).into(), operations: (&group.operations).into() }
    }
}

impl From<&Period> for PhaseFigures {
    fn from(period: &Period) -> PhaseFigures {
        let sum = |tallies: &BTreeMap<Label, Tally>, of: fn(&Tally) -> u64| tallies.values().map(of).sum();
        PhaseFigures {
            requests: sum(&period.requests, Tally::count),
            requests_failed: sum(&period.requests, Tally::failures),
            operations: sum(&period.operations, Tally::count),
            operations_failed: sum(&period.operations, Tally::failures),
            unanswered: period.unanswered(),
        }
    }
}
