//! What is due by itself, and what becomes of it while a client is busy.

use std::time::Duration;

use super::toy::{Habit, Plan, World, closed, drawn, every, secs};
use crate::client::{Outcome, Pace, Pacing, Timer};
use crate::event::{Phase, What};
use crate::http::testing::virtual_time;
use crate::label::Label;
use crate::simulation::Phases;

#[test]
fn due_times_do_not_slip_with_a_slow_server() {
    virtual_time(async {
        let (world, _) = Plan::new(1, 60, vec![Habit::lasting("habit", || every(10), secs(3))]).run().await;
        assert_eq!(world.times("habit"), [(10, 10), (20, 20), (30, 30), (40, 40), (50, 50)]);
        assert_eq!(world.missed("habit"), (0, 0));
    });
}

#[test]
fn while_a_client_is_busy_one_occurrence_waits_and_later_ones_merge() {
    virtual_time(async {
        let (world, _) = Plan::new(1, 100, vec![Habit::lasting("habit", || every(10), secs(25))]).run().await;
        // 30 merges into 20, 50 into 40 and so on; the last waits in vain.
        assert_eq!(world.times("habit"), [(10, 10), (20, 35), (40, 60), (70, 85)]);
        assert_eq!(world.missed("habit"), (4, 1));
        let lags: Vec<_> = world.starts("habit").iter().map(|s| (s.begun - s.due).as_secs()).collect();
        assert_eq!(lags, [0, 15, 20, 15]);
        let ends: Vec<_> = world.ends("habit").iter().map(|end| (end.end - end.due).as_secs()).collect();
        assert_eq!(ends[..3], [25, 40, 45]);
        assert!(world.starts("habit").iter().all(|start| start.scheduled));
    });
}

/// Whatever is due is begun, merged or skipped: nothing is lost and nothing comes twice.
fn all_accounted_for(timer: fn() -> Option<Timer>, act: u64) -> (u64, Vec<(u32, Duration)>) {
    virtual_time(async move {
        let mut habits = vec![Habit::lasting("habit", timer, secs(act))];
        if act > 0 {
            habits.push(Habit::lasting("other", || every(7), secs(1)));
        }
        let mut plan = Plan::new(4, 120, habits);
        plan.arrivals = (0..4).map(secs).collect();
        let (world, _) = plan.run().await;
        let begun: Vec<_> = world.starts("habit").iter().map(|start| (start.who.client, start.due)).collect();
        let (late, skipped) = world.missed("habit");
        world.assert_ended_once();
        (begun.len() as u64 + late + skipped, begun)
    })
}

#[test]
fn the_plan_is_the_same_whatever_the_speed_of_the_server() {
    let drawn = || Some(Timer { pace: drawn(), pacing: Pacing::Open });
    let staggered = || Some(Timer { pace: Pace::Staggered { interval: secs(9) }, pacing: Pacing::Open });
    for timer in [drawn, staggered, || every(11)] {
        let (count, plan) = all_accounted_for(timer, 0);
        assert!(plan.len() as u64 == count && count > 30, "{count}");
        for act in [1, 5, 30, 500] {
            let (slow_count, slow) = all_accounted_for(timer, act);
            assert_eq!(slow_count, count, "acts of {act} s");
            assert!(slow.iter().all(|begun| plan.contains(begun)));
        }
        assert_eq!(all_accounted_for(timer, 5), all_accounted_for(timer, 5));
    }
}

#[test]
fn another_seed_is_another_plan() {
    let dues = |seed| {
        virtual_time(async move {
            let timer = || Some(Timer { pace: drawn(), pacing: Pacing::Open });
            let mut plan = Plan::new(3, 100, vec![Habit::lasting("habit", timer, secs(0))]);
            plan.seed = seed;
            let (world, _) = plan.run().await;
            world.starts("habit").iter().map(|s| (s.who.client, s.due)).collect::<Vec<_>>()
        })
    };
    assert_eq!(dues(1), dues(1));
    assert_ne!(dues(1), dues(2));
}

#[test]
fn a_closed_timer_skips_what_it_missed() {
    virtual_time(async {
        let timer = || closed(Pace::Every { interval: secs(10) });
        let (world, _) = Plan::new(1, 100, vec![Habit::lasting("habit", timer, secs(25))]).run().await;
        assert_eq!(world.times("habit"), [(10, 10), (40, 40), (70, 70)]);
        // 20, 30, 50, 60, 80 and 90: the act from 70 ends before the end.
        assert_eq!(world.missed("habit"), (0, 6));
    });
}

