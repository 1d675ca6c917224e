//! Clients that cannot start, and clients that break.

use super::toy::{Habit, Plan, World, every, operate, secs};
use crate::client::Outcome;
use crate::event::What;
use crate::http::testing::virtual_time;

fn failures(world: &World) -> Vec<(u32, String)> {
    world.events.each(|_, what| match what {
        What::ClientFailure { who, reason } => Some((who.client, reason.to_string())),
        _ => None,
    })
}

#[test]
fn a_start_that_fails_is_tried_again_by_the_timer() {
    virtual_time(async {
        let mut plan = Plan::new(1, 100, vec![Habit::lasting("habit", || every(15), secs(0))]);
        plan.toy.succeeds_at = 3;
        plan.toy.polls = Some(secs(20));
        let (world, census) = plan.run().await;
        assert_eq!(world.times("startup"), [(0, 0)]);
        assert_eq!(world.times("poll"), [(20, 20), (40, 40), (60, 60), (80, 80)]);
        // What was due at 15 and 30 had nothing to work with.
        assert_eq!(world.times("habit"), [(45, 45), (60, 60), (75, 75), (90, 90)]);
        assert_eq!(world.missed("habit"), (0, 2));
        assert_eq!((census.started, failures(&world).len()), (1, 0));
    });
}

#[test]
fn a_client_that_never_starts_is_told_once_with_the_reason() {
    virtual_time(async {
        let mut plan = Plan::new(2, 100, vec![Habit::lasting("habit", || every(15), secs(0))]);
        plan.toy.succeeds_at = u32::MAX;
        plan.toy.polls = Some(secs(20));
        let (world, census) = plan.run().await;
        assert_eq!(census.started, 0);
        assert_eq!(failures(&world), [(0, "nobody there".to_owned()), (1, "nobody there".to_owned())]);
        assert_eq!(world.missed("habit"), (0, 12));
    });
}

#[test]
fn a_panic_ends_its_client_and_nobody_else() {
    virtual_time(async {
        let breaking = Habit::new(
            "breaking",
            || every(10),
            |cx, _| {
                Box::pin(async move {
                    operate(cx, "breaking", secs(1)).await?;
                    let inner = async {
                        let defect = cx.journal.who.client == 1 && cx.journal.clock.elapsed() > secs(20);
                        assert!(!defect, "a defect made for this test");
                        Ok(())
                    };
                    cx.operation(crate::label::Label::of("inner"), inner).await?;
                    Ok(Outcome::Done)
                })
            },
        );
        let steady = Habit::lasting("steady", || every(10), secs(3));
        let (world, census) = Plan::new(3, 65, vec![breaking, steady]).run().await;
        let broken = world.events.each(|_, what| match what {
            What::SimFailure { label, reason } => Some((label.as_str(), reason.to_string())),
            _ => None,
        });
        assert_eq!(broken.len(), 1);
        assert!(broken[0].0 == "panic" && broken[0].1.contains("a defect made for this test"), "{broken:?}");
        assert_eq!(failures(&world).iter().map(|(client, _)| *client).collect::<Vec<_>>(), [1]);
        let steady = |client| world.starts("steady").iter().filter(|s| s.who.client == client).count();
        assert_eq!((steady(0), steady(1), steady(2)), (6, 1, 6));
        assert_eq!(
            world.missed("steady"),
            (0, 5),
            "the one that waited when it happened, and all that were due later"
        );
        assert_eq!(world.missed("breaking"), (0, 4));
        world.assert_ended_once();
        assert_eq!((census.clients, census.started), (3, 3));
        assert_eq!(*world.toy.left.borrow(), [0, 2], "nobody knows the state of a broken memory");
    });
}
