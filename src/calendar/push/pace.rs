//! How often pushes make a client poll.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use crate::client::{Actor, Run};

/// How long after a push the next one may make the same client poll. What comes sooner is one push when that time is over.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The clients that pushes made poll a moment ago.
#[derive(Default)]
pub struct Pace {
    /// When they were woken, the first first.
    woken: VecDeque<(Duration, u32)>,
    /// Whether each of them is to be woken again.
    again: BTreeMap<u32, bool>,
}

impl Pace {
    /// A notification concerns these clients: each polls now, or a moment after its last push.
    pub fn tell(&mut self, run: &Run, clients: Vec<u32>) {
        self.wake(run);
        for client in clients {
            match self.again.get_mut(&client) {
                Some(again) => *again = true,
                None => self.begin(run, client),
            }
        }
    }

    /// Wakes those that are to be woken again and whose time is over.
    pub fn wake(&mut self, run: &Run) {
        let now = run.clock.elapsed();
        while let Some((_, client)) = self.woken.pop_front_if(|(at, _)| *at + PAUSE <= now) {
            if self.again.remove(&client) == Some(true) {
                self.begin(run, client);
            }
        }
    }

    fn begin(&mut self, run: &Run, client: u32) {
        self.woken.push_back((run.clock.elapsed(), client));
        self.again.insert(client, false);
        wake(run, client);
    }

    /// Wakes all that are to be woken again.
    pub fn wake_all(&mut self, run: &Run) {
        let again = std::mem::take(&mut self.again).into_iter().filter(|(_, again)| *again);
        again.for_each(|(client, _)| wake(run, client));
    }

    /// How long it takes until somebody's time is over; None: there is nobody to be thought of.
    pub fn rest(&self, run: &Run) -> Option<Duration> {
        self.woken.front().map(|(at, _)| (*at + PAUSE).saturating_sub(run.clock.elapsed()))
    }
}

fn wake(run: &Run, client: u32) {
    let topic: Rc<str> = "push".into();
    run.wake(client, Actor::SOFTWARE, &topic);
}
