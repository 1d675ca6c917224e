//! What happened, as the program counts it and with its times.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

use populace::clock::Clock;
use populace::event::{ErrorKind, Phase, Sink, What};
use populace::observer::Watch;
use populace::simulation::Bus;
use populace::stats::Statistics;

/// The program's own sink, with a list of all that came.
pub struct Book {
    bus: Bus,
    clock: Clock,
    entries: RefCell<Vec<Entry>>,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it began and ended.
    pub begun: Duration,
    pub at: Duration,
    pub sort: Sort,
    pub label: String,
    /// What went wrong, if anything.
    pub wrong: Option<String>,
    pub kind: Option<ErrorKind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Request,
    Operation,
    /// A client or the simulation gave up.
    End,
}

impl Book {
    pub fn new(clock: Clock) -> Book {
        Book { bus: Bus::new(clock, Watch::default()), clock, entries: RefCell::default() }
    }

    pub fn statistics(&self) -> Statistics {
        self.bus.take().0
    }

    /// What went wrong of what began and ended within this time.
    pub fn wrong(&self, when: Range<Duration>) -> Vec<Entry> {
        let inside = |entry: &&Entry| when.contains(&entry.begun) && when.contains(&entry.at);
        self.entries.borrow().iter().filter(inside).filter(|entry| entry.wrong.is_some()).cloned().collect()
    }

    /// The operations that succeeded within this time.
    pub fn done(&self, when: Range<Duration>) -> BTreeSet<String> {
        let good = |entry: &&Entry| {
            entry.sort == Sort::Operation && entry.wrong.is_none() && when.contains(&entry.at)
        };
        self.entries.borrow().iter().filter(good).map(|entry| entry.label.clone()).collect()
    }

    /// Whatever ended a client.
    pub fn ends(&self) -> Vec<Entry> {
        self.entries.borrow().iter().filter(|entry| entry.sort == Sort::End).cloned().collect()
    }

    fn note(&self, what: &What) -> Option<Entry> {
        let at = self.clock.elapsed();
        let entry = match what {
            What::Response(response) => Entry {
                begun: response.begun,
                at,
                sort: Sort::Request,
                label: response.label.to_string(),
                wrong: (!response.success).then(|| format!("{:?} {}", response.detail, response.url)),
                kind: response.error,
            },
            What::OperationEnd(end) if !end.unfinished => Entry {
                begun: end.begun,
                at,
                sort: Sort::Operation,
                label: end.label.to_string(),
                wrong: (!end.success).then(|| format!("{:?}", end.reason)),
                kind: None,
            },
            What::ClientFailure { reason, .. } | What::SimFailure { reason, .. } => Entry {
                begun: at,
                at,
                sort: Sort::End,
                label: String::new(),
                wrong: Some(reason.to_string()),
                kind: None,
            },
            _ => return None,
        };
        Some(entry)
    }
}

impl Sink for Book {
    fn emit(&self, phase: Phase, what: What) {
        self.entries.borrow_mut().extend(self.note(&what));
        self.bus.emit(phase, what);
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}
