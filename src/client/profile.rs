//! The model of a habit.

use super::{Acting, Actor, Context, Memory, Timer, Trigger};
use crate::label::Label;

/// A habit of the users of a population: one object for all of them, so it keeps nothing of any one.
pub trait Profile {
    /// The registered name, as `Eventer`.
    fn name(&self) -> &str;

    /// When it acts by itself, counted from the arrival of the client; None: it only reacts.
    fn timer(&self) -> Option<Timer>;

    /// The labels of its operations; the first is that of the timer.
    fn operations(&self) -> Vec<Label>;

    /// Those operations of these that last as long as their user thinks: nobody waits for all of them.
    fn thoughtful(&self) -> Vec<Label> {
        Vec::new()
    }

    /// The labels of the requests that it may make.
    fn requests(&self) -> Vec<Label>;

    /// Acts once. Every request goes through the memory's session with the context's journal.
    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, trigger: &'a Trigger) -> Acting<'a>;

    /// Looks at what the act that has just ended brought into the memory, and asks for reactions
    /// ([`Context::react`] with `me`).
    fn notice(&self, _cx: &Context, _memory: &mut dyn Memory, _me: Actor) {}
}
