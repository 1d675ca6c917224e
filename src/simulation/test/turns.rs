//! Clients that do one profile after the other.

use std::time::Duration;

use super::toy::{Habit, Plan, World, closed, every, operate, secs};
use crate::client::{Outcome, Pace, Timer, Trigger, Trouble};
use crate::event::What;
use crate::http::testing::virtual_time;
use crate::label::Label;
use crate::simulation::ProfileMix;

fn plan(mix: ProfileMix, seconds: u64, habits: Vec<Habit>) -> Plan {
    Plan { mix, ..Plan::new(1, seconds, habits) }
}

fn lasting(timer: fn() -> Option<Timer>) -> Vec<Habit> {
    ["often", "seldom"].map(|name| Habit::lasting(name, timer, secs(2))).into()
}

fn begun(world: &World) -> Vec<(&'static str, u64)> {
    world.events.each(|_, what| match what {
        What::OperationStart(start) if start.label.as_str() != "startup" => {
            Some((start.label.as_str(), start.begun.as_secs()))
        }
        _ => None,
    })
}

#[test]
fn a_turn_follows_the_end_of_the_one_before() {
    virtual_time(async {
        let mix = ProfileMix::Choose(vec![3.0, 1.0]);
        let (world, _) = plan(mix, 2000, lasting(|| None)).run().await;
        let turns = begun(&world);
        assert_eq!(turns.len(), 1000);
        assert!(turns.iter().enumerate().all(|(n, (_, at))| *at == 2 * n as u64));
        let often = turns.iter().filter(|(name, _)| *name == "often").count();
        assert!((700..800).contains(&often), "{often} of 1000");
        assert!(world.starts("often").iter().all(|start| start.due == start.begun));
    });
}

#[test]
fn a_turn_takes_its_time_at_least() {
    virtual_time(async {
        // A slow server shifts what is counted from the end before, and not what is open: there it is late.
        let slow = || closed(Pace::Every { interval: secs(5) });
        let mix = || ProfileMix::Choose(vec![1.0, 1.0]);
        let (world, _) = plan(mix(), 20, lasting(slow)).run().await;
        assert_eq!(begun(&world).iter().map(|(_, at)| *at).collect::<Vec<_>>(), [0, 5, 10, 15]);
        let (world, _) = plan(mix(), 20, lasting(|| every(5))).run().await;
        assert_eq!(begun(&world).iter().map(|(_, at)| *at).collect::<Vec<_>>(), [0, 5, 10, 15]);
        let (world, _) = plan(mix(), 8, lasting(|| every(1))).run().await;
        let (often, seldom) = (world.missed("often"), world.missed("seldom"));
        assert_eq!(begun(&world).len() as u64 + often.0 + often.1 + seldom.0 + seldom.1, 8);
    });
}

#[test]
fn once_is_in_order_and_has_an_end() {
    virtual_time(async {
        let (world, census) = plan(ProfileMix::Once, 60, lasting(|| None)).run().await;
        assert_eq!(begun(&world), [("often", 0), ("seldom", 2)]);
        assert_eq!(census.clients, 1);
    });
}

#[test]
fn what_fails_at_once_is_not_stormed_and_what_is_off_is_passed_over() {
    virtual_time(async {
        let fails = Habit::new(
            "fails",
            || None,
            |cx, _| {
                Box::pin(async move {
                    let refused = async { Err::<(), _>(Trouble::Content("refused".to_owned())) };
                    cx.operation(Label::of("fails"), refused).await?;
                    Ok(Outcome::Done)
                })
            },
        );
        let off = Habit::new("off", || None, |_, _| Box::pin(async { Ok(Outcome::Off("no".to_owned())) }));
        let (world, _) = plan(ProfileMix::Choose(vec![1.0, 1.0]), 100, vec![fails, off]).run().await;
        let turns = begun(&world).len();
        assert!((20..=100).contains(&turns), "{turns} turns that failed");
        assert_eq!(
            world.events.each(|_, what| matches!(what, What::SwitchedOff { .. }).then_some(())).len(),
            1
        );
    });
}

#[test]
fn each_turn_may_have_an_account_of_its_own() {
    virtual_time(async {
        let mut plan = plan(ProfileMix::Choose(vec![1.0, 1.0]), 6, lasting(|| None));
        plan.arrivals = vec![Duration::ZERO; 3];
        plan.draws = true;
        let (world, _) = plan.run().await;
        let whose = |client: u32| {
            world.events.each(|_, what| match what {
                What::OperationStart(start) if start.who.client == client => Some(start.who.uid.to_string()),
                _ => None,
            })
        };
        assert_eq!(whose(1), ["user01", "user01", "user02", "user00"]);
    });
}

/// One that rests for three seconds in the middle.
fn pausing(name: &'static str, timer: fn() -> Option<Timer>) -> Habit {
    Habit::new(name, timer, move |cx, trigger| {
        Box::pin(async move {
            operate(cx, name, secs(1)).await?;
            Ok(if *trigger == Trigger::Timer { Outcome::Pause(secs(3)) } else { Outcome::Done })
        })
    })
}

#[test]
fn a_turn_goes_on_after_its_pauses() {
    virtual_time(async {
        let habits = vec![pausing("often", || None), pausing("seldom", || None)];
        let (world, _) = plan(ProfileMix::Once, 60, habits).run().await;
        assert_eq!(begun(&world), [("often", 0), ("often", 4), ("seldom", 5), ("seldom", 9)]);
        let late = world.starts("often").iter().filter(|start| start.due != start.begun).count();
        assert_eq!(late, 0, "it goes on when it is due");
        // A turn takes its time at least, counted from its beginning.
        let slow = || closed(Pace::Every { interval: secs(8) });
        let habits = vec![pausing("often", slow), pausing("seldom", slow)];
        let (world, _) = plan(ProfileMix::Once, 60, habits).run().await;
        assert_eq!(begun(&world), [("often", 0), ("often", 4), ("seldom", 8), ("seldom", 12)]);
    });
}

#[test]
fn what_is_due_in_a_pause_waits_for_its_end() {
    virtual_time(async {
        let habits = vec![pausing("often", || every(4)), Habit::lasting("seldom", || every(6), secs(1))];
        let (world, _) = plan(ProfileMix::Together, 14, habits).run().await;
        let expected =
            [("often", 4), ("seldom", 6), ("often", 8), ("often", 9), ("seldom", 12), ("often", 13)];
        assert_eq!(begun(&world), expected);
    });
}
