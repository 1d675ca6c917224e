//! Asks the monitors of a run.
use super::rates::{MOST, Rates};
use super::{Answer, Monitor};
use crate::clock::Clock;
use crate::event::{Figures, Said};
use crate::together::together;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, sleep_until, timeout};
use tracing::{debug, warn};

/// How often monitors are asked where nothing else is said.
pub const EVERY: Duration = Duration::from_secs(10);

/// How long a server may take to answer, and at the end of a run, which shall end.
const PATIENCE: Duration = Duration::from_secs(5);
const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// Who was asked less than this ago need not be asked at the end: rates over moments say nothing.
const JUST_NOW: Duration = Duration::from_secs(1);

/// A monitor, under which name it is known, and how often it is asked.
#[derive(Clone)]
pub struct Watching {
    pub name: Rc<str>,
    pub monitor: Rc<dyn Monitor>,
    pub interval: Duration,
}

/// The monitors of a run.
#[derive(Clone)]
pub struct Watched {
    all: Rc<[One]>,
    clock: Clock,
    /// When the measured phase begins and ends, since the start of the run.
    measured: (Duration, Option<Duration>),
}

/// One monitor and what is known of it.
struct One {
    watching: Watching,
    /// Its last answer was none.
    failing: Cell<bool>,
    /// When it last gave values, since the start of the run.
    read: Cell<Option<Duration>>,
    rates: RefCell<Rates>,
    /// Whoever asks it has this: it is asked by one at a time.
    turn: Mutex<()>,
    /// It was told that figures are left out.
    told: Cell<bool>,
}

impl Watched {
    /// Monitors on the clock of the run, whose measured phase begins and ends at these times since its start.
    pub fn new(monitors: Vec<Watching>, clock: Clock, measured: (Duration, Option<Duration>)) -> Watched {
        let one = |watching| One {
            watching,
            failing: Cell::new(false),
            read: Cell::new(None),
            rates: RefCell::default(),
            turn: Mutex::default(),
            told: Cell::new(false),
        };
        Watched { all: monitors.into_iter().map(one).collect(), clock, measured }
    }

    /// Asks each again and again until the future is dropped, and gives the answers to `tell`. A server that answers late is
    /// asked less often.
    pub async fn run(&self, tell: impl Fn(Rc<str>, Said)) {
        let tell = &tell;
        together(self.all.iter().map(|one| async move {
            if one.watching.monitor.by_phase() {
                sleep_until(self.clock.instant(Duration::ZERO)).await;
                one.ask(self.clock, PATIENCE, tell).await;
            }
            loop {
                sleep_until(self.clock.instant(self.next(one))).await;
                one.ask(self.clock, PATIENCE, tell).await;
            }
        }))
        .await;
    }

    /// Asks each a last time, at the end of a run: within a second, as somebody waits for the report, or what is left
    /// if that is less. Who is being asked by [`run`](Self::run), which must still go on, is not asked again.
    pub async fn ask_last(&self, left: Duration, tell: impl Fn(Rc<str>, Said)) {
        let (tell, patience, begun) = (&tell, left.min(LAST_PATIENCE), Instant::now());
        together(self.all.iter().map(|one| async move {
            let Ok(turn) = timeout(patience, one.turn.lock()).await else {
                let why = format!("the run ended before {} had answered", one.watching.name);
                return one.say(Said::Nothing(why.into()), tell);
            };
            let now = self.clock.elapsed();
            if one.read.get().is_none_or(|read| now >= read + JUST_NOW) {
                one.ask_in_turn(turn, self.clock, patience.saturating_sub(begun.elapsed()), tell).await;
            }
        }))
        .await;
    }

    /// Up to when the first of them will have said something, since the start of the run; None without any.
    pub fn first(&self) -> Option<Duration> {
        self.all.iter().map(|one| one.watching.interval).min()
    }

    /// When one is asked next: at the next multiple of its interval that is not too near, or when a phase ends before that.
    fn next(&self, one: &One) -> Duration {
        let (now, interval) = (self.clock.elapsed(), one.watching.interval.as_nanos().max(1));
        let count = (now + one.watching.interval / 4).as_nanos().div_ceil(interval).max(1);
        let next = Duration::from_nanos(u64::try_from(count * interval).unwrap_or(u64::MAX));
        let (from, to) = self.measured;
        let ends = [Some(from), to]
            .into_iter()
            .flatten()
            .filter(|end| *end > now && one.watching.monitor.by_phase());
        ends.fold(next, Duration::min)
    }
}

impl One {
    async fn ask(&self, clock: Clock, patience: Duration, tell: &impl Fn(Rc<str>, Said)) {
        self.ask_in_turn(self.turn.lock().await, clock, patience, tell).await;
    }

    async fn ask_in_turn(
        &self,
        _turn: MutexGuard<'_, ()>,
        clock: Clock,
        patience: Duration,
        tell: &impl Fn(Rc<str>, Said),
    ) {
        let (values, why) = match self.watching.monitor.ask(clock, patience).await {
            Ok(Answer::Load(figures)) => {
                self.failing.set(false);
                return self.say(Said::Load(figures), tell);
            }
            Ok(Answer::Values(values)) => (values, None),
            Ok(Answer::Partly(values, why)) => (values, Some(why)),
            Err(why) => (Vec::new(), Some(why)),
        };
        if !values.is_empty() {
            let now = clock.elapsed();
            let since = self.read.replace(Some(now)).unwrap_or(now);
            let figures = self.rates.borrow_mut().figures(now, values);
            if self.rates.borrow().left_out() && !self.told.replace(true) {
                warn!(target: "monitor", "{}: only the first {MOST} figures of it are kept", self.watching.name);
            }
            // Of totals nothing is known before the second time.
            if !figures.is_empty() {
                self.say(Said::Figures(Figures { since, figures }), tell);
            }
        }
        let fails = why.is_some();
        if let Some(why) = why {
            // Once is enough, until it has answered again.
            if !self.failing.get() {
                warn!(target: "monitor", "{}: {why}", self.watching.name);
            }
            self.say(Said::Nothing(why.to_string().into()), tell);
        }
        self.failing.set(fails);
    }

    fn say(&self, said: Said, tell: &impl Fn(Rc<str>, Said)) {
        debug!(target: "monitor", "{}: {said:?}", self.watching.name);
        tell(self.watching.name.clone(), said);
    }
}

#[cfg(test)]
mod tests;
