//! Where a session writes what happens.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::clock::Clock;
use crate::event::{Phase, Sink, What, Who};
use crate::random::Seed;

/// The life of one operation as its requests see it.
pub struct Journal {
    pub who: Rc<Who>,
    pub seed: Seed,
    pub clock: Clock,
    pub phase: Phase,
    pub sink: Rc<dyn Sink>,
    /// When the next request is due: first the operation's own due time, then the end of the request before.
    pub due: Cell<Duration>,
    /// Set when the run has ended: requests under way go on, new ones are not sent.
    pub stopped: Rc<Cell<bool>>,
}

impl Journal {
    pub fn emit(&self, what: What) {
        self.sink.emit(self.phase, what);
    }
}
