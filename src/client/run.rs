//! What all clients of the process share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use super::trigger::Actor;
use crate::clock::Clock;
use crate::event::{Phase, Sink, What, Who};
use crate::journal::Journal;
use crate::population::Account;
use crate::random::Seed;

/// The run as a client sees it.
pub struct Run {
    pub seed: Seed,
    pub clock: Clock,
    pub sink: Rc<dyn Sink>,
    /// Every account of the run, by index; users may be invited who never arrive.
    pub accounts: Rc<[Rc<Account>]>,
    /// The run has ended: no new request is sent.
    pub stopped: Rc<Cell<bool>>,
    /// The engine, once it runs.
    pub waker: RefCell<Option<Rc<dyn Wake>>>,
    /// When the measured phase begins and ends, since the start of the run.
    pub measured: (Duration, Option<Duration>),
}

/// Lets what does not belong to one act (a push connection) make a client act.
pub trait Wake {
    /// Asks `actor` of client number `client` to react to `topic` now.
    fn wake(&self, client: u32, actor: Actor, topic: Rc<str>);
}

/// A reaction asked for during an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    pub actor: Actor,
    pub delay: Duration,
    pub topic: Rc<str>,
}

impl Run {
    /// The phase of something that is due at `due`.
    pub fn phase(&self, due: Duration) -> Phase {
        match self.measured {
            (from, _) if due < from => Phase::Warmup,
            (_, Some(to)) if due >= to => Phase::Cooldown,
            _ => Phase::Measured,
        }
    }

    /// The journal of an act that is due now.
    pub fn journal(&self, who: Rc<Who>, phase: Phase) -> Journal {
        let stopped = self.stopped.clone();
        Journal { stopped, ..Journal::new(who, self.seed, self.clock, phase, self.sink.clone()) }
    }

    /// Sends an event that belongs to no act.
    pub fn emit(&self, what: What) {
        self.sink.emit(self.phase(self.clock.elapsed()), what);
    }

    /// A remark for the person who runs this; an equal text is shown once.
    pub fn notice(&self, text: impl Into<Rc<str>>) {
        self.emit(What::Notice { text: text.into() });
    }

    /// Makes a client act now, from outside its acts.
    pub fn wake(&self, client: u32, actor: Actor, topic: &Rc<str>) {
        let waker = self.waker.borrow().clone();
        if let Some(waker) = waker {
            waker.wake(client, actor, topic.clone());
        }
    }
}
