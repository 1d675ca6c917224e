//! Events on their way to the manager.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::event::Event;
use crate::observer::{Needs, Observer};
use crate::stats::Limits;

/// The most events that wait; what comes beyond is dropped and counted (design, decision 6).
const ROOM: usize = 65_536;

/// The most events of one frame: with bodies of the largest size they stay far below what a frame holds.
const AT_ONCE: usize = 256;

/// The observer of a worker: it keeps what the manager's observers want until it can be sent.
pub struct Relay {
    needs: Needs,
    limits: Limits,
    queue: Rc<Queue>,
}

/// What waits.
#[derive(Default)]
pub struct Queue {
    events: RefCell<VecDeque<Event>>,
    dropped: Cell<u64>,
}

impl Relay {
    pub fn new(needs: Needs, limits: Limits) -> (Relay, Rc<Queue>) {
        let queue = Rc::new(Queue::default());
        (Relay { needs, limits, queue: queue.clone() }, queue)
    }
}

impl Observer for Relay {
    fn name(&self) -> &'static str {
        "Relay"
    }

    fn needs(&self) -> Needs {
        self.needs
    }

    fn limits(&self, limits: &mut Limits) {
        limits.add_requests(&self.limits.requests);
        limits.add_operations(&self.limits.operations);
    }

    fn observe(&mut self, event: &Event) {
        let mut events = self.queue.events.borrow_mut();
        if events.len() < ROOM {
            events.push_back(event.clone());
        } else {
            self.queue.dropped.set(self.queue.dropped.get() + 1);
        }
    }
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.events.borrow().is_empty()
    }

    /// The next events for a frame.
    pub fn take(&self) -> Vec<Event> {
        let mut events = self.events.borrow_mut();
        let count = events.len().min(AT_ONCE);
        events.drain(..count).collect()
    }

    /// How many were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Phase, What};
    use crate::observer::Kinds;

    #[test]
    fn what_finds_no_room_is_counted() {
        let (mut relay, queue) = Relay::new(Needs { events: Kinds::ALL, bodies: false }, Limits::default());
        let what = What::Notice { text: "n".into() };
        let event = Event { at: Default::default(), phase: Phase::Measured, what };
        (0..ROOM + 3).for_each(|_| relay.observe(&event));
        assert_eq!((queue.dropped(), queue.take().len()), (3, AT_ONCE));
        while !queue.is_empty() {
            queue.take();
        }
        relay.observe(&event);
        assert_eq!((queue.dropped(), queue.take().len()), (3, 1));
    }
}
