//! What clients do because something happened.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::spawn_local;
use tokio::time::sleep;

use super::toy::{FIRST, Habit, Plan, every, operate, secs};
use crate::client::{Actor, Outcome, Trigger};
use crate::event::What;
use crate::http::testing::virtual_time;
use crate::random::unit;

/// Reacts to a topic for 5 s.
fn reacting() -> Habit {
    Habit::new(
        "reacting",
        || None,
        |cx, trigger| {
            Box::pin(async move {
                assert!(matches!(trigger, Trigger::Reaction(_)));
                operate(cx, "reacting", secs(5)).await?;
                Ok(Outcome::Done)
            })
        },
    )
}

/// Asks the first habit to react to these topics, once.
fn asking(topics: &'static [(&'static str, u64)]) -> Habit {
    Habit::new(
        "asking",
        || every(50),
        move |cx, _| {
            Box::pin(async move {
                for (topic, delay) in topics {
                    cx.react(Actor::profile(0), secs(*delay), *topic);
                }
                Ok(Outcome::Done)
            })
        },
    )
}

#[test]
fn a_reaction_is_due_after_its_delay() {
    virtual_time(async {
        let (world, _) = Plan::new(1, 99, vec![reacting(), asking(&[("a", 3), ("b", 20)])]).run().await;
        assert_eq!(world.times("reacting"), [(53, 53), (70, 70)]);
        assert!(world.starts("reacting").iter().all(|start| !start.scheduled));
    });
}

#[test]
fn equal_topics_that_wait_are_one() {
    virtual_time(async {
        let topics = &[("a", 0), ("a", 0), ("b", 0), ("a", 2), ("a", 3)];
        let (world, _) = Plan::new(1, 99, vec![reacting(), asking(topics)]).run().await;
        // The first a, then b, then the later two of a as one.
        assert_eq!(world.times("reacting"), [(50, 50), (50, 55), (52, 60)]);
        assert_eq!(world.missed("reacting"), (0, 0), "nothing that was planned is late");
    });
}

#[test]
fn a_client_that_rests_wakes_at_once() {
    virtual_time(async {
        let world = Plan::new(2, 30, vec![reacting()]).world();
        let run = world.run.clone();
        spawn_local(async move {
            sleep(secs(7)).await;
            run.wake(1, FIRST, &"push".into());
            run.wake(99, FIRST, &"nobody".into());
        });
        world.go().await;
        let pushed: Vec<_> = world.starts("push").iter().map(|s| (s.who.client, s.begun)).collect();
        assert_eq!(pushed, [(1, secs(7))]);
    });
}

#[test]
fn a_client_that_acts_acts_again() {
    virtual_time(async {
        let world = Plan::new(1, 99, vec![Habit::lasting("habit", || every(50), secs(20))]).world();
        let run = world.run.clone();
        spawn_local(async move {
            for _ in 0..3 {
                sleep(secs(17)).await;
                run.wake(0, FIRST, &"push".into());
            }
            sleep(secs(5)).await;
            run.wake(0, FIRST, &"push".into());
            run.wake(0, FIRST, &"other".into());
        });
        world.go().await;
        // Due at 51, during the act from 50 to 70; the equal one of 56 merges.
        assert_eq!(world.times("push"), [(17, 17), (34, 34), (51, 70), (56, 70)]);
    });
}

#[test]
fn waking_while_clients_leave_does_nothing() {
    virtual_time(async {
        let world = Plan::new(3, 10, Vec::new()).world();
        let run = world.run.clone();
        *world.toy.at_leave.borrow_mut() = Some(Box::new(move || {
            (0..3).for_each(|client| run.wake(client, FIRST, &"push".into()));
        }));
        let census = world.go().await;
        assert_eq!(census.clients, 3);
        world.run.wake(0, FIRST, &"after the end".into());
        assert!(world.starts("push").is_empty());
        assert!(world.run.waker.borrow().is_none(), "the engine would hold itself for ever");
    });
}

/// A habit that is off does not react either, and one that has not started has nothing to react with.
#[test]
fn who_is_off_does_not_react() {
    virtual_time(async {
        let off = Habit::new("off", || every(10), |_, _| Box::pin(async { Ok(Outcome::Off("no".into())) }));
        let (world, _) = Plan::new(1, 99, vec![off, asking(&[("a", 0)])]).run().await;
        let off = world.events.each(|_, what| matches!(what, What::SwitchedOff { .. }).then_some(()));
        assert_eq!(off.len(), 1);
    });
}

/// The first reaction and the first timer of a habit must not make the same event.
#[test]
fn timers_and_reactions_draw_apart() {
    virtual_time(async {
        let drawn: Rc<Cell<Vec<u64>>> = Rc::default();
        let kept = drawn.clone();
        let habit = Habit::new(
            "habit",
            || every(40),
            move |cx, trigger| {
                let mut all = kept.take();
                all.push(unit(&mut cx.draws("uid").at(0)).to_bits());
                kept.set(all);
                if *trigger == Trigger::Timer {
                    cx.react(Actor::profile(0), Duration::from_secs(1), "again");
                }
                Box::pin(async { Ok(Outcome::Done) })
            },
        );
        Plan::new(1, 99, vec![habit]).run().await;
        let mut all = drawn.take();
        assert_eq!(all.len(), 4);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
    });
}
