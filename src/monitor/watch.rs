//! Asks the monitors of a run.
use super::{Monitor, MonitorError};
use crate::clock::Clock;
use crate::event::ServerFigures;
use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use tokio::time::sleep;
use tracing::{debug, warn};

/// How often monitors are asked.
const EVERY: Duration = Duration::from_secs(10);

/// How long a server may take to answer, and at the end of a run, which shall end.
const PATIENCE: Duration = Duration::from_secs(5);
const LAST_PATIENCE: Duration = Duration::from_secs(1);

/// The monitors of a run, each with the name of the pod it is about.
#[derive(Clone)]
pub struct Watched {
    monitors: Vec<(Rc<str>, Rc<dyn Monitor>)>,
    /// For each whether its last answer was none.
    failing: Rc<[Cell<bool>]>,
    clock: Clock,
}

impl Watched {
    /// Monitors by pod, on the clock of the run.
    pub fn new(monitors: Vec<(Rc<str>, Rc<dyn Monitor>)>, clock: Clock) -> Watched {
        Watched { failing: monitors.iter().map(|_| Cell::new(false)).collect(), monitors, clock }
    }

    /// Asks every ten seconds until the future is dropped, and gives each answer to `tell`. A server that
    /// answers late is asked less often.
    pub async fn run(&self, tell: impl Fn(Rc<str>, Result<ServerFigures, MonitorError>)) {
        loop {
            sleep(EVERY).await;
            self.ask_all(PATIENCE, &tell).await;
        }
    }

    /// Asks each a last time, at the end of a run: within a second, as somebody waits for the report, or what is left
    /// if that is less.
    pub async fn ask_last(
        &self,
        left: Duration,
        tell: impl Fn(Rc<str>, Result<ServerFigures, MonitorError>),
    ) {
        self.ask_all(left.min(LAST_PATIENCE), tell).await;
    }

    /// Asks each once, all at the same time, and gives the answers in the order of the pods.
    async fn ask_all(&self, patience: Duration, tell: impl Fn(Rc<str>, Result<ServerFigures, MonitorError>)) {
        let mut asked: Vec<_> =
            self.monitors.iter().map(|(_, monitor)| monitor.ask(self.clock, patience)).collect();
        let mut answers: Vec<_> = asked.iter().map(|_| None).collect();
        poll_fn(|context| {
            for (future, answer) in asked.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none())
            {
                if let Poll::Ready(figures) = future.as_mut().poll(context) {
                    *answer = Some(figures);
                }
            }
            if answers.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        for (((pod, _), failing), answer) in self.monitors.iter().zip(self.failing.iter()).zip(answers) {
            let Some(answer) = answer else { continue };
            match &answer {
                Ok(figures) => debug!(target: "monitor", "{pod} answers: {figures:?}"),
                Err(why) if failing.get() => debug!(target: "monitor", "{pod} says nothing of itself: {why}"),
                // Once is enough, until it has answered again.
                Err(why) => warn!(target: "monitor", "{pod} says nothing of itself: {why}"),
            }
            failing.set(answer.is_err());
            tell(Rc::clone(pod), answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Asked;
    use std::cell::RefCell;

    struct Slow;

    impl Monitor for Slow {
        fn ask(&self, _: Clock, _: Duration) -> Asked<'_> {
            Box::pin(async {
                tokio::time::sleep(Duration::from_secs(12)).await;
                Err(MonitorError::Timeout { address: "a".into(), limit: Duration::from_secs(12) })
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_server_is_asked_less_often() {
        let slow = || Rc::new(Slow) as Rc<dyn Monitor>;
        let watched = Watched::new(
            vec![("PodA".into(), slow()), ("PodB".into(), slow())],
            Clock::starting_at(Default::default()),
        );
        let answers = RefCell::new(Vec::new());
        let tell = |pod: Rc<str>, answer: Result<_, MonitorError>| {
            answers.borrow_mut().push(format!("{pod} {}", answer.unwrap_err()));
        };
        let _ = tokio::time::timeout(Duration::from_secs(60), watched.run(tell)).await;
        assert_eq!(answers.borrow().len(), 4);
        assert_eq!(answers.borrow()[0], "PodA the statistics socket a has not answered within 12 s");
    }

    /// Notes how long it may take.
    struct Hurried(Rc<RefCell<Vec<Duration>>>);

    impl Monitor for Hurried {
        fn ask(&self, _: Clock, patience: Duration) -> Asked<'_> {
            self.0.borrow_mut().push(patience);
            let limit = patience;
            Box::pin(async move { Err(MonitorError::Timeout { address: "a".into(), limit }) })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_question_has_a_second() {
        let noted = Rc::default();
        let hurried = Rc::new(Hurried(Rc::clone(&noted))) as Rc<dyn Monitor>;
        let watched = Watched::new(vec![("".into(), hurried)], Clock::starting_at(Default::default()));
        let _ = tokio::time::timeout(Duration::from_secs(15), watched.run(|_, _| {})).await;
        watched.ask_last(Duration::MAX, |_, _| {}).await;
        watched.ask_last(Duration::from_millis(400), |_, _| {}).await;
        assert_eq!(noted.borrow()[..], [PATIENCE, LAST_PATIENCE, Duration::from_millis(400)]);
    }
}
