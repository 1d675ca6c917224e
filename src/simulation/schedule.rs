//! The due times of all clients of the process.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::client::Actor;

/// Something that is due. The order of fields is the order in which equal due times are served, so that it
/// does not depend on when they were put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Nanoseconds since the start of the run.
    at: u64,
    /// The client's place in the list of this process.
    pub client: u32,
    pub actor: Actor,
    /// The occurrence of a timer, or the number of a reaction.
    pub n: u32,
    pub cause: Cause,
}

/// Why something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Timer,
    Reaction,
    /// Something that a timer began goes on; `n` is its occurrence.
    Resumed,
}

impl Due {
    pub fn new(at: Duration, client: u32, actor: Actor, n: u32, cause: Cause) -> Due {
        Due { at: u64::try_from(at.as_nanos()).unwrap_or(u64::MAX), client, actor, n, cause }
    }

    pub fn at(&self) -> Duration {
        Duration::from_nanos(self.at)
    }
}

/// A queue by due time.
#[derive(Default)]
pub struct Schedule {
    heap: BinaryHeap<Reverse<Due>>,
}

impl Schedule {
    pub fn put(&mut self, due: Due) {
        self.heap.push(Reverse(due));
    }

    /// When the next is due.
    pub fn next(&self) -> Option<Duration> {
        self.heap.peek().map(|Reverse(due)| due.at())
    }

    /// Takes the next if it is due by `now`.
    pub fn take(&mut self, now: Duration) -> Option<Due> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(due)| due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_in_order_whatever_the_order_they_went_in() {
        let due = |ms, client| Due::new(Duration::from_millis(ms), client, Actor::SOFTWARE, 0, Cause::Timer);
        let mut all = [due(5, 1), due(3, 9), due(3, 2), due(8, 0)];
        let mut orders = Vec::new();
        for _ in 0..4 {
            all.rotate_left(1);
            let mut schedule = Schedule::default();
            all.iter().for_each(|entry| schedule.put(*entry));
            assert_eq!(schedule.take(Duration::from_millis(2)), None);
            orders.push(std::iter::from_fn(|| schedule.take(Duration::from_secs(1))).collect::<Vec<_>>());
        }
        assert_eq!(orders[0], [due(3, 2), due(3, 9), due(5, 1), due(8, 0)]);
        assert!(orders.iter().all(|order| *order == orders[0]));
    }

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Due>() <= 24);
    }
}
