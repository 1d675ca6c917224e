//! Where a session writes what happens.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use crate::clock::Clock;
use crate::event::{OperationStart, Phase, Sink, What, Who};
use crate::label::Label;
use crate::random::Seed;

/// The life of one operation as its requests see it.
pub struct Journal {
    pub who: Rc<Who>,
    /// The habit that acts; None: the client program by itself.
    pub profile: Option<Rc<str>>,
    pub seed: Seed,
    pub clock: Clock,
    pub phase: Phase,
    pub sink: Rc<dyn Sink>,
    /// When the next request is due: first the operation's own due time, then the end of the request before.
    pub due: Cell<Duration>,
    /// The operations under way, from the outside in, that have had no request yet.
    pub unsaid: RefCell<Vec<Rc<Begun>>>,
    /// Set when the run has ended: requests under way go on, new ones are not sent.
    pub stopped: Rc<Cell<bool>>,
}

impl Journal {
    /// Begins an operation. That is told when its first request begins, or it ends without one: waiting for a connection
    /// is lag, and an operation that waited begins with its first request (design, decision 5).
    pub fn operation(&self, label: Label, scheduled: bool) -> Rc<Begun> {
        let at = Cell::new(self.clock.elapsed());
        let begun = Rc::new(Begun { label, due: self.due.get(), scheduled, at });
        self.unsaid.borrow_mut().push(begun.clone());
        begun
    }

    /// Begins a request now, which had to wait for a connection or not.
    pub fn request(&self, waited: bool) -> Duration {
        let now = self.clock.elapsed();
        if waited {
            self.unsaid.borrow().iter().for_each(|operation| operation.at.set(now));
        }
        self.tell_begun();
        now
    }

    /// Tells of the operations that have begun.
    pub fn tell_begun(&self) {
        for operation in self.unsaid.take() {
            self.emit(What::OperationStart(OperationStart {
                who: self.who.clone(),
                profile: self.profile.clone(),
                label: operation.label,
                due: operation.due,
                begun: operation.at.get(),
                scheduled: operation.scheduled,
            }));
        }
    }

    pub fn emit(&self, what: What) {
        self.sink.emit(self.phase, what);
    }
}

/// An operation that has begun.
pub struct Begun {
    pub label: Label,
    pub due: Duration,
    /// Whether it was due by a timer.
    pub scheduled: bool,
    /// When it began.
    pub at: Cell<Duration>,
}
