//! The model of a program.

use std::rc::Rc;

use super::{Acting, Context, Memory, Outcome, StartWith, Timer, Trigger};
use crate::event::Who;
use crate::label::Label;
use crate::population::Account;

/// A client program: one object for all clients of a population on one pod.
pub trait Software {
    /// The memory of a client that has just been installed, or of one that ran before.
    fn memory(&self, who: &Rc<Who>, account: &Rc<Account>) -> Box<dyn Memory>;

    /// Learns, before the run, what the client whom `cx` is about would know from yesterday; [`Software::memory`] begins
    /// with that then. A program that has nothing to learn does nothing.
    fn learn<'a>(&'a self, cx: &'a Context, start: StartWith) -> Acting<'a> {
        let _ = (cx, start);
        Box::pin(async { Ok(Outcome::Done) })
    }

    /// What the program does by itself: the start at [`Trigger::Arrival`], a poll at [`Trigger::Timer`],
    /// an answer to a push at [`Trigger::Reaction`]. A program that only does what its profiles ask for does nothing.
    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a> {
        let _ = (cx, memory, trigger);
        Box::pin(async { Ok(Outcome::Done) })
    }

    /// When it polls. Counted from the arrival of the client. None: never.
    fn timer(&self) -> Option<Timer> {
        None
    }

    /// The label its timer's operation is counted under.
    fn timer_label(&self) -> Label {
        Label::of("start")
    }

    /// The labels of all its operations.
    fn operations(&self) -> Vec<Label> {
        Vec::new()
    }

    /// The end of the run for one client, or of its turns: save what is to be saved, close what is open. Gives a remark for the
    /// person who runs this, if something could not be done.
    fn leave(&self, who: &Rc<Who>, memory: &mut dyn Memory) -> Option<String>;
}
