//! One act of one client.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use super::outcome::Trouble;
use super::run::{Reaction, Run};
use super::trigger::Actor;
use crate::journal::{Begun, Journal};
use crate::label::Label;
use crate::population::Account;
use crate::random::Stream;

/// What an act knows: whose it is, when it was due, where its events go.
pub struct Context {
    pub run: Rc<Run>,
    pub account: Rc<Account>,
    /// The index of the account in [`Run::accounts`].
    pub account_index: usize,
    pub journal: Journal,
    /// Which occurrence of its actor this is: what its draws hang on. Timers count from 0, reactions and the
    /// arrival from numbers far above, so that they draw apart.
    pub occurrence: u64,
    /// Who in the client acts.
    pub actor: Actor,
    /// Whether it was due by a timer, and no operation has begun yet: only the first is what was planned.
    scheduled: Cell<bool>,
    reactions: RefCell<Vec<Reaction>>,
}

impl Context {
    pub fn new(
        run: Rc<Run>,
        account: Rc<Account>,
        account_index: usize,
        journal: Journal,
        occurrence: u64,
        scheduled: bool,
    ) -> Context {
        Context {
            run,
            account,
            account_index,
            journal,
            occurrence,
            scheduled: Cell::new(scheduled),
            actor: Actor::SOFTWARE,
            reactions: RefCell::default(),
        }
    }

    /// The same for another actor than the software.
    pub fn of(self, actor: Actor) -> Context {
        Context { actor, ..self }
    }

    /// The stream of this client's draws for `purpose`.
    pub fn stream(&self, purpose: &str) -> Stream {
        self.run.seed.stream(self.journal.who.user, self.journal.who.client, purpose)
    }

    /// The same for a purpose in several parts.
    pub fn stream_of(&self, purpose: &[&str]) -> Stream {
        self.run.seed.stream_of(self.journal.who.user, self.journal.who.client, purpose)
    }

    /// The stream of the draws for `purpose` within this act.
    pub fn draws(&self, purpose: &str) -> Stream {
        self.stream(purpose).sub(self.occurrence)
    }

    /// Asks that `actor` act on `topic` after `delay`.
    pub fn react(&self, actor: Actor, delay: Duration, topic: impl Into<Rc<str>>) {
        self.reactions.borrow_mut().push(Reaction { actor, delay, topic: topic.into() });
    }

    /// The reactions asked for so far; the engine takes them.
    pub fn take_reactions(&self) -> Vec<Reaction> {
        self.reactions.take()
    }

    /// Begins an operation, of which somebody must tell the end ([`Context::operation`] does).
    pub fn begin_operation(&self, label: Label) -> Rc<Begun> {
        self.journal.operation(label, self.scheduled.take())
    }

    /// Runs `work` as the operation `label`: its start and its end are reported, also when the run drops it.
    /// Operations may stand within one another, as `poll` in `startup`.
    pub async fn operation<T>(
        &self,
        label: Label,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let operation = Operation::begin(self, label);
        let result = work.await;
        operation.end(&result);
        result
    }
}

/// An operation under way.
struct Operation<'a> {
    cx: &'a Context,
    begun: Rc<Begun>,
    ended: bool,
}

impl<'a> Operation<'a> {
    fn begin(cx: &'a Context, label: Label) -> Operation<'a> {
        Operation { cx, begun: cx.begin_operation(label), ended: false }
    }

    fn end<T>(mut self, result: &Result<T, Trouble>) {
        match result {
            Ok(_) => self.report(true, None, false),
            Err(Trouble::Stopped) => self.report(false, None, true),
            Err(trouble) => self.report(false, Some(trouble.to_string().into()), false),
        }
    }

    fn report(&mut self, success: bool, reason: Option<Rc<str>>, unfinished: bool) {
        self.ended = true;
        self.cx.journal.end_operation(&self.begun, success, reason, unfinished);
    }
}

impl Drop for Operation<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.report(false, None, true);
        }
    }
}
