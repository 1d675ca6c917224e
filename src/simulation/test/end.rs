//! The end of the run.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::toy::{Habit, Plan, World, every, operate, secs};
use crate::client::Outcome;
use crate::event::{ErrorKind, What};
use crate::http::testing::{Server, virtual_time};
use crate::http::{Call, Session, Settings};
use crate::label::Label;
use crate::population::Password;
use crate::transport::{Target, Trust};

#[test]
fn acts_under_way_have_four_seconds() {
    virtual_time(async {
        let habits = vec![
            Habit::lasting("short", || every(57), secs(5)),
            Habit::lasting("waiting", || every(59), secs(600)),
        ];
        let mut plan = Plan::new(2, 60, habits);
        plan.arrivals = vec![secs(0), secs(1)];
        let begun = Instant::now();
        let (world, _) = plan.run().await;
        assert_eq!(begun.elapsed(), secs(63), "the last act ends by itself");
        let short: Vec<_> = world.ends("short").iter().map(|end| (end.end, end.unfinished)).collect();
        assert_eq!(short, [(secs(62), false), (secs(63), false)]);
        assert_eq!(world.starts("waiting").len(), 0);
        world.assert_ended_once();
    });
}

#[test]
fn acts_that_take_longer_are_dropped_and_told_once() {
    virtual_time(async {
        let begun = Instant::now();
        let plan = Plan::new(3, 60, vec![Habit::lasting("habit", || every(50), secs(600))]);
        let (world, census) = plan.run().await;
        assert_eq!(begun.elapsed(), secs(64));
        let ends: Vec<_> =
            world.ends("habit").iter().map(|end| (end.end, end.success, end.unfinished)).collect();
        assert_eq!(ends, [(secs(64), false, true); 3]);
        assert_eq!(census.clients, 3);
        assert_eq!(*world.toy.left.borrow(), [0, 1, 2], "they leave with their memory all the same");
    });
}

#[test]
fn nothing_begins_after_the_end() {
    virtual_time(async {
        // Acts of 10 s that begin at 50 end at the very moment of the end, and another waits.
        let habits = vec![
            Habit::lasting("one", || every(10), secs(10)),
            Habit::lasting("two", || every(10), Duration::from_millis(1)),
        ];
        let (world, _) = Plan::new(20, 60, habits).run().await;
        for label in ["one", "two"] {
            let late: Vec<_> =
                world.starts(label).into_iter().filter(|start| start.begun >= secs(60)).collect();
            assert!(late.is_empty(), "{label}: {late:?}");
            let (late, skipped) = world.missed(label);
            assert_eq!(world.starts(label).len() as u64 + late + skipped, 5 * 20, "{label}");
        }
        world.assert_ended_once();
    });
}

/// The machine stands still in the middle of an act; when it goes on, the end has passed unseen.
#[test]
fn nothing_begins_after_a_stall_over_the_end() {
    virtual_time(async {
        let stalling = Habit::new(
            "stalling",
            || every(50),
            |cx, _| {
                Box::pin(async move {
                    operate(cx, "stalling", secs(5)).await?;
                    let mut jump = Box::pin(tokio::time::advance(secs(100)));
                    std::future::poll_fn(|cx| {
                        let _ = jump.as_mut().poll(cx);
                        std::task::Poll::Ready(())
                    })
                    .await;
                    assert_eq!(cx.journal.clock.elapsed(), secs(155));
                    Ok(Outcome::Done)
                })
            },
        );
        let other = Habit::lasting("other", || every(53), secs(0));
        let (world, _) = Plan::new(1, 100, vec![stalling, other]).run().await;
        assert_eq!((world.starts("other").len(), world.missed("other")), (0, (0, 1)));
    });
}

#[test]
fn somebody_may_stop_a_run_without_end() {
    virtual_time(async {
        let mut plan = Plan::new(1, 0, vec![Habit::lasting("habit", || every(10), secs(1))]);
        plan.phases.duration = None;
        let world = plan.world();
        let census = world.engine.run(None, sleep(secs(35))).await;
        assert_eq!((census.started, world.times("habit")), (1, vec![(10, 10), (20, 20), (30, 30)]));
        assert_eq!(world.missed("habit"), (0, 0), "what would have been due later was not missed");
    });
}

