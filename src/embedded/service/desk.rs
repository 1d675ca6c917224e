//! When the answer to a request is ready.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use super::model::ServiceModel;
use crate::clock::Clock;
use crate::distribution::Draw;
use crate::random::{Seed, Stream};

/// The longest that a request takes: a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The slots of a server, and who has them for how long.
pub struct Desk {
    model: ServiceModel,
    clock: Clock,
    draws: Stream,
    served: Cell<u64>,
    /// When each slot in use is free again; those beyond `slots` are not in use.
    free: RefCell<BinaryHeap<Reverse<Duration>>>,
}

/// How much later than it was ready the last answer of a connection left, because of the timer's grain.
#[derive(Debug, Default)]
pub struct Carry(Cell<Duration>);

impl Desk {
    pub fn new(model: ServiceModel, clock: Clock, seed: Seed) -> Desk {
        let draws = seed.stream(0, 0, "service time");
        Desk { model, clock, draws, served: Cell::new(0), free: RefCell::default() }
    }

    /// Waits until the answer to a request of this label may leave. `known` is whether it carries credentials.
    pub async fn serve(&self, label: &str, known: bool, carry: &Carry) {
        let arrived = self.clock.elapsed().saturating_sub(carry.0.take());
        let ready = self.ready(label, known, arrived);
        tokio::time::sleep_until(self.clock.instant(ready)).await;
        carry.0.set(self.clock.elapsed().saturating_sub(ready).min(GRAIN));
    }

    /// When a request that arrives now is answered; it takes its slot at once, which is in order of arrival.
    fn ready(&self, label: &str, known: bool, arrived: Duration) -> Duration {
        let begun = match self.model.slots {
            Some(slots) if self.free.borrow().len() >= slots => {
                let Reverse(free) = self.free.borrow_mut().pop().unwrap_or_default();
                arrived.max(free)
            }
            _ => arrived,
        };
        let ready = self.after_stalls(begun.saturating_add(self.time(label, known)));
        if self.model.slots.is_some() {
            self.free.borrow_mut().push(Reverse(ready));
        }
        ready
    }

    fn time(&self, label: &str, known: bool) -> Duration {
        let n = self.served.get();
        self.served.set(n + 1);
        let time = if known { self.model.time(label) } else { self.model.challenge(label) };
        let draw = Draw::new(self.draws, n, self.clock.utc());
        // A time that is beyond all numbers is the longest there is.
        time.map_or(Duration::ZERO, |time| time.seconds(&draw).unwrap_or(LONGEST))
    }

    /// An answer that is ready in a stall leaves at its end.
    fn after_stalls(&self, ready: Duration) -> Duration {
        let within = |ready: Duration, at: Duration, end: Duration| ready >= at && ready < end;
        self.model.stalls.iter().fold(ready, |ready, stall| {
            let end = stall.at.saturating_add(stall.lasts);
            if within(ready, stall.at, end) { end } else { ready }
        })
    }
}

/// No answer leaves later than this after it is ready, if the machine keeps up; what is beyond is the machine's.
const GRAIN: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes};

    fn desk(text: &str) -> Desk {
        let diags = Diagnostics::new();
        let text = format!("<plist version=\"1.0\"><dict>{text}</dict></plist>");
        let value = read_bytes("model", text.as_bytes(), &diags).unwrap();
        let model = ServiceModel::decode(&value, &["PUT{event}"], &diags).unwrap();
        assert!(!diags.has_errors(), "{}", crate::config::render(&diags));
        Desk::new(model, Clock::starting_now(), Seed(1))
    }

    fn micros(count: u64) -> Duration {
        Duration::from_micros(count)
    }

    #[tokio::test(start_paused = true)]
    async fn requests_queue_for_slots_in_order() {
        let desk = desk("<key>slots</key><integer>2</integer><key>service</key><string>10ms</string>");
        let ready: Vec<_> = (0..5).map(|_| desk.ready("GET{event}", true, Duration::ZERO)).collect();
        assert_eq!(ready, [10, 10, 20, 20, 30].map(Duration::from_millis));
        assert_eq!(desk.ready("GET{event}", true, Duration::from_millis(50)), Duration::from_millis(60));
    }

    #[tokio::test(start_paused = true)]
    async fn parts_of_a_millisecond_add_up() {
        let desk = desk("<key>service</key><real>0.0003</real>");
        let carry = Carry::default();
        for _ in 0..10 {
            desk.serve("GET{event}", true, &carry).await;
        }
        assert_eq!(desk.clock.elapsed(), Duration::from_millis(3));
        let queue = self::desk("<key>slots</key><integer>1</integer><key>service</key><real>0.00025</real>");
        let last = (0..4000).map(|_| queue.ready("GET{event}", true, Duration::ZERO)).last();
        assert_eq!(last, Some(Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn each_label_has_its_time_and_a_stall_holds_all() {
        let desk = desk(
            "<key>service</key><dict><key>default</key><real>0.001</real>
             <key>PUT{event}</key><real>0.004</real><key>CHALLENGE</key><real>0.0001</real></dict>
             <key>stalls</key><array><dict><key>at</key><string>1s</string><key>for</key><string>5s</string></dict></array>",
        );
        let at = |label, known, time| desk.ready(label, known, time) - time;
        assert_eq!(at("PUT{event}", true, Duration::ZERO), micros(4000));
        assert_eq!(at("GET{event}", true, Duration::ZERO), micros(1000));
        assert_eq!(at("PUT{event}", false, Duration::ZERO), micros(100));
        assert_eq!(desk.ready("PUT{event}", true, Duration::from_millis(997)), Duration::from_secs(6));
        assert_eq!(at("PUT{event}", true, Duration::from_secs(6)), micros(4000));
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_without_end_is_no_answer_at_once() {
        let desk = desk(
            "<key>slots</key><integer>1</integer><key>service</key><dict><key>type</key><string>LogNormal</string>
             <key>params</key><dict><key>mu</key><real>1000</real><key>sigma</key><real>1</real></dict></dict>",
        );
        assert_eq!(desk.ready("PUT{event}", true, Duration::ZERO), LONGEST);
        assert_eq!(desk.ready("PUT{event}", true, Duration::ZERO), 2 * LONGEST);
    }
}
