//! Profiles that act by their own timer only: a profile's file says what it does, and this one all the rest.

use std::time::Duration;

use super::habit::{self, Habit};
use super::registry::{Built, ours};
use crate::calendar::memory::CalendarMemory;
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::Table;
use crate::distribution::Numbers;
use crate::label::Label;

/// How an act ended.
pub type Acted = Result<Outcome, Trouble>;

/// What such a profile does when its time has come.
pub trait Deed {
    /// The labels of its operations; the first is that of the timer.
    const OPERATIONS: &'static [Label];

    /// The labels of the requests that it may make.
    fn requests(&self) -> Vec<Label>;

    /// Does it once. `habit` gives the draws.
    async fn act(&self, habit: &Habit, cx: &Context, memory: &mut CalendarMemory) -> Acted;
}

/// When a profile acts, and under which name.
pub struct Timed {
    name: &'static str,
    habit: Habit,
    gaps: Gaps,
}

/// What lies between one act and the next.
enum Gaps {
    Interval(Duration),
    Drawn(Numbers),
}

impl Timed {
    /// Acts every `interval` seconds, a parameter with this default.
    pub fn every(params: &Table<'_>, name: &'static str, default: u64) -> Option<Timed> {
        let habit = Habit::decode(params, name);
        let gaps = Gaps::Interval(habit::interval(params, default)?);
        Some(Timed { name, habit, gaps })
    }

    /// Acts after gaps that are drawn, seconds.
    pub fn drawn(params: &Table<'_>, name: &'static str, gaps: Option<Numbers>) -> Option<Timed> {
        let habit = Habit::decode(params, name);
        Some(Timed { name, habit, gaps: Gaps::Drawn(gaps?) })
    }

    /// The profile that does this when its time has come.
    pub fn does(self, deed: impl Deed + 'static) -> Built {
        let (name, habit) = (self.name, self.habit.clone());
        Built::new(name, &habit, Whole { timed: self, deed })
    }
}

/// A profile made of its two parts.
struct Whole<D> {
    timed: Timed,
    deed: D,
}

impl<D: Deed> Profile for Whole<D> {
    fn name(&self) -> &str {
        self.timed.name
    }

    fn timer(&self) -> Option<Timer> {
        match &self.timed.gaps {
            Gaps::Interval(interval) => self.timed.habit.every(*interval),
            Gaps::Drawn(seconds) => self.timed.habit.drawn(seconds),
        }
    }

    fn operations(&self) -> Vec<Label> {
        D::OPERATIONS.to_vec()
    }

    fn requests(&self) -> Vec<Label> {
        self.deed.requests()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move { self.deed.act(&self.timed.habit, cx, ours(memory)?).await })
    }
}
