//! Events on their way to the manager.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use postcard::ser_flavors::Size;

use crate::event::Event;
use crate::observer::{Needs, Observer};
use crate::stats::Limits;

/// The most events that wait, and the most bytes of them; what comes beyond is dropped and counted (design, decision 6).
/// An event with bodies is as large as they are: one that does not fit into a frame does not fit in here either.
const ROOM: usize = 65_536;
const ROOM_BYTES: usize = 32 << 20;

/// The most events of one frame, and the bytes with which it is full.
const AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 1 << 20;

/// The observer of a worker: it keeps what the manager's observers want until it can be sent.
pub struct Relay {
    needs: Needs,
    limits: Limits,
    queue: Rc<Queue>,
}

/// What waits.
#[derive(Default)]
pub struct Queue {
    /// With the bytes of each as it is sent.
    events: RefCell<VecDeque<(Event, usize)>>,
    bytes: Cell<usize>,
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
        self.queue.put(event);
    }
}

impl Queue {
    pub fn is_empty(&self) -> bool {
        self.events.borrow().is_empty()
    }

    fn put(&self, event: &Event) {
        let mut events = self.events.borrow_mut();
        let bytes = size(event).saturating_add(self.bytes.get());
        if events.len() < ROOM && bytes <= ROOM_BYTES {
            events.push_back((event.clone(), bytes - self.bytes.get()));
            self.bytes.set(bytes);
        } else {
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    /// The next events for a frame.
    pub fn take(&self) -> Vec<Event> {
        let (mut events, mut taken, mut bytes) = (self.events.borrow_mut(), Vec::new(), 0);
        while taken.len() < AT_ONCE && bytes < BYTES_AT_ONCE {
            let Some((event, size)) = events.pop_front() else { break };
            taken.push(event);
            bytes += size;
        }
        self.bytes.set(self.bytes.get() - bytes);
        taken
    }

    /// How many were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.get()
    }
}

/// The bytes of an event as it is sent. One that cannot be sent is larger than all.
fn size(event: &Event) -> usize {
    postcard::serialize_with_flavor(event, Size::default()).unwrap_or(usize::MAX)
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

    #[test]
    fn large_events_are_bounded_by_their_bytes() {
        let (mut relay, queue) = Relay::new(Needs { events: Kinds::ALL, bodies: true }, Limits::default());
        let event = |bytes: usize| {
            let what = What::Notice { text: "n".repeat(bytes).into() };
            Event { at: Default::default(), phase: Phase::Measured, what }
        };
        relay.observe(&event(ROOM_BYTES));
        assert!(queue.is_empty() && queue.dropped() == 1, "it would fit into no frame");
        let large = event(3 << 19);
        (0..100).for_each(|_| relay.observe(&large));
        assert_eq!(queue.dropped(), 1 + 100 - 21);
        let frame = crate::worker::frames::encode(&crate::worker::FromWorker::Events(queue.take())).unwrap();
        assert!(frame.len() < 2 * BYTES_AT_ONCE, "{}", frame.len());
        relay.observe(&large);
        assert_eq!(queue.dropped(), 1 + 100 - 21, "there is room again");
        while !queue.is_empty() {
            queue.take();
        }
        assert_eq!(queue.bytes.get(), 0);
    }
}
