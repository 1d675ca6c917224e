//! How far a visitor has come in a script, and what is under way.

use std::rc::Rc;

use crate::client::{Context, Run};
use crate::event::{OperationEnd, What, Who};
use crate::journal::Begun;
use crate::label::Label;

/// One walk through a script.
pub struct Visit {
    run: Rc<Run>,
    profile: Option<Rc<str>>,
    /// The number of the step that is next.
    pub place: usize,
    /// How many rounds are left of the loops under way, from the outside in.
    pub rounds: Vec<u64>,
    /// What is left of the values whose loops are under way, from the outside in.
    pub values: Vec<std::vec::IntoIter<Rc<str>>>,
    /// How many draws it has made.
    pub draws: u64,
    /// How often the request under way has failed.
    pub failures: u32,
    session: UnderWay,
    page: Option<UnderWay>,
    transactions: Vec<UnderWay>,
}

/// An operation that has begun.
struct UnderWay {
    begun: Rc<Begun>,
    /// Why it will have failed.
    failed: Option<Rc<str>>,
}

impl UnderWay {
    fn begin(cx: &Context, label: Label) -> UnderWay {
        UnderWay { begun: cx.begin_operation(label), failed: None }
    }

    fn end(self, cx: &Context) {
        // It belongs to the phase in which it was due, however long its user thought.
        let phase = cx.run.phase(self.begun.due);
        cx.journal.end_operation_of(phase, &self.begun, self.failed.is_none(), self.failed, false);
    }
}

impl Visit {
    /// A walk that begins.
    pub fn begin(cx: &Context) -> Visit {
        Visit {
            run: cx.run.clone(),
            profile: cx.journal.profile.clone(),
            place: 0,
            rounds: Vec::new(),
            values: Vec::new(),
            draws: 0,
            failures: 0,
            session: UnderWay::begin(cx, Label::SESSION),
            page: None,
            transactions: Vec::new(),
        }
    }

    /// A request is about to be made: it belongs to the page under way, or begins one.
    pub fn begin_page(&mut self, cx: &Context) {
        self.page.get_or_insert_with(|| UnderWay::begin(cx, Label::PAGE));
    }

    /// The user begins to think, or is done.
    pub fn end_page(&mut self, cx: &Context) {
        if let Some(page) = self.page.take() {
            page.end(cx);
        }
    }

    pub fn begin_transaction(&mut self, cx: &Context, label: Label) {
        self.transactions.push(UnderWay::begin(cx, label));
    }

    /// Ends the innermost transaction of this name.
    pub fn end_transaction(&mut self, cx: &Context, label: Label) {
        if let Some(place) = self.transactions.iter().rposition(|one| one.begun.label == label) {
            self.transactions.remove(place).end(cx);
        }
    }

    /// A request has failed for good: with it what it was for, but not yet the session.
    pub fn fail(&mut self, why: &Rc<str>) {
        for one in self.page.iter_mut().chain(&mut self.transactions) {
            one.failed.get_or_insert_with(|| why.clone());
        }
    }

    /// The end of the walk; `why` it ends early, if it does.
    pub fn end(mut self, cx: &Context, why: Option<Rc<str>>) {
        if let Some(why) = &why {
            self.fail(why);
        }
        self.end_page(cx);
        while let Some(transaction) = self.transactions.pop() {
            transaction.end(cx);
        }
        self.session.failed = why;
        self.session.end(cx);
    }

    /// The run ends before the walk does.
    pub fn cut(self, who: &Rc<Who>) {
        let all = self.page.into_iter().chain(self.transactions.into_iter().rev()).chain([self.session]);
        for UnderWay { begun, .. } in all {
            let end = OperationEnd {
                who: who.clone(),
                profile: self.profile.clone(),
                label: begun.label,
                due: begun.due,
                begun: begun.at.get(),
                end: self.run.clock.elapsed(),
                success: false,
                reason: None,
                unfinished: true,
            };
            self.run.sink.emit(self.run.phase(begun.due), What::OperationEnd(end));
        }
    }
}
