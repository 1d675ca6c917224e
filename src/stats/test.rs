//! Events for tests, and the tests of the whole.

use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::event::*;

/// The client `number` of the user of the same number, called `user01` for 0.
pub fn who(number: u32) -> Rc<Who> {
    Rc::new(Who {
        uid: format!("user{:02}", number + 1).into(),
        user: number,
        client: number,
        instance: 0,
        title: "main".into(),
        software: "OS_X_10_11".into(),
    })
}

/// A response of `user` after so many seconds, due when it began.
pub fn response(user: u32, label: &str, seconds: f64, success: bool) -> Event {
    let begun = Duration::from_secs(10);
    let end = begun + Duration::from_secs_f64(seconds);
    measured(
        end,
        What::Response(Response {
            who: who(user),
            profile: None,
            label: Label::new(label),
            method: label.split('{').next().unwrap_or(label).into(),
            url: "http://127.0.0.1:8008/calendars/".into(),
            status: Some(if success { 200 } else { 500 }),
            success,
            error: (!success).then_some(ErrorKind::Status),
            detail: None,
            due: begun,
            begun,
            end,
            wire: WireTimes::default(),
            bytes_sent: 100,
            bytes_received: 1000,
            bodies: None,
        }),
    )
}

/// The start of a planned operation that is so many seconds late.
pub fn start(user: u32, label: &str, lag: f64) -> Event {
    let due = Duration::from_secs(10);
    let begun = due + Duration::from_secs_f64(lag);
    let label = Label::new(label);
    measured(
        begun,
        What::OperationStart(OperationStart {
            who: who(user),
            profile: None,
            label,
            due,
            begun,
            scheduled: true,
        }),
    )
}

/// The end of an operation after so many seconds.
pub fn end(user: u32, label: &str, seconds: f64, failure: Option<&str>) -> Event {
    let begun = Duration::from_secs(10);
    let end = begun + Duration::from_secs_f64(seconds);
    measured(
        end,
        What::OperationEnd(OperationEnd {
            who: who(user),
            profile: None,
            label: Label::new(label),
            due: begun,
            begun,
            end,
            success: failure.is_none(),
            reason: failure.map(Rc::from),
            unfinished: false,
        }),
    )
}

/// An event of the phase that is judged.
pub fn measured(at: Duration, what: What) -> Event {
    Event { at, phase: Phase::Measured, what }
}

/// The statistics of these events.
pub fn statistics<'a>(limits: Limits, events: impl IntoIterator<Item = &'a Event>) -> Statistics {
    let mut statistics = Statistics::new(limits);
    events.into_iter().for_each(|event| statistics.take(event));
    statistics
}

