//! Clients that leave before the end, when they have done what they came for.

use std::time::Duration;

use super::toy::{Habit, Plan, World, every, secs};
use crate::client::Outcome;
use crate::event::{Delayed, What};
use crate::http::testing::virtual_time;
use crate::simulation::ProfileMix;

/// Users who come, do two things of two seconds each, and leave; there is no other end.
fn visitors(arrivals: Vec<Duration>) -> Plan {
    let habits = ["first", "second"].map(|name| Habit::lasting(name, || None, secs(2)));
    let mut plan = Plan { mix: ProfileMix::Once, arrivals, ..Plan::new(0, 60, habits.into()) };
    plan.phases.duration = None;
    plan
}

/// Who left, and whether each was the last client of its user.
fn left(world: &World) -> Vec<(u32, bool)> {
    world.events.each(|_, what| match what {
        What::Left { who, user } => Some((who.client, *user)),
        _ => None,
    })
}

/// Which users came how much later than was due: how long they waited for room, and how late they then were; and whether they
/// came.
fn delays(world: &World) -> Vec<(u32, Duration, Duration, bool)> {
    world.events.each(|_, what| match what {
        What::Delayed(Delayed { who, waited, lag, came }) => Some((who.user, *waited, *lag, *came)),
        _ => None,
    })
}

#[test]
fn a_run_of_visitors_is_over_when_the_last_has_left() {
    virtual_time(async {
        let (world, census) = visitors(vec![secs(0), secs(1), secs(7)]).run().await;
        assert_eq!(left(&world), [(0, true), (1, true), (2, true)]);
        assert_eq!(world.run.clock.elapsed(), secs(11));
        assert_eq!((census.users, census.clients, census.started), (3, 3, 3));
        assert_eq!(*world.toy.left.borrow(), [0, 1, 2]);
    });
}

#[test]
fn a_user_leaves_with_the_last_client_and_others_stay_to_the_end() {
    virtual_time(async {
        let (world, census) = Plan { clients_per_user: 2, ..visitors(vec![secs(0)]) }.run().await;
        assert_eq!(left(&world), [(0, false), (1, true)]);
        assert_eq!(census.clients, 2);
        let residents = Plan::new(2, 9, vec![Habit::lasting("habit", || every(2), secs(1))]);
        let (world, _) = residents.run().await;
        assert_eq!(left(&world), []);
        assert_eq!(world.run.clock.elapsed(), secs(9));
    });
}

#[test]
fn where_nobody_leaves_it_is_not_kept_who_is_there() {
    virtual_time(async {
        let kept = |plan: Plan| async move {
            let world = plan.world();
            let look = async {
                tokio::time::sleep(secs(1)).await;
                !world.engine.presence.borrow().is_empty()
            };
            tokio::join!(world.go(), look).1
        };
        let residents = || Plan::new(2, 9, vec![Habit::lasting("habit", || every(2), secs(1))]);
        assert!(!kept(residents()).await);
        assert!(kept(Plan { at_once: Some(9), ..residents() }).await && kept(visitors(vec![secs(0)])).await);
    });
}

#[test]
fn who_finds_no_room_waits_which_is_no_lag() {
    virtual_time(async {
        let crowded = |at_once| Plan { at_once, ..visitors(vec![Duration::ZERO; 6]) };
        let (world, _) = crowded(Some(2)).run().await;
        assert_eq!(world.times("first"), [(0, 0), (0, 0), (4, 4), (4, 4), (8, 8), (8, 8)]);
        assert_eq!(world.run.clock.elapsed(), secs(12));
        let waited = [2, 3, 4, 5].map(|user| (user, secs(if user < 4 { 4 } else { 8 }), secs(0), true));
        assert_eq!(delays(&world), waited);
        let (world, _) = crowded(None).run().await;
        assert_eq!(world.run.clock.elapsed(), secs(4));
    });
}

#[test]
fn the_plan_does_not_hang_on_who_found_room() {
    virtual_time(async {
        let planned = |at_once, runtime| async move {
            let mut plan = Plan { at_once, ..visitors(vec![Duration::ZERO; 6]) };
            plan.phases.duration = runtime;
            plan.run().await.1
        };
        let all = planned(None, None).await;
        assert_eq!(planned(Some(2), None).await, all);
        let cut = planned(Some(2), Some(secs(5))).await;
        assert_eq!((cut.plan, cut.users, cut.clients, cut.started), (all.plan, 4, 4, 4));
    });
}

#[test]
fn what_is_due_by_timers_is_planned_as_if_nobody_had_waited() {
    virtual_time(async {
        // They all stay, but for the first, whom a defect ends: the third has its room.
        let planned = |at_once| async move {
            let break_down: Habit = Habit::new(
                "broken",
                || every(3),
                |cx, _| {
                    Box::pin(async move {
                        assert!(cx.journal.who.user > 0 || cx.occurrence == 0, "a defect");
                        Ok(Outcome::Done)
                    })
                },
            );
            let habits = vec![break_down, Habit::lasting("habit", || every(2), secs(1))];
            Plan { at_once, arrivals: (0..3).map(secs).collect(), ..Plan::new(0, 14, habits) }.run().await
        };
        let (_, all) = planned(None).await;
        let (world, crowded) = planned(Some(2)).await;
        assert_eq!((crowded.plan, crowded.users), (all.plan, 3));
        assert_eq!(delays(&world), [(2, secs(4), secs(0), true)]);
    });
}

#[test]
fn who_never_found_room_never_came() {
    virtual_time(async {
        let mut plan = Plan { at_once: Some(1), ..visitors(vec![secs(0), secs(1), secs(2)]) };
        plan.phases.duration = Some(secs(5));
        let (world, _) = plan.run().await;
        let came = world.events.each(|_, what| match what {
            What::Arrived { who, users, .. } => Some((who.user, *users)),
            _ => None,
        });
        assert_eq!(came, [(0, 1), (1, 2)]);
        assert_eq!(delays(&world), [(1, secs(3), secs(0), true), (2, secs(3), secs(0), false)]);
        assert_eq!(world.missed("first"), (0, 1), "what it came for was planned");
        assert_eq!(*world.toy.left.borrow(), [0, 1]);
    });
}

#[test]
fn a_late_generator_is_told_from_waiting_for_room() {
    virtual_time(async {
        let stall = Habit::new(
            "stall",
            || None,
            |_, _| {
                Box::pin(async move {
                    // Time passes, and nobody gets to run.
                    tokio::time::advance(secs(7)).await;
                    Ok(Outcome::Done)
                })
            },
        );
        let arrivals = vec![secs(0), secs(2), Duration::from_micros(7_999_500)];
        let plan = Plan { mix: ProfileMix::Once, arrivals, ..Plan::new(0, 60, vec![stall]) };
        let (world, _) = plan.run().await;
        assert_eq!(delays(&world)[0], (1, secs(0), secs(5), true));
    });
}

#[test]
fn a_place_is_used_again() {
    virtual_time(async {
        let plan = visitors((0..80).map(|n| secs(2 * n)).collect());
        let world = plan.world();
        let look = async {
            tokio::time::sleep(secs(150)).await;
            world.engine.clients.borrow().len()
        };
        let (census, places) = tokio::join!(world.go(), look);
        assert!(places <= 3, "{places} places");
        assert_eq!((census.clients, census.started), (80, 80));
    });
}