#[test]
fn a_closed_draw_counts_from_the_end_of_the_act() {
    virtual_time(async {
        let timer = || closed(Pace::Drawn { seconds: Box::new(|_, _| 10.0), mean: Some(10.0) });
        let (world, _) = Plan::new(1, 100, vec![Habit::lasting("habit", timer, secs(25))]).run().await;
        assert_eq!(world.times("habit"), [(10, 10), (45, 45), (80, 80)]);
        assert_eq!(world.missed("habit"), (0, 0));
    });
}

#[test]
fn what_waits_is_served_in_the_order_in_which_it_was_due() {
    virtual_time(async {
        let habits = vec![
            Habit::lasting("late", || every(9), secs(0)),
            Habit::lasting("early", || every(8), secs(0)),
            Habit::lasting("long", || every(5), secs(20)),
        ];
        let (world, _) = Plan::new(1, 26, habits).run().await;
        assert_eq!(world.times("long"), [(5, 5), (10, 25)]);
        assert_eq!(world.times("early"), [(8, 25)]);
        assert_eq!(world.times("late"), [(9, 25)]);
        let order: Vec<_> = world.events.each(|_, what| match what {
            What::OperationStart(start) if start.begun == secs(25) => Some(start.label.as_str()),
            _ => None,
        });
        assert_eq!(order, ["early", "late", "long"]);
    });
}

#[test]
fn a_timer_without_a_gap_lets_time_pass() {
    virtual_time(async {
        let (world, _) = Plan::new(1, 1, vec![Habit::lasting("habit", || every(0), secs(0))]).run().await;
        assert_eq!(world.starts("habit").len(), 1000);
    });
}

#[test]
fn a_timer_beyond_all_time_is_never_due() {
    virtual_time(async {
        let timer = || Some(Timer { pace: Pace::Every { interval: Duration::MAX }, pacing: Pacing::Open });
        let (world, census) = Plan::new(1, 10, vec![Habit::lasting("habit", timer, secs(0))]).run().await;
        assert_eq!((world.starts("habit").len(), census.started), (0, 1));
    });
}

#[test]
fn a_habit_that_is_off_is_off_for_that_client_only() {
    virtual_time(async {
        let habit = Habit::new(
            "habit",
            || every(10),
            |cx, _| {
                Box::pin(async move {
                    super::toy::operate(cx, "habit", secs(15)).await?;
                    Ok(match cx.journal.who.client {
                        0 => Outcome::Off("no room".to_owned()),
                        _ => Outcome::Done,
                    })
                })
            },
        );
        let (world, _) = Plan::new(2, 100, vec![habit]).run().await;
        let of = |client| world.starts("habit").iter().filter(|s| s.who.client == client).count();
        assert_eq!((of(0), of(1)), (1, 6));
        let off = world.events.each(|_, what| match what {
            What::SwitchedOff { who, profile, reason } => Some((who.client, profile.clone(), reason.clone())),
            _ => None,
        });
        assert_eq!(off, [(0, "habit".into(), "no room".into())]);
    });
}

/// A profile that is off, a panic, a slow server: none of them is in the plan.
#[test]
fn the_plan_does_not_depend_on_the_server() {
    let plan = |deed: u32| {
        virtual_time(async move {
            let timer = || Some(Timer { pace: drawn(), pacing: Pacing::Open });
            let habit = Habit::new("habit", timer, move |cx, _| {
                Box::pin(async move {
                    super::toy::operate(cx, "habit", secs(u64::from(deed))).await?;
                    assert!(deed != 1, "a defect made for this test");
                    Ok(if deed == 2 { Outcome::Off("no".into()) } else { Outcome::Done })
                })
            });
            let slow = || closed(Pace::Drawn { seconds: Box::new(|_, _| 7.0), mean: None });
            let polite = Habit::lasting("polite", slow, secs(u64::from(deed)));
            Plan::new(3, 100, vec![habit, polite]).run().await.1.plan.to_string()
        })
    };
    let plans = [0, 1, 2, 50].map(plan);
    assert!(plans.iter().all(|other| *other == plans[0]), "{plans:?}");
    assert_eq!(plans[0], GOLDEN);
}
const GOLDEN: &str = "29dc3c28c79d9e1d";

