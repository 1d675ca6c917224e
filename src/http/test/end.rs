//! When requests are due, and the end of the run.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::super::SendError;
use super::super::testing::{Bench, Server, unauthorized, virtual_time};
use crate::event::{ErrorKind, What};

#[test]
fn a_later_request_is_due_at_the_end_of_the_one_before() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_secs(2));
        let mut bench = Bench::new(server.pipes(), |_| ());
        sleep(Duration::from_secs(5)).await;
        bench.journal.due.set(Duration::from_secs(4));
        bench.must("GET").await;
        sleep(Duration::from_secs(1)).await;
        bench.must("GET").await;
        let times: Vec<_> = bench.events.responses().iter().map(|r| (r.due, r.begun, r.end)).collect();
        let s = Duration::from_secs;
        assert_eq!(times, [(s(4), s(5), s(7)), (s(7), s(8), s(10))]);
        let first = &bench.events.responses()[0];
        assert_eq!((first.lag(), first.service(), first.response()), (s(1), s(2), s(3)));
    });
}

#[test]
fn the_request_after_a_challenge_times_itself_only() {
    virtual_time(async {
        let server = Server::new(|seen| match seen.header("authorization") {
            None => unauthorized(&["Basic realm=\"x\""]),
            Some(_) => super::super::testing::text(200, "ok"),
        });
        server.delay.set(Duration::from_secs(2));
        let mut bench = Bench::new(server.pipes(), |_| ());
        bench.must("GET").await;
        let times: Vec<_> = bench.events.responses().iter().map(|r| (r.due, r.service())).collect();
        let s = Duration::from_secs;
        assert_eq!(times, [(s(0), s(2)), (s(2), s(2))]);
    });
}

#[test]
fn the_end_in_the_middle_of_a_request_is_told_once() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_secs(60));
        let mut bench = Bench::new(server.pipes(), |_| ());
        assert!(timeout(Duration::from_secs(1), bench.send("GET")).await.is_err());
        let responses = bench.events.responses();
        assert_eq!(responses.len(), 1);
        assert_eq!((responses[0].error, responses[0].success), (Some(ErrorKind::Unanswered), false));
        assert_eq!(responses[0].service(), Duration::from_secs(1));
        assert!(responses[0].bytes_sent > 0);
        bench.events.assert_paired();
    });
}

#[test]
fn after_the_end_nothing_is_sent() {
    virtual_time(async {
        let server = Server::ok();
        let mut bench = Bench::new(server.pipes(), |settings| settings.unauthenticated_percent = 100.0);
        bench.journal.stopped.set(true);
        assert!(matches!(bench.send("GET").await, Err(SendError::Stopped)));
        assert_eq!(server.connections.get(), 0);
        assert!(bench.events.events.borrow().is_empty());
    });
}

/// A challenge that comes after the end is told as such, and not answered.
#[test]
fn the_end_in_the_middle_of_a_challenge() {
    virtual_time(async {
        let server = Server::new(|_| unauthorized(&["Basic realm=\"x\""]));
        server.delay.set(Duration::from_secs(2));
        let mut bench = Bench::new(server.pipes(), |_| ());
        let stopped = bench.journal.stopped.clone();
        tokio::task::spawn_local(async move {
            sleep(Duration::from_secs(1)).await;
            stopped.set(true);
        });
        assert!(matches!(bench.send("GET").await, Err(SendError::Stopped)));
        assert_eq!(bench.events.labels(), ["CHALLENGE{basic}"]);
        bench.events.assert_paired();
    });
}

#[test]
fn bodies_are_told_only_to_who_asks() {
    virtual_time(async {
        let mut bench = Bench::new(Server::ok().pipes(), |_| ());
        bench.must("GET").await;
        bench.events.bodies.set(true);
        bench.must("GET").await;
        let bodies = bench.events.each(|_, what| match what {
            What::Response(response) => Some(response.bodies.as_ref().map(|b| b.response.clone())),
            _ => None,
        });
        assert_eq!(bodies, [None, Some("ok".to_owned())]);
    });
}