/// Any event.
pub fn some_event() -> impl Strategy<Value = Event> {
    let label = prop::sample::select(vec!["GET{event}", "PUT{event}", "PROBE{OPTIONS}"]);
    let phase = prop::sample::select(vec![Phase::Warmup, Phase::Measured, Phase::Cooldown]);
    let numbers = (0u8..9, 0u32..200, 0u64..20_000_000, 0.0f64..20.0, any::<bool>());
    (label, phase, numbers).prop_map(|(label, phase, (kind, user, at, seconds, good))| {
        let reason: Rc<str> = format!("reason {}", user % 90).into();
        let (profile, client): (Rc<str>, _) = ("Eventer".into(), who(user));
        let figures = ServerFigures {
            requests_per_s: seconds,
            response_ms: seconds,
            slots: 1.0,
            cpu_percent: 2.0,
            window_s: 300.0,
        };
        let what = match kind {
            0..=2 => response(user, label, seconds, good).what,
            3 => start(user, "invite", seconds).what,
            4 => end(user, "invite", seconds, (!good).then_some(&*reason)).what,
            5 => What::Missed(Missed {
                who: client,
                profile: None,
                label: Label::new("invite"),
                late: 2,
                skipped: 1,
            }),
            6 if good => What::ClientFailure { who: client, reason },
            6 if user % 2 == 0 => What::SimFailure { label: Label::ABORT, reason },
            6 => What::SimFailure { label: Label::new(label), reason },
            7 if good => What::SwitchedOff { who: client, profile, reason },
            7 => What::Idle { who: client, profile, reason },
            _ if good => What::Arrived { who: client, users: user, clients: user },
            _ => What::ServerFigures { pod: "PodA".into(), figures: Said::Load(figures) },
        };
        Event { at: Duration::from_millis(at), phase, what }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// However a run is shared among workers, the parts are the whole, also after a journey.
    #[test]
    fn parts_merge_to_the_whole(events in prop::collection::vec((some_event(), 0usize..3), 0..100)) {
        let mut limits = Limits::default();
        limits.add_requests(&[Duration::from_secs(5), Duration::from_secs(1)]);
        let whole = statistics(limits.clone(), events.iter().map(|(event, _)| event));
        let mut merged = Statistics::new(limits.clone());
        for part in [2, 0, 1] {
            let part = statistics(limits.clone(), events.iter().filter(|(_, p)| *p == part).map(|(e, _)| e));
            let sent = serde_json::to_string(&part).unwrap();
            merged.merge(&serde_json::from_str(&sent).unwrap()).unwrap();
        }
        prop_assert!(whole.timeline().rows().count() <= Timeline::ROWS as usize);
        prop_assert_eq!(merged, whole);
    }
}

#[test]
fn ten_users_clients_failures_are_counted() {
    let mut statistics = Statistics::default();
    for user in 0..3 {
        statistics.take(&response(user, "GET", 1.0, true));
        let reason: Rc<str> = format!("testing {user}").into();
        let failure = What::ClientFailure { who: who(user), reason: reason.clone() };
        statistics.take(&measured(Duration::ZERO, failure));
        let failure = What::SimFailure { label: Label::new("testing"), reason };
        statistics.take(&measured(Duration::ZERO, failure));
    }
    assert_eq!((statistics.users_seen(), statistics.clients_seen()), (3, 3));
    assert_eq!(statistics.client_failures().total(), 3);
    assert_eq!(statistics.sim_failures().distinct(), 3);
}

#[test]
fn a_client_may_want_that_the_run_ends() {
    let mut statistics = Statistics::default();
    let mut fail = |label: &str, reason: &str| {
        let failure = What::SimFailure { label: Label::new(label), reason: reason.into() };
        statistics.take(&measured(Duration::ZERO, failure));
        statistics.wants_end().map(ToString::to_string)
    };
    // One that only looks like it is none.
    assert_eq!(fail("arrival", "abort: x"), None);
    assert_eq!(fail("abort", "no shop").as_deref(), Some("no shop"));
    assert_eq!(fail("abort", "z").as_deref(), Some("no shop"));
}

#[test]
fn a_probe_is_no_failure_but_silence_is() {
    let mut statistics = Statistics::default();
    statistics.take(&response(0, "PROBE{PROPFIND}", 1.0, false));
    let mut silent = response(0, "CHALLENGE{digest}", 1.0, false);
    if let What::Response(response) = &mut silent.what {
        (response.status, response.error) = (None, Some(ErrorKind::Connect));
    }
    statistics.take(&silent);
    let period = statistics.measured().unwrap();
    assert_eq!(period.requests[&Label::new("PROBE{PROPFIND}")].failures(), 0);
    assert_eq!(period.errors[&ErrorKind::Connect].count, 1);
    assert_eq!(period.errors.len(), 1);
    assert_eq!(statistics.successes(), 0);
    assert!(period.groups.is_empty());
}

#[test]
fn what_is_done_for_a_profile_counts_for_it() {
    let mut statistics = Statistics::default();
    for profile in [None, Some("Eventer")] {
        let mut asked = response(0, "PUT{event}", 1.0, true);
        let mut done = end(0, "create", 2.0, None);
        if let (What::Response(asked), What::OperationEnd(done)) = (&mut asked.what, &mut done.what) {
            (asked.profile, done.profile) = (profile.map(Rc::from), profile.map(Rc::from));
        }
        statistics.take(&asked);
        statistics.take(&done);
    }
    let mut both = statistics.clone();
    both.merge(&statistics).unwrap();
    let period = both.measured().unwrap();
    let counts = |group: &super::Group| (group.requests.count(), group.operations.count());
    assert_eq!(period.profiles.values().map(counts).collect::<Vec<_>>(), [(2, 2)]);
    assert_eq!(period.groups.values().map(counts).collect::<Vec<_>>(), [(4, 4)]);
}

#[test]
fn what_has_no_answer_is_neither_good_nor_bad() {
    let mut statistics = Statistics::default();
    let mut hanging = response(0, "GET{event}", 5.0, false);
    if let What::Response(response) = &mut hanging.what {
        (response.status, response.error) = (None, Some(ErrorKind::Unanswered));
    }
    statistics.take(&hanging);
    let tally = &statistics.measured().unwrap().requests[&Label::new("GET{event}")];
    assert_eq!((tally.count(), tally.unanswered), (0, 1));
    assert_eq!((statistics.answered(), statistics.unanswered()), (0, 1));
}

#[test]
fn who_met_only_silence_was_never_answered() {
    let mut statistics = Statistics::default();
    for (user, error) in [(0, ErrorKind::Connect), (1, ErrorKind::Timeout), (2, ErrorKind::Unanswered)] {
        let mut silent = response(user, "GET{event}", 1.0, false);
        if let What::Response(response) = &mut silent.what {
            (response.status, response.error) = (None, Some(error));
        }
        statistics.take(&silent);
    }
    assert_eq!((statistics.users_seen(), statistics.clients_seen()), (0, 0));
    // A failure with a status is an answer.
    statistics.take(&response(1, "GET{event}", 1.0, false));
    assert_eq!((statistics.users_seen(), statistics.clients_seen()), (1, 1));
}

#[test]
fn connections_that_gave_way_add_up() {
    let of = |connections| {
        let mut statistics = Statistics::default();
        statistics.add_gave_way(connections);
        statistics
    };
    let mut all = of(2);
    all.merge(&of(3)).unwrap();
    assert_eq!((all.drain().gave_way(), all.gave_way()), (5, 0));
    all.merge(&of(u64::MAX)).unwrap();
    all.merge(&of(1)).unwrap();
    assert_eq!(all.gave_way(), u64::MAX);
}

#[test]
fn only_one_set_of_limits_can_be_merged() {
    let mut limits = Limits::default();
    limits.add_operations(&[Duration::from_secs(1)]);
    let mut statistics = Statistics::new(limits);
    assert_eq!(statistics.merge(&Statistics::default()), Err(LimitsDiffer));
}

#[test]
fn the_timeline_doubles_its_width_when_it_is_full() {
    let mut statistics = Statistics::default();
    for second in [0, 1, 2047, 2048, 4095, 4096] {
        let mut event = response(0, "GET{event}", 1.0, true);
        event.at = Duration::from_secs(second);
        statistics.take(&event);
    }
    assert_eq!(statistics.timeline().interval(), Duration::from_secs(4));
    let rows: Vec<_> = statistics.timeline().rows().map(|(at, row)| (at.as_secs(), row.requests)).collect();
    assert_eq!(rows, [(0, 2), (2044, 1), (2048, 1), (4092, 1), (4096, 1)]);
}

#[test]
fn a_timeline_of_another_shape_is_refused() {
    let read = |text: &str| serde_json::from_str::<Timeline>(text).is_ok();
    assert!(read(r#"{"doublings": 53, "rows": {}}"#));
    assert!(!read(r#"{"doublings": 54, "rows": {}}"#));
    let row = serde_json::to_string(&Row::default()).unwrap();
    assert!(read(&format!(r#"{{"doublings": 0, "rows": {{"2047": {row}}}}}"#)));
    assert!(!read(&format!(r#"{{"doublings": 0, "rows": {{"2048": {row}}}}}"#)));
}