#[test]
fn a_habit_with_nothing_to_do_says_so() {
    virtual_time(async {
        let habit =
            Habit::new("habit", || every(10), |_, _| Box::pin(async { Ok(Outcome::Idle("no event")) }));
        let (world, _) = Plan::new(1, 35, vec![habit]).run().await;
        let idle = world.events.each(|_, what| match what {
            What::Idle { reason, .. } => Some(reason.to_string()),
            _ => None,
        });
        assert_eq!(idle, ["no event"; 3]);
    });
}

/// What was planned and has begun is counted in the phase in which it was due, whether there was something to do or not;
/// what reacts or goes on was not planned.
#[test]
fn what_was_planned_and_began_is_counted() {
    virtual_time(async {
        let idle = Habit::new(
            "idle",
            || every(10),
            |cx, _| {
                cx.react(cx.actor, secs(1), "again");
                Box::pin(async { Ok(Outcome::Idle("no event")) })
            },
        );
        let paused = Habit::new(
            "paused",
            || every(20),
            |cx, trigger| {
                let first = *trigger == crate::client::Trigger::Timer;
                Box::pin(async move {
                    super::toy::operate(cx, "paused", secs(1)).await?;
                    Ok(if first { Outcome::Pause(secs(2)) } else { Outcome::Done })
                })
            },
        );
        let mut plan = Plan::new(1, 30, vec![idle, paused]);
        plan.phases = Phases { warmup: secs(15), duration: Some(secs(30)), cooldown: secs(0) };
        let (world, _) = plan.run().await;
        let begun = |phase, name| {
            let all = world.events.begun.borrow();
            all.iter().filter(|one| **one == (phase, Label::of(name))).count()
        };
        assert_eq!((begun(Phase::Warmup, "idle"), begun(Phase::Measured, "idle")), (1, 3));
        assert_eq!((begun(Phase::Warmup, "paused"), begun(Phase::Measured, "paused")), (0, 2));
        assert_eq!(world.events.begun.borrow().len(), 6);
    });
}

fn phases_of(world: &World, label: &'static str) -> Vec<(Phase, &'static str)> {
    world.events.each(|phase, what| match what {
        What::OperationStart(start) if start.label == Label::of(label) => Some((*phase, "start")),
        What::OperationEnd(end) if end.label == Label::of(label) => Some((*phase, "end")),
        What::Missed(missed) if missed.label == Label::of(label) => {
            Some((*phase, if missed.late > 0 { "late" } else { "skipped" }))
        }
        _ => None,
    })
}

#[test]
fn everything_belongs_to_the_phase_in_which_it_was_due() {
    virtual_time(async {
        let mut plan = Plan::new(1, 0, vec![Habit::lasting("habit", || every(10), secs(12))]);
        plan.phases = Phases { warmup: secs(15), duration: Some(secs(20)), cooldown: secs(10) };
        let (world, _) = plan.run().await;
        use Phase::{Cooldown, Measured, Warmup};
        // Due 10, 20 (begun 22), 30 (begun 34), 40 (in vain).
        let expected = [
            (Warmup, "start"),
            (Warmup, "end"),
            (Measured, "start"),
            (Measured, "end"),
            (Measured, "start"),
            (Measured, "end"),
            (Cooldown, "skipped"),
        ];
        assert_eq!(phases_of(&world, "habit"), expected);
    });
}

/// The end of the run comes after the measured phase, but what it finds waiting was due before.
#[test]
fn what_was_never_served_counts_in_the_phase_in_which_it_was_due() {
    virtual_time(async {
        let plan = Plan::new(1, 25, vec![Habit::lasting("habit", || every(10), secs(100))]);
        let (world, _) = plan.run().await;
        let expected = [(Phase::Measured, "start"), (Phase::Measured, "end"), (Phase::Measured, "skipped")];
        assert_eq!(phases_of(&world, "habit"), expected);
    });
}

/// A machine that stands still for a while loses no occurrence, not even at the end.
#[test]
fn a_stall_loses_nothing() {
    virtual_time(async {
        let habit = Habit::new(
            "habit",
            || every(10),
            |cx, _| {
                Box::pin(async move {
                    super::toy::operate(cx, "habit", secs(0)).await?;
                    // Time passes, and nobody gets to run.
                    if cx.journal.clock.elapsed() == secs(20) {
                        tokio::time::advance(secs(200)).await;
                    }
                    Ok(Outcome::Done)
                })
            },
        );
        let (world, _) = Plan::new(1, 101, vec![habit]).run().await;
        let (late, skipped) = world.missed("habit");
        assert_eq!(world.times("habit"), [(10, 10), (20, 20)]);
        assert_eq!((late, skipped), (7, 1));
    });
}
