//! What makes a client act, and who in it acts.

use std::rc::Rc;

/// Who in a client acts: its software or one of its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(u16);

impl Actor {
    pub const SOFTWARE: Actor = Actor(0);

    /// The profile at `index` in the order of the clients plist.
    pub fn profile(index: usize) -> Actor {
        Actor(u16::try_from(index + 1).unwrap_or(u16::MAX))
    }

    /// The index of the profile; None for the software.
    pub fn profile_index(self) -> Option<usize> {
        (self.0 as usize).checked_sub(1)
    }
}

/// What makes it act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The client has just arrived.
    Arrival,
    /// Its own timer.
    Timer,
    /// What its own timer began, and it paused, goes on.
    Resumed,
    /// What it asked for itself, or what came from outside (a push): the topic says what.
    /// An equal topic that is waiting already is not queued twice.
    Reaction(Rc<str>),
}

impl Trigger {
    /// Whether it is its own timer, or goes on with what that began.
    pub fn is_timed(&self) -> bool {
        matches!(self, Trigger::Timer | Trigger::Resumed)
    }
}
