//! Where a session writes what happens: its operations, and each exchange on the wire.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use crate::clock::Clock;
use crate::event::{
    Bodies, ErrorKind, OperationEnd, OperationStart, Phase, RequestBegun, Response, Sink, What, Who,
    WireTimes,
};
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
    /// The journal of what is due now, done by no habit, in a run that goes on.
    pub fn new(who: Rc<Who>, seed: Seed, clock: Clock, phase: Phase, sink: Rc<dyn Sink>) -> Journal {
        Journal {
            who,
            profile: None,
            seed,
            clock,
            phase,
            sink,
            due: Cell::new(clock.elapsed()),
            unsaid: RefCell::default(),
            stopped: Rc::default(),
        }
    }

    /// The journal of a part of the act that goes on beside others: what it does is due now.
    pub fn beside(&self) -> Journal {
        Journal {
            who: self.who.clone(),
            profile: self.profile.clone(),
            seed: self.seed,
            clock: self.clock,
            phase: self.phase,
            sink: self.sink.clone(),
            due: self.due.clone(),
            unsaid: RefCell::default(),
            stopped: self.stopped.clone(),
        }
    }

    /// Begins an operation. That is told when its first request begins, or it ends without one: waiting for a connection
    /// is lag, and an operation that waited begins with its first request (design, decision 5).
    pub fn operation(&self, label: Label, scheduled: bool) -> Rc<Begun> {
        let at = Cell::new(self.clock.elapsed());
        let begun = Rc::new(Begun { label, due: self.due.get(), scheduled, at });
        self.unsaid.borrow_mut().push(begun.clone());
        begun
    }

    /// Tells of the end of an operation now.
    pub fn end_operation(&self, begun: &Begun, success: bool, reason: Option<Rc<str>>, unfinished: bool) {
        self.end_operation_of(self.phase, begun, success, reason, unfinished);
    }

    /// The same of an operation that was due in this phase, which is not that of this act.
    pub fn end_operation_of(
        &self,
        phase: Phase,
        begun: &Begun,
        success: bool,
        reason: Option<Rc<str>>,
        unfinished: bool,
    ) {
        self.tell_begun();
        let end = OperationEnd {
            who: self.who.clone(),
            profile: self.profile.clone(),
            label: begun.label,
            due: begun.due,
            begun: begun.at.get(),
            end: self.clock.elapsed(),
            success,
            reason,
            unfinished,
        };
        self.sink.emit(phase, What::OperationEnd(end));
    }

    /// Tells of an operation that was due and began at these times and has ended now; `why` it failed, if it did.
    pub fn whole_operation(&self, label: Label, (due, begun): (Duration, Duration), why: Option<Rc<str>>) {
        let begun = Begun { label, due, scheduled: false, at: Cell::new(begun) };
        self.emit(What::OperationStart(self.start_of(&begun)));
        self.end_operation(&begun, why.is_none(), why, false);
    }

    fn start_of(&self, operation: &Begun) -> OperationStart {
        OperationStart {
            who: self.who.clone(),
            profile: self.profile.clone(),
            label: operation.label,
            due: operation.due,
            begun: operation.at.get(),
            scheduled: operation.scheduled,
        }
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
            self.emit(What::OperationStart(self.start_of(&operation)));
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

/// An exchange on the wire, of whatever protocol: told when it begins, and how it ended.
pub struct Sent<'a> {
    journal: &'a Journal,
    /// What it is counted under.
    pub label: Label,
    /// What is asked, as `PUT` or `RCPT`.
    pub method: Rc<str>,
    pub url: Rc<str>,
    due: Duration,
    begun: Duration,
    pub wire: WireTimes,
    reported: bool,
}

/// How an exchange ended.
pub struct Ended<'a> {
    /// What it is counted under in the end.
    pub label: Label,
    /// The server's code, if it gave one.
    pub status: Option<u16>,
    pub success: bool,
    pub error: Option<(ErrorKind, &'a str)>,
    /// When; None: now.
    pub at: Option<Duration>,
    /// Bytes sent and received.
    pub bytes: (u64, u64),
    pub bodies: Option<Rc<Bodies>>,
}

impl<'a> Sent<'a> {
    /// Begins one now, which had to wait for a connection or not. None: the run has ended.
    pub fn begin(
        journal: &'a Journal,
        label: Label,
        method: Rc<str>,
        url: Rc<str>,
        waited: bool,
    ) -> Option<Sent<'a>> {
        if journal.stopped.get() {
            return None;
        }
        let (due, begun) = (journal.due.get(), journal.request(waited));
        let wire = WireTimes::default();
        let sent = Sent { journal, label, method, url, due, begun, wire, reported: false };
        sent.announce();
        Some(sent)
    }

    /// Begins once more, as the first time came to nothing: it times itself only, but was due when the first was.
    pub fn again(&mut self) {
        self.begun = self.journal.clock.elapsed();
        self.wire = WireTimes::default();
        self.reported = false;
        self.announce();
    }

    fn announce(&self) {
        self.journal.emit(What::Request(RequestBegun {
            who: self.journal.who.clone(),
            profile: self.journal.profile.clone(),
            label: self.label,
            method: self.method.clone(),
            url: self.url.clone(),
        }));
    }

    /// When it began.
    pub fn begun(&self) -> Duration {
        self.begun
    }

    /// How long it has taken so far.
    pub fn elapsed(&self) -> Duration {
        self.journal.clock.elapsed().saturating_sub(self.begun)
    }

    /// Whether somebody wants [`Bodies`].
    pub fn wants_bodies(&self) -> bool {
        self.journal.sink.wants_bodies()
    }

    /// Tells how it ended; what follows is due then.
    pub fn report(&mut self, ended: Ended<'_>) {
        self.reported = true;
        let end = ended.at.unwrap_or_else(|| self.journal.clock.elapsed());
        self.journal.due.set(end);
        self.journal.emit(What::Response(Response {
            who: self.journal.who.clone(),
            profile: self.journal.profile.clone(),
            label: ended.label,
            method: self.method.clone(),
            url: self.url.clone(),
            status: ended.status,
            success: ended.success,
            error: ended.error.map(|(kind, _)| kind),
            detail: ended.error.map(|(_, detail)| detail.into()),
            due: self.due,
            begun: self.begun,
            end,
            wire: self.wire,
            bytes_sent: ended.bytes.0,
            bytes_received: ended.bytes.1,
            bodies: ended.bodies,
        }));
    }

    /// Why it has no end, if nobody has told of one: whoever drops it tells that.
    pub fn given_up(&self) -> Option<(ErrorKind, &'static str)> {
        let detail = match self.journal.stopped.get() {
            true => "the run ended before the answer came",
            false => "given up before the answer came",
        };
        (!self.reported).then_some((ErrorKind::Unanswered, detail))
    }
}
