//! What servers say of themselves.

use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Texts;
use crate::event::ServerFigures;

/// What is known of one pod from its own figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The last figures.
    pub figures: Option<Reading>,
    /// How often figures could not be had, and why.
    pub failures: Texts,
}

/// Figures of a pod, and when they came, since the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub at: Duration,
    pub figures: ServerFigures,
}

impl Server {
    pub(super) fn take(&mut self, at: Duration, figures: &Result<ServerFigures, Rc<str>>) {
        match figures {
            Ok(figures) => self.keep(Reading { at, figures: *figures }),
            Err(reason) => self.failures.add(reason, 1),
        }
    }

    pub(super) fn merge(&mut self, other: &Server) {
        self.failures.merge(&other.failures);
        if let Some(theirs) = other.figures {
            self.keep(theirs);
        }
    }

    fn keep(&mut self, new: Reading) {
        self.figures = Some(self.figures.map_or(new, |old| old.later(new)));
    }
}

impl Reading {
    /// The later of two; of two at one moment the busier, so that the order does not matter.
    pub(super) fn later(self, other: Reading) -> Reading {
        let rank = |reading: &Reading| (reading.at, reading.figures.requests_per_s.to_bits());
        if rank(&other) > rank(&self) { other } else { self }
    }
}