/// Requests that wait for an answer at the end of the drain, and one that would be sent during it.
#[test]
fn requests_under_way_are_answered_or_unanswered() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_millis(6500));
        let pipes = server.pipes();
        let habit = Habit::new(
            "habit",
            || every(10),
            move |cx, _| {
                let target = Target { tls: false, host: "server".to_owned(), port: 80 };
                let settings = Rc::new(Settings::new(pipes.clone(), target, Trust::Verify));
                Box::pin(async move {
                    cx.operation(Label::of("habit"), async {
                        // Client 0 sends at 10 and at 16.5, client 1 at 13.5 and 20, which is the end.
                        sleep(Duration::from_millis(3500) * cx.journal.who.client).await;
                        let mut session = Session::new(settings, "user".into(), Password::new("secret"));
                        for _ in 0..3 {
                            let call = Call::new(Label::of("GET{x}"), "GET", "/", &[200]);
                            session.send(call, &cx.journal).await?;
                        }
                        Ok(())
                    })
                    .await?;
                    Ok(Outcome::Done)
                })
            },
        );
        let (world, _) = Plan::new(3, 20, vec![habit]).run().await;
        let responses: Vec<_> = world
            .events
            .responses()
            .iter()
            .map(|r| (r.who.client, r.begun.as_secs(), r.end.as_secs(), r.error))
            .collect();
        let expected = [(0, 10, 16, None), (1, 13, 20, None), (0, 16, 23, None), (2, 17, 23, None)];
        assert_eq!(responses, expected);
        let ends: Vec<_> = world.ends("habit").iter().map(|e| (e.who.client, e.unfinished)).collect();
        assert_eq!(ends, [(1, true), (0, true), (2, true)]);
        assert_eq!(server.seen.borrow().len(), 4, "what the server saw is what is counted");
    });
}

#[test]
fn an_answer_that_comes_after_the_drain_is_unanswered_once() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(secs(600));
        let pipes = server.pipes();
        let habit = Habit::new(
            "habit",
            || every(10),
            move |cx, _| {
                let target = Target { tls: false, host: "server".to_owned(), port: 80 };
                let settings = Rc::new(Settings::new(pipes.clone(), target, Trust::Verify));
                Box::pin(async move {
                    let mut session = Session::new(settings, "user".into(), Password::new("secret"));
                    let call = Call::new(Label::of("GET{x}"), "GET", "/", &[200]);
                    session.send(call, &cx.journal).await?;
                    operate(cx, "never", secs(0)).await?;
                    Ok(Outcome::Done)
                })
            },
        );
        let (world, _) = Plan::new(3, 20, vec![habit]).run().await;
        let responses = world.events.responses();
        assert_eq!(responses.len(), 3);
        for response in responses {
            assert_eq!((response.error, response.end), (Some(ErrorKind::Unanswered), secs(24)));
        }
        assert!(world.starts("never").is_empty());
    });
}

/// Nothing is due for hours: the run waits, and does not look every millisecond whether something has come.
#[test]
fn a_run_without_anything_to_do_sleeps() {
    virtual_time(async {
        let mut plan = Plan::new(1, 0, vec![]);
        plan.phases.duration = None;
        let world = plan.world();
        let (mut stop, mut looks) = (Box::pin(sleep(secs(3 * 3600))), 0);
        let stop = std::future::poll_fn(|cx| {
            looks += 1;
            assert!(looks < 100, "it looks all the time");
            stop.as_mut().poll(cx)
        });
        assert_eq!(world.engine.run(None, stop).await.clients, 1);
    });
}

/// What was due for those who never found room is planned and counted while the others' requests are still answered.
#[test]
fn what_is_under_way_goes_on_while_many_are_turned_away() {
    virtual_time(async {
        let habit = || Habit::lasting("habit", || every(7), secs(1));
        let of = |at_once| {
            let plan = Plan::new(0, 30, vec![habit(), habit()]);
            Plan { at_once, arrivals: (0..1800).map(|n| secs(n / 90)).collect(), ..plan }
        };
        let (free, all) = of(None).run().await;
        let world = of(Some(2)).world();
        let turned_away = || {
            let away = |what: &What| matches!(what, What::Delayed(one) if !one.came).then_some(());
            world.events.each(|_, what| away(what)).len()
        };
        let look = async {
            sleep(secs(30)).await;
            let mut seen = Vec::new();
            for _ in 0..30 {
                seen.push(turned_away());
                tokio::task::yield_now().await;
            }
            seen
        };
        let (census, seen) = tokio::join!(world.go(), look);
        let away = turned_away();
        assert!(seen.iter().any(|count| (1..away).contains(count)), "{away} all at once: {seen:?}");
        assert_eq!((census.plan, census.users), (all.plan, 2));
        // All that was due is counted, there for those who came, here for those who did not.
        let due = |world: &World| {
            let (late, skipped) = world.missed("habit");
            world.starts("habit").len() as u64 + late + skipped
        };
        assert_eq!(due(&world), due(&free));
    });
}
