//! How many connections there are, and where they come from.

use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

use super::super::testing::{Bench, Server, read_head, real_time, say, virtual_time};
use super::super::{ConnectionRule, Settings};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::transport::{Connector, Target};

/// A connector to `server` in memory, with at most `most` connections.
fn limited(server: &Rc<Server>, most: usize) -> Rc<Connector> {
    let server = server.clone();
    let connector = Connector::pipes(Rc::new(move |pipe| {
        spawn_local(server.clone().serve(pipe));
    }));
    Rc::new(connector.limited_to(most))
}

fn idle_close(seconds: Option<u64>) -> ConnectionRule {
    ConnectionRule { reuse: true, idle_close: seconds.map(Duration::from_secs) }
}

/// Waiting for a connection is lag: the server is not slow, and nothing fails.
#[test]
fn with_idle_close_connections_are_capped_and_waiting_is_lag() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_secs(10));
        let connector = limited(&server, 2);
        let clients = (0..6).map(|_| {
            let connector = connector.clone();
            spawn_local(async move {
                let mut bench = Bench::new(connector, |settings| settings.connections = idle_close(Some(60)));
                let operation = bench.journal.operation(Label::of("once"), true);
                bench.must("GET").await;
                let response = bench.events.responses()[0].clone();
                assert_eq!((operation.due, operation.at.get()), (Duration::ZERO, response.begun));
                response
            })
        });
        let mut lags = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            let response = client.await.unwrap();
            assert!(response.success && response.service().as_secs() == 10);
            lags.push(response.lag().as_secs());
        }
        assert_eq!(lags, [0, 0, 10, 10, 20, 20]);
        assert_eq!(server.connections.get(), 6);
    });
}

/// Nobody waits for a connection while others have one open that they do not use.
#[test]
fn the_connection_that_has_rested_the_longest_gives_way() {
    virtual_time(async {
        let server = Server::ok();
        let connector = limited(&server, 2);
        let rule = idle_close(Some(1000));
        let new = || Bench::new(connector.clone(), |settings| settings.connections = rule);
        let (mut first, mut second, mut third) = (new(), new(), new());
        let seconds = sleep(Duration::from_secs(1));
        for bench in [&mut first, &mut second] {
            bench.must("GET").await;
        }
        seconds.await;
        first.must("GET").await;
        assert_eq!(server.connections.get(), 2);
        third.must("GET").await;
        assert_eq!(third.events.responses()[0].begun.as_secs(), 1);
        assert_eq!(server.connections.get(), 3);
        first.must("GET").await;
        assert_eq!(server.connections.get(), 3, "it has rested for a shorter time");
        second.must("GET").await;
        assert_eq!(server.connections.get(), 4);
    });
}

/// What the server closed with its answer is nothing that could give way.
#[test]
fn a_connection_that_is_closed_already_does_not_give_way() {
    virtual_time(async {
        let server = Server::ok();
        let serving = server.clone();
        let connector = Connector::pipes(Rc::new(move |mut pipe| {
            let serving = serving.clone();
            spawn_local(async move {
                if serving.connections.get() > 0 {
                    return serving.serve(pipe).await;
                }
                serving.connections.set(1);
                read_head(&mut pipe).await;
                say(&mut pipe, "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n").await;
            });
        }));
        let connector = Rc::new(connector.limited_to(1));
        let new = || Bench::new(connector.clone(), |settings| settings.connections = idle_close(Some(1000)));
        let (mut first, mut second, mut third) = (new(), new(), new());
        first.must("GET").await;
        second.must("GET").await;
        timeout(Duration::from_secs(10), third.must("GET")).await.unwrap();
        assert_eq!(server.connections.get(), 3);
    });
}

