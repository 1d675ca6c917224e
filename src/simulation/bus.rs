//! Where all events of a process go: into the statistics and to the observers who asked for them.

use std::cell::RefCell;

use super::trace::Trace;
use crate::clock::Clock;
use crate::event::{Event, Phase, Sink, What};
use crate::observer::Watch;
use crate::stats::{LimitsDiffer, Statistics};

/// The sink of a process.
pub struct Bus {
    clock: Clock,
    stats: RefCell<Statistics>,
    watch: RefCell<Watch>,
    bodies: bool,
    watched: bool,
    /// Of a rehearsal only.
    trace: Option<RefCell<Trace>>,
}

impl Bus {
    /// The watch must have begun.
    pub fn new(clock: Clock, watch: Watch) -> Bus {
        let needs = watch.needs();
        Bus {
            clock,
            stats: RefCell::new(Statistics::new(watch.limits())),
            watch: RefCell::new(watch),
            bodies: needs.bodies,
            watched: !needs.events.is_empty(),
            trace: None,
        }
    }

    /// One that also hashes every event.
    pub fn traced(clock: Clock, watch: Watch) -> Bus {
        Bus { trace: Some(RefCell::default()), ..Bus::new(clock, watch) }
    }

    /// The hash of all events so far, if they are traced.
    pub fn trace_hash(&self) -> Option<String> {
        self.trace.as_ref().map(|trace| trace.borrow().hash())
    }

    /// Looks at what was counted so far.
    pub fn with_statistics<T>(&self, look: impl FnOnce(&Statistics) -> T) -> T {
        look(&self.stats.borrow())
    }

    /// Adds what a worker counted.
    pub fn merge(&self, counted: &Statistics) -> Result<(), LimitsDiffer> {
        self.stats.borrow_mut().merge(counted)
    }

    /// Counts connections that were closed because somebody else needed one.
    pub fn add_gave_way(&self, connections: u64) {
        self.stats.borrow_mut().add_gave_way(connections);
    }

    /// Shows the observers an event that a worker has counted.
    pub fn relay(&self, event: &Event) {
        self.watch.borrow_mut().observe(event);
    }

    /// What was counted since the last call: what a worker sends.
    pub fn drain(&self) -> Statistics {
        self.stats.borrow_mut().drain()
    }

    /// What was counted and who watched, at the end.
    pub fn take(&self) -> (Statistics, Watch) {
        (self.stats.take(), self.watch.take())
    }
}

impl Sink for Bus {
    fn emit(&self, phase: Phase, what: What) {
        let event = Event { at: self.clock.elapsed(), phase, what };
        if let Some(trace) = &self.trace {
            trace.borrow_mut().take(&event);
        }
        self.stats.borrow_mut().take(&event);
        if self.watched {
            self.watch.borrow_mut().observe(&event);
        }
    }

    fn wants_bodies(&self) -> bool {
        self.bodies
    }
}
