//! Where all events of a process go: into the statistics and to the observers who asked for them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::trace::Trace;
use crate::clock::Clock;
use crate::event::{Event, Phase, Sink, What};
use crate::label::Label;
use crate::observer::Watch;
use crate::stats::{LimitsDiffer, Statistics};

/// The sink of a process.
pub struct Bus {
    clock: Clock,
    stats: RefCell<Statistics>,
    watch: RefCell<Watch>,
    bodies: bool,
    watched: bool,
    /// Of a rehearsal only.
    trace: Option<RefCell<Trace>>,
    gave_way: RefCell<Option<GaveWay>>,
}

/// Who counts the connections that gave way.
struct GaveWay {
    count: Rc<dyn Fn() -> u64>,
    /// How many are in the statistics.
    told: Cell<u64>,
}

impl Bus {
    /// The watch must have begun.
    pub fn new(clock: Clock, watch: Watch) -> Bus {
        let needs = watch.needs();
        Bus {
            clock,
            stats: RefCell::new(Statistics::new(watch.limits())),
            watch: RefCell::new(watch),
            bodies: needs.bodies,
            watched: !needs.events.is_empty(),
            trace: None,
            gave_way: RefCell::default(),
        }
    }

    /// One that also hashes every event.
    pub fn traced(clock: Clock, watch: Watch) -> Bus {
        Bus { trace: Some(RefCell::default()), ..Bus::new(clock, watch) }
    }

    /// The hash of all events so far, if they are traced.
    pub fn trace_hash(&self) -> Option<String> {
        self.trace.as_ref().map(|trace| trace.borrow().hash())
    }

    /// Looks at what was counted so far.
    pub fn with_statistics<T>(&self, look: impl FnOnce(&Statistics) -> T) -> T {
        self.take_gave_way();
        look(&self.stats.borrow())
    }

    /// Adds what a worker counted.
    pub fn merge(&self, counted: &Statistics) -> Result<(), LimitsDiffer> {
        self.stats.borrow_mut().merge(counted)
    }

    /// Has the connections counted that are closed from now on because somebody else needs one: whoever looks at the
    /// statistics, or takes them, has those so far. `count` says how many there were ever.
    pub fn count_gave_way(&self, count: Rc<dyn Fn() -> u64>) {
        let told = Cell::new(count());
        *self.gave_way.borrow_mut() = Some(GaveWay { count, told });
    }

    fn take_gave_way(&self) {
        if let Some(GaveWay { count, told }) = &*self.gave_way.borrow() {
            let all = count();
            self.stats.borrow_mut().add_gave_way(all.saturating_sub(told.replace(all)));
        }
    }

    /// Shows the observers an event that a worker has counted.
    pub fn relay(&self, event: &Event) {
        self.watch.borrow_mut().observe(event);
    }

    /// What was counted since the last call: what a worker sends.
    pub fn drain(&self) -> Statistics {
        self.take_gave_way();
        self.stats.borrow_mut().drain()
    }

    /// What was counted and who watched, at the end.
    pub fn take(&self) -> (Statistics, Watch) {
        self.take_gave_way();
        self.gave_way.take();
        (self.stats.take(), self.watch.take())
    }
}

impl Sink for Bus {
    fn emit(&self, phase: Phase, what: What) {
        let event = Event { at: self.clock.elapsed(), phase, what };
        if let Some(trace) = &self.trace {
            trace.borrow_mut().take(&event);
        }
        self.stats.borrow_mut().take(&event);
        if self.watched {
            self.watch.borrow_mut().observe(&event);
        }
    }

    fn begun(&self, phase: Phase, label: Label) {
        self.stats.borrow_mut().begun(phase, label);
    }

    fn wants_bodies(&self) -> bool {
        self.bodies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_gave_way_are_told_while_it_goes_on() {
        let ever = Rc::new(Cell::new(7));
        let bus = Bus::new(Clock::starting_now(), Watch::default());
        let count = ever.clone();
        bus.count_gave_way(Rc::new(move || count.get()));
        ever.set(9);
        assert_eq!(bus.with_statistics(Statistics::gave_way), 2);
        ever.set(10);
        assert_eq!((bus.drain().gave_way(), bus.drain().gave_way()), (3, 0));
        ever.set(11);
        assert_eq!(bus.take().0.gave_way(), 1);
        assert_eq!(Rc::strong_count(&ever), 1, "nothing is held beyond the end");
    }
}
