//! What must hold whatever the timers and whatever the server's speed.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::toy::{Habit, Plan, World, drawn, secs};
use crate::client::{Pace, Pacing, Timer};
use crate::event::{What, Who};
use crate::http::testing::{virtual_time, who};
use crate::random::Seed;
use crate::simulation;

const NAMES: [&str; 3] = ["a", "b", "c"];

/// A habit: which kind of pace, its interval, how long its act takes.
#[derive(Clone, Copy, Debug)]
struct Any {
    kind: u8,
    interval: u64,
    act: u64,
}

fn any_habit() -> impl Strategy<Value = Any> {
    (0..3u8, 100..20_000u64, 0..30_000u64).prop_map(|(kind, interval, act)| Any { kind, interval, act })
}

fn pace(any: Any) -> Pace {
    let interval = Duration::from_millis(any.interval);
    match any.kind {
        0 => Pace::Every { interval },
        1 => Pace::Staggered { interval },
        _ => drawn(),
    }
}

/// What is due before `end` for a client that arrives at `at`: worked out apart from the engine.
fn dues(any: Any, index: usize, client: u32, at: Duration, end: Duration) -> Vec<Duration> {
    let purpose = format!("due of profile {index}, {}", NAMES[index]);
    let stream = Seed(1).stream(client, client, &purpose);
    let pace = pace(any);
    let mut due = at + pace.gap(0, stream);
    let mut all = Vec::new();
    while due < end {
        all.push(due);
        due += pace.gap(all.len() as u64, stream).max(Duration::from_millis(1));
    }
    all
}

/// The plan as the definition says, in another order than the engine's.
fn by_hand(habits: &[Any], arrivals: &[Duration], end: Duration) -> simulation::Plan {
    let mut plan = simulation::Plan::default();
    for (client, at) in (0u32..).zip(arrivals).filter(|(_, at)| **at < end) {
        let who =
            Who { uid: format!("user{client:02}").into(), software: "Toy".into(), ..(*who(client)).clone() };
        plan.take(&who, "arrival", 0, *at);
        for (index, any) in habits.iter().enumerate() {
            for (n, due) in (0u32..).zip(dues(*any, index, client, *at, end)) {
                plan.take(&who, &format!("due of profile {index}, {}", NAMES[index]), n, due);
            }
        }
    }
    plan
}

fn check(world: &World, habits: &[Any], arrivals: &[Duration], end: Duration) {
    let mut acts: BTreeMap<u32, Vec<(Duration, Duration)>> = BTreeMap::new();
    for (index, any) in habits.iter().enumerate() {
        let plan: Vec<_> =
            (0u32..).zip(arrivals).map(|(client, at)| dues(*any, index, client, *at, end)).collect();
        let starts = world.starts(NAMES[index]);
        for start in &starts {
            assert!(plan[start.who.client as usize].contains(&start.due), "not planned: {start:?}");
            assert!(start.begun >= start.due && start.begun < end, "begun too early or too late: {start:?}");
        }
        let (late, skipped) = world.missed(NAMES[index]);
        let due: usize = plan.iter().map(Vec::len).sum();
        assert_eq!(starts.len() as u64 + late + skipped, due as u64, "{any:?}");
        for end in world.ends(NAMES[index]) {
            acts.entry(end.who.client).or_default().push((end.begun, end.end));
        }
    }
    for acts in acts.values_mut() {
        acts.sort();
        assert!(acts.windows(2).all(|two| two[0].1 <= two[1].0), "two acts at once: {acts:?}");
    }
    world.assert_ended_once();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_comes_twice(
        habits in prop::collection::vec(any_habit(), 1..=3),
        arrivals in prop::collection::vec(0..60_000u64, 1..5),
        seconds in 1..90u64,
    ) {
        let mut arrivals: Vec<_> = arrivals.into_iter().map(Duration::from_millis).collect();
        arrivals.sort();
        virtual_time(async {
            let habit = |(index, any): (usize, &Any)| {
                let (any, act) = (*any, Duration::from_millis(any.act));
                let timer = move || Some(Timer { pace: pace(any), pacing: Pacing::Open });
                Habit::lasting(NAMES[index], timer, act)
            };
            let mut plan = Plan::new(0, seconds, habits.iter().enumerate().map(habit).collect());
            plan.arrivals = arrivals.clone();
            let (world, census) = plan.run().await;
            assert_eq!(census.plan, by_hand(&habits, &arrivals, secs(seconds)));
            let end = secs(seconds);
            let come = arrivals.iter().filter(|at| **at < end).count();
            assert_eq!(census.users as usize, come);
            let arrived = world.events.each(|_, what| matches!(what, What::Arrived { .. }).then_some(()));
            assert_eq!(arrived.len(), come);
            check(&world, &habits, &arrivals[..come], end);
        });
    }
}
