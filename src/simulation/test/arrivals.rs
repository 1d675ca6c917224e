//! Who comes when.

use std::time::Duration;

use super::toy::{Habit, Plan, every, secs};
use crate::event::What;
use crate::http::testing::virtual_time;

#[test]
fn users_come_in_order_with_all_their_clients() {
    virtual_time(async {
        let mut plan = Plan::new(3, 60, Vec::new());
        plan.arrivals = vec![secs(0), secs(10), secs(10)];
        plan.clients_per_user = 2;
        let (world, census) = plan.run().await;
        let came = world.events.each(|_, what| match what {
            What::Arrived { who, users, clients } => {
                Some((who.user, who.client, who.instance, *users, *clients))
            }
            _ => None,
        });
        let expected = [
            (0, 0, 0, 1, 1),
            (0, 1, 1, 1, 2),
            (1, 2, 0, 2, 3),
            (1, 3, 1, 2, 4),
            (2, 4, 0, 3, 5),
            (2, 5, 1, 3, 6),
        ];
        assert_eq!(came, expected);
        assert_eq!(world.times("startup"), [(0, 0), (0, 0), (10, 10), (10, 10), (10, 10), (10, 10)]);
        assert_eq!((census.users, census.clients, census.started), (3, 6, 6));
        assert_eq!(*world.toy.left.borrow(), [0, 1, 2, 3, 4, 5]);
    });
}

#[test]
fn who_would_come_after_the_end_does_not() {
    virtual_time(async {
        let mut plan = Plan::new(3, 10, Vec::new());
        plan.arrivals = vec![secs(9), secs(10), secs(11)];
        assert_eq!(plan.run().await.1.users, 1);
    });
}

#[test]
fn timers_count_from_the_arrival() {
    virtual_time(async {
        let mut plan = Plan::new(2, 40, vec![Habit::lasting("habit", || every(10), secs(1))]);
        plan.arrivals = vec![secs(3), secs(8)];
        let (world, _) = plan.run().await;
        let times: Vec<_> = world.times("habit").into_iter().map(|(due, _)| due).collect();
        assert_eq!(times, [13, 18, 23, 28, 33, 38]);
    });
}

#[test]
fn a_client_whose_pod_has_no_server_is_a_failure_of_that_client() {
    virtual_time(async {
        let mut plan = Plan::new(2, 10, vec![Habit::lasting("habit", || every(1), secs(0))]);
        plan.pods = vec!["PodB"];
        let (world, census) = plan.run().await;
        let reasons = world.events.each(|_, what| match what {
            What::ClientFailure { reason, .. } => Some(reason.to_string()),
            _ => None,
        });
        assert_eq!(reasons.len(), 2);
        assert!(reasons[0].contains("PodA"), "{}", reasons[0]);
        assert_eq!((census.users, census.started), (2, 0));
    });
}

/// The 91st of a hundred users of the toy world has no account.
#[test]
fn a_user_without_an_account_is_told() {
    virtual_time(async {
        let (world, census) = Plan::new(91, 10, Vec::new()).run().await;
        let told = world.events.each(|_, what| matches!(what, What::SimFailure { .. }).then_some(()));
        assert_eq!((told.len(), census.clients), (1, 90));
    });
}

/// Nothing that is done for one client may take longer for there being many.
#[test]
fn thousands_at_one_moment() {
    virtual_time(async {
        let habit = || Habit::lasting("habit", || every(1), Duration::from_millis(10));
        let mut plan = Plan::new(90, 5, vec![habit(), habit()]);
        plan.clients_per_user = 60;
        let (world, census) = plan.run().await;
        assert_eq!(census.started, 5400);
        assert_eq!(world.starts("habit").len() as u64 + world.missed("habit").1, 5400 * 4 * 2);
        world.assert_ended_once();
    });
}
