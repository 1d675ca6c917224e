//! A client between its acts: data only (design, decision 2).

use std::rc::Rc;
use std::time::Duration;

use super::crowd::Newcomer;
use crate::client::{Actor, Memory, Software, Trigger};
use crate::event::Who;

/// A client of this process.
pub struct Resting {
    pub who: Rc<Who>,
    pub software: Rc<dyn Software>,
    /// None while an act is under way, and when it is gone.
    pub memory: Option<Box<dyn Memory>>,
    /// What waits for the end of the act.
    pub waiting: Vec<Waiting>,
    /// What was begun and goes on later: whose it is, and when it began.
    paused: Vec<(Actor, Duration)>,
    /// Why its start did not succeed, if it has not yet.
    pub trouble: Option<Rc<str>>,
    pub account: u32,
    pub population: u16,
    pub started: bool,
    pub state: State,
    /// Whether a turn of it is in the schedule.
    pub turn_ahead: bool,
    /// How many entries of the schedule are for it; at its most nobody knows.
    ahead: u16,
    /// Profiles that this server gives nothing to do, by index.
    off: u32,
    /// Profiles that have acted, by index.
    acted: u32,
    /// Reactions so far.
    reactions: u32,
}

/// Whether a client can begin something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Resting,
    /// It acts, or is about to.
    Busy,
    /// A defect has ended it.
    Gone,
    /// It has done all that it came for.
    Left,
}

/// Something that is due and has not begun.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub due: Duration,
    pub actor: Actor,
    pub n: u32,
    pub trigger: Trigger,
}

impl Resting {
    /// A client that comes.
    pub fn of(newcomer: &Newcomer, software: Rc<dyn Software>) -> Resting {
        let memory = software.memory(&newcomer.who, &newcomer.account);
        Resting {
            who: newcomer.who.clone(),
            software,
            memory: Some(memory),
            waiting: Vec::new(),
            paused: Vec::new(),
            trouble: None,
            account: newcomer.account_index as u32,
            population: newcomer.population as u16,
            started: false,
            state: State::Resting,
            turn_ahead: false,
            ahead: 0,
            off: 0,
            acted: 0,
            reactions: 0,
        }
    }

    /// The number of the next reaction.
    pub fn next_reaction(&mut self) -> u32 {
        self.reactions = self.reactions.wrapping_add(1);
        self.reactions - 1
    }

    /// Notes that what an actor began at `begun` goes on later.
    pub fn pause(&mut self, actor: Actor, begun: Duration) {
        self.paused.push((actor, begun));
    }

    /// When what an actor has paused was begun; it goes on.
    pub fn resume(&mut self, actor: Actor) -> Option<Duration> {
        let place = self.paused.iter().position(|(whose, _)| *whose == actor)?;
        let begun = self.paused.swap_remove(place).1;
        if self.paused.is_empty() {
            self.paused = Vec::new();
        }
        Some(begun)
    }

    /// Whether something must wait until what its actor has paused is over.
    fn must_wait(&self, waiting: &Waiting) -> bool {
        waiting.trigger == Trigger::Timer && self.paused.iter().any(|(actor, _)| *actor == waiting.actor)
    }

    pub fn is_off(&self, actor: Actor) -> bool {
        actor.profile_index().is_some_and(|index| index < 32 && self.off & 1 << index != 0)
    }

    /// Notes that an actor has had something to do.
    pub fn has_acted(&mut self, actor: Actor) {
        if let Some(index) = actor.profile_index().filter(|index| *index < 32) {
            self.acted |= 1 << index;
        }
    }

    /// Notes that an entry for it is in the schedule, or no more.
    pub fn expect(&mut self) {
        self.ahead = self.ahead.saturating_add(1);
    }

    pub fn expected(&mut self) {
        if self.ahead < u16::MAX {
            self.ahead = self.ahead.saturating_sub(1);
        }
    }

    /// Whether it has left, and nothing is due for it any more.
    pub fn is_vacant(&self) -> bool {
        self.state == State::Left && self.ahead == 0
    }

    /// Whether it rests, and no turn of it is to come.
    pub fn has_no_turn(&self) -> bool {
        self.state == State::Resting && !self.turn_ahead && self.paused.is_empty() && self.waiting.is_empty()
    }

    /// All that it has, as it leaves; what stays only counts what is still due for it.
    pub fn take_leave(&mut self) -> Resting {
        let stays = Resting {
            who: self.who.clone(),
            software: self.software.clone(),
            memory: None,
            waiting: Vec::new(),
            trouble: None,
            state: State::Left,
            paused: Vec::new(),
            ..*self
        };
        std::mem::replace(self, stays)
    }

    /// Whether nothing ever came that a profile should have done, although it was not off. One beyond the 32nd is not
    /// watched.
    pub fn is_idle(&self, actor: Actor) -> bool {
        let bits = self.off | self.acted;
        actor.profile_index().is_some_and(|index| index < 32 && bits & 1 << index == 0)
    }

    /// Switches a profile off, with what it still had to do. One beyond the 32nd of a population cannot be
    /// and is tried again.
    pub fn switch_off(&mut self, actor: Actor) {
        if let Some(index) = actor.profile_index().filter(|index| *index < 32) {
            self.off |= 1 << index;
            self.waiting.retain(|waiting| waiting.actor != actor);
        }
    }

    /// Queues what is due while the client is busy. True: it merged into one that waits already
    /// (design, decision 5).
    pub fn queue(&mut self, new: Waiting) -> bool {
        let same = |old: &Waiting| old.actor == new.actor && old.trigger == new.trigger;
        let merged = self.waiting.iter().any(same);
        if !merged {
            self.waiting.push(new);
        }
        merged
    }

    /// Takes what has waited longest by its due time.
    pub fn unqueue(&mut self) -> Option<Waiting> {
        let may = |index: &usize| !self.must_wait(&self.waiting[*index]);
        let first =
            (0..self.waiting.len()).filter(may).min_by_key(|index| (self.waiting[*index].due, *index))?;
        let taken = self.waiting.remove(first);
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound of decision 2; the memory itself is the domain's.
    #[test]
    fn a_resting_client_is_small() {
        assert!(size_of::<Resting>() <= 128, "{}", size_of::<Resting>());
    }
}
