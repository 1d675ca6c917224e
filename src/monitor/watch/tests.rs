//! When monitors are asked, in virtual time.

use std::cell::RefCell;

use tokio::time::sleep;

use super::*;
use crate::event::Unit;
use crate::monitor::{Asked, MonitorError, Value};

type Answering = dyn Fn(Duration) -> Result<Answer, MonitorError>;

/// Takes its time, notes how long it may take, and answers by the time since the start.
struct Toy {
    takes: Duration,
    patience: RefCell<Vec<Duration>>,
    answer: Box<Answering>,
    by_phase: bool,
}

impl Monitor for Toy {
    fn ask(&self, clock: Clock, patience: Duration) -> Asked<'_> {
        self.patience.borrow_mut().push(patience);
        Box::pin(async move {
            sleep(self.takes).await;
            (self.answer)(clock.elapsed())
        })
    }

    fn by_phase(&self) -> bool {
        self.by_phase
    }
}

fn silent(takes: u64) -> Rc<Toy> {
    let answer = |_| Err(MonitorError::Timeout { who: "the thing".into(), limit: Duration::from_secs(12) });
    let (takes, answer) = (Duration::from_secs(takes), Box::new(answer));
    Rc::new(Toy { takes, patience: RefCell::default(), answer, by_phase: false })
}

/// Counts the seconds of the run.
fn counting(takes: u64) -> Rc<Toy> {
    let total = |at: Duration| Ok(Answer::Values(vec![Value::total("t", Unit::PerSecond, at.as_secs_f64())]));
    let (takes, answer) = (Duration::from_millis(takes), Box::new(total));
    Rc::new(Toy { takes, patience: RefCell::default(), answer, by_phase: true })
}

fn watched(all: Vec<(&str, Rc<Toy>, f64)>, measured: (u64, Option<u64>)) -> Watched {
    let watching = |(name, monitor, interval): (&str, Rc<Toy>, f64)| Watching {
        name: name.into(),
        monitor,
        interval: Duration::from_secs_f64(interval),
    };
    let measured = (Duration::from_secs(measured.0), measured.1.map(Duration::from_secs));
    Watched::new(all.into_iter().map(watching).collect(), Clock::starting_at(Default::default()), measured)
}

#[tokio::test(start_paused = true)]
async fn a_slow_server_is_asked_less_often() {
    let watched = watched(vec![("PodA", silent(12), 10.0), ("PodB", silent(12), 10.0)], (0, None));
    let answers = RefCell::new(Vec::new());
    let tell = |pod: Rc<str>, said: Said| answers.borrow_mut().push((pod, said));
    let _ = tokio::time::timeout(Duration::from_secs(60), watched.run(tell)).await;
    assert_eq!(answers.borrow().len(), 4);
    let why = Said::Nothing("the thing has not answered within 12 s".into());
    assert_eq!(answers.borrow()[0], ("PodA".into(), why));
}

#[tokio::test(start_paused = true)]
async fn the_last_question_has_a_second() {
    let hurried = silent(0);
    let watched = watched(vec![("", hurried.clone(), 10.0)], (0, None));
    let _ = tokio::time::timeout(Duration::from_secs(15), watched.run(|_, _| {})).await;
    watched.ask_last(Duration::MAX, |_, _| {}).await;
    watched.ask_last(Duration::from_millis(400), |_, _| {}).await;
    assert_eq!(hurried.patience.borrow()[..], [PATIENCE, LAST_PATIENCE, Duration::from_millis(400)]);
}

#[tokio::test(start_paused = true)]
async fn what_is_read_lies_in_one_phase() {
    let watched = watched(vec![("a", counting(0), 10.0), ("b", counting(20), 2.5)], (12, Some(36)));
    let windows = RefCell::new(Vec::new());
    let tell = |name: Rc<str>, said: Said| {
        let Said::Figures(read) = said else { panic!("{said:?}") };
        assert!((read.figures[0].value - 1.0).abs() < 1e-9, "{read:?}");
        if &*name == "a" {
            windows.borrow_mut().push((read.since.as_secs(), watched.clock.elapsed().as_secs()));
        } else if read.since > Duration::from_secs(1) {
            let ended = watched.clock.elapsed().as_secs_f64();
            assert!((read.since.as_secs_f64() < 12.0) == (ended < 12.1), "{read:?} {ended}");
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(42), watched.run(tell)).await;
    watched.ask_last(Duration::MAX, tell).await;
    let expected = [(0, 10), (10, 12), (12, 20), (20, 30), (30, 36), (36, 40), (40, 42)];
    assert_eq!(windows.borrow()[..], expected);
    // It has just been asked.
    watched.ask_last(Duration::MAX, |name, _| panic!("{name}")).await;
}

/// An answer that is on its way when the run ends is waited for, and nobody asks twice.
#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_at_the_end_is_waited_for() {
    for (takes, said) in [(600, "Figures"), (3_000, "Nothing")] {
        let slow = counting(takes);
        let watched = watched(vec![("a", slow.clone(), 10.0)], (0, None));
        let answers = RefCell::new(Vec::new());
        let tell = |_: Rc<str>, said: Said| answers.borrow_mut().push(said);
        let end = async {
            sleep(Duration::from_millis(10_100)).await;
            watched.ask_last(Duration::MAX, tell).await;
        };
        tokio::select! {
            biased;
            () = watched.run(tell) => {}
            () = end => {}
        }
        let last = format!("{:?}", answers.borrow().last());
        assert!(last.starts_with(&format!("Some({said}(")), "{last}");
        assert_eq!(slow.patience.borrow()[..], [PATIENCE, PATIENCE], "at the start, and at 10 s");
        assert!(watched.clock.elapsed() < Duration::from_millis(11_200), "{:?}", watched.clock.elapsed());
    }
}