/// One waits: one gives way, however many come to rest at that instant.
#[test]
fn no_more_connections_give_way_than_somebody_waits_for() {
    virtual_time(async {
        let server = Server::ok();
        server.delay.set(Duration::from_secs(10));
        let connector = limited(&server, 2);
        let clients = (0..3).map(|client| {
            let connector = connector.clone();
            spawn_local(async move {
                let mut bench =
                    Bench::new(connector, |settings| settings.connections = idle_close(Some(1000)));
                sleep(Duration::from_secs(client / 2)).await;
                bench.must("GET").await;
                // It is not dropped before all have had an answer.
                sleep(Duration::from_secs(100)).await;
                bench
            })
        });
        let mut benches = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            benches.push(client.await.unwrap());
        }
        assert_eq!(server.connections.get(), 3);
        // Of the first two, which came to rest at one instant, the second has kept its own.
        benches[1].must("GET").await;
        assert_eq!((server.connections.get(), connector.gave_way()), (3, 1));
    });
}

/// Push and the like: a connection that stays open is a promise.
#[test]
fn what_is_held_open_never_gives_way() {
    virtual_time(async {
        let server = Server::ok();
        let connector = limited(&server, 1);
        let mut held = Bench::new(connector.clone(), |settings| settings.connections = idle_close(None));
        held.must("GET").await;
        let mut other = Bench::new(connector, |settings| settings.connections = idle_close(Some(5)));
        let waits = timeout(Duration::from_secs(1000), other.must("GET")).await;
        assert!(waits.is_err());
        held.must("GET").await;
        assert_eq!(server.connections.get(), 1);
    });
}

/// What keeps a connection may not wait for itself when that is to be replaced.
#[test]
fn with_one_connection_allowed_a_lost_one_is_replaced() {
    virtual_time(async {
        let server = Server::ok();
        let serving = server.clone();
        let connector = Connector::pipes(Rc::new(move |pipe| {
            let serving = serving.clone();
            spawn_local(async move {
                // The first connection breaks before its second answer.
                let time = if serving.connections.get() == 0 { 5 } else { 1000 };
                let _ = tokio::time::timeout(Duration::from_secs(time), serving.serve(pipe)).await;
            });
        }));
        let mut bench = Bench::new(Rc::new(connector.limited_to(1)), |_| ());
        bench.must("GET").await;
        server.delay.set(Duration::from_secs(10));
        bench.must("GET").await;
        assert_eq!(server.connections.get(), 2);
    });
}

fn network(target: Target, addresses: &[&str]) -> Bench {
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let connector = Connector::network(Duration::from_secs(10)).from_addresses(addresses);
    let adjust = |settings: &mut Settings| {
        settings.target = target;
        settings.connections.reuse = false;
    };
    Bench::new(Rc::new(connector), adjust)
}

#[cfg(target_os = "linux")]
#[test]
fn connections_come_from_the_addresses_in_turn() {
    real_time(async {
        let server = Server::ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Rc::new(std::cell::RefCell::new(Vec::new()));
        let note = seen.clone();
        spawn_local(async move {
            while let Ok((tcp, from)) = listener.accept().await {
                note.borrow_mut().push(from.ip().to_string());
                spawn_local(server.clone().serve(tcp));
            }
        });
        let target = Target { tls: false, host: "127.0.0.1".to_owned(), port };
        let mut bench = network(target, &["127.0.0.5", "127.0.0.6"]);
        for _ in 0..3 {
            bench.must("GET").await;
        }
        assert_eq!(*seen.borrow(), ["127.0.0.5", "127.0.0.6", "127.0.0.5"]);
    });
}

#[test]
fn an_address_that_is_not_of_this_machine_is_an_error_of_its_own() {
    real_time(async {
        let target = Server::ok().listen().await;
        // RFC 5737: an address for documentation, which nobody has.
        let failure = network(target.clone(), &["192.0.2.1"]).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Addresses);
        assert!(failure.detail.contains("192.0.2.1 is no address of this machine"), "{failure}");
        let failure = network(target, &["::1"]).fails("GET").await;
        assert_eq!(failure.kind, ErrorKind::Addresses);
        assert!(failure.detail.contains("same family"), "{failure}");
    });
}
