//! Tests of the context of an act.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{Context, Run, Trouble};
use crate::clock::Clock;
use crate::event::{Phase, What};
use crate::http::SendError;
use crate::http::testing::{Recorder, virtual_time, who};
use crate::label::Label;
use crate::population::{Account, Password};
use crate::random::Seed;

const OUTER: Label = Label::of("startup");
const INNER: Label = Label::of("poll");

fn context() -> (Context, Rc<Recorder>) {
    let events = Rc::new(Recorder::default());
    let none: Rc<str> = "".into();
    let account = Rc::new(Account {
        uid: none.clone(),
        password: Password::new(""),
        common_name: none.clone(),
        email: none.clone(),
        guid: none.clone(),
        pod: none,
    });
    let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
    let run = Rc::new(Run {
        seed: Seed(1),
        clock,
        sink: events.clone(),
        accounts: Rc::from([account.clone()]),
        stopped: Rc::default(),
        waker: RefCell::default(),
        measured: (Duration::ZERO, None),
    });
    let journal = run.journal(who(3), Phase::Warmup);
    (Context::new(run, account, 0, journal, 0, true), events)
}

/// The operations in order: what it is, whether it starts; of an end how it went.
fn told(events: &Recorder) -> Vec<(&'static str, &'static str)> {
    events.each(|phase, what| {
        assert_eq!(*phase, Phase::Warmup);
        match what {
            What::OperationStart(start) => Some((start.label.as_str(), "start")),
            What::OperationEnd(end) => Some((
                end.label.as_str(),
                match (end.success, end.unfinished) {
                    (true, false) => "good",
                    (false, false) => "failed",
                    (false, true) => "unfinished",
                    (true, true) => "nonsense",
                },
            )),
            _ => None,
        }
    })
}

#[test]
fn operations_may_stand_within_one_another() {
    virtual_time(async {
        let (cx, events) = context();
        let work = async {
            sleep(Duration::from_secs(2)).await;
            // A request has ended: what comes now is due from here.
            cx.journal.due.set(cx.journal.clock.elapsed());
            sleep(Duration::from_secs(1)).await;
            cx.operation(INNER, async { Ok(7) }).await
        };
        assert_eq!(cx.operation(OUTER, work).await.unwrap(), 7);
        assert_eq!(
            told(&events),
            [("startup", "start"), ("poll", "start"), ("poll", "good"), ("startup", "good")]
        );
        let times = events.each(|_, what| match what {
            What::OperationEnd(end) => Some((end.due.as_secs(), end.begun.as_secs(), end.end.as_secs())),
            _ => None,
        });
        assert_eq!(times, [(2, 3, 3), (0, 0, 3)]);
    });
}

/// Both the operation that has the request and the one around it begin with it; what began before does not.
#[test]
fn waiting_for_a_connection_is_lag_of_the_operation() {
    virtual_time(async {
        let (cx, events) = context();
        let request = async |waits: u64, takes: u64| {
            sleep(Duration::from_secs(waits)).await;
            cx.journal.request(waits > 0);
            sleep(Duration::from_secs(takes)).await;
            cx.journal.due.set(cx.journal.clock.elapsed());
            Ok(())
        };
        cx.operation(OUTER, cx.operation(INNER, request(10, 1))).await.unwrap();
        let work = async {
            request(0, 1).await?;
            cx.operation(INNER, request(10, 1)).await
        };
        cx.operation(OUTER, work).await.unwrap();
        let times = events.each(|_, what| match what {
            What::OperationEnd(end) => Some((end.due.as_secs(), end.begun.as_secs(), end.end.as_secs())),
            _ => None,
        });
        assert_eq!(times, [(0, 10, 11), (0, 10, 11), (12, 22, 23), (11, 11, 23)]);
        let begun = events.each(|_, what| match what {
            What::OperationStart(start) => Some((start.due.as_secs(), start.begun.as_secs())),
            _ => None,
        });
        assert_eq!(begun, [(0, 10), (0, 10), (11, 11), (12, 22)]);
    });
}

#[test]
fn a_failure_has_its_reason_and_goes_up() {
    virtual_time(async {
        let (cx, events) = context();
        let inner = async { Err::<(), _>(Trouble::Content("no calendar".to_owned())) };
        let result = cx.operation(OUTER, async { cx.operation(INNER, inner).await }).await;
        assert_eq!(result.unwrap_err().to_string(), "no calendar");
        let reasons = events.each(|_, what| match what {
            What::OperationEnd(end) => end.reason.clone(),
            _ => None,
        });
        assert_eq!(reasons, ["no calendar".into(), "no calendar".into()]);
        assert_eq!(told(&events)[2..], [("poll", "failed"), ("startup", "failed")]);
    });
}

#[test]
fn what_the_end_of_the_run_stops_is_neither_good_nor_failed() {
    virtual_time(async {
        let (cx, events) = context();
        let result = cx.operation(OUTER, async { Err::<(), _>(SendError::Stopped.into()) }).await;
        assert!(matches!(result, Err(Trouble::Stopped)));
        assert_eq!(told(&events), [("startup", "start"), ("startup", "unfinished")]);
    });
}

#[test]
fn what_is_dropped_is_unfinished_from_the_inside_out() {
    virtual_time(async {
        let (cx, events) = context();
        let inner = async {
            sleep(Duration::from_secs(60)).await;
            Ok(())
        };
        let work = cx.operation(OUTER, async { cx.operation(INNER, inner).await });
        assert!(timeout(Duration::from_secs(5), work).await.is_err());
        let expected =
            [("startup", "start"), ("poll", "start"), ("poll", "unfinished"), ("startup", "unfinished")];
        assert_eq!(told(&events), expected);
        let ends = events.each(|_, what| match what {
            What::OperationEnd(end) => Some(end.end.as_secs()),
            _ => None,
        });
        assert_eq!(ends, [5, 5]);
    });
}

#[test]
fn an_operation_that_was_never_begun_is_not_told() {
    virtual_time(async {
        let (cx, events) = context();
        drop(cx.operation(OUTER, async { Ok(()) }));
        assert!(told(&events).is_empty());
    });
}

#[test]
fn reactions_are_taken_once() {
    virtual_time(async {
        let (cx, _) = context();
        cx.react(super::Actor::SOFTWARE, Duration::from_secs(1), "topic");
        assert_eq!(cx.take_reactions().len(), 1);
        assert!(cx.take_reactions().is_empty());
    });
}
