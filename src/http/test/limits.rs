//! How many connections there are, and where they come from.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::spawn_local;
use tokio::time::sleep;

use super::super::testing::{Bench, Server, real_time, virtual_time};
use super::super::{ConnectionRule, Settings};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::transport::{Connector, Target};

/// Waiting for a connection is lag: the server is not slow, and nothing fails.
#[test]
fn with_idle_close_connections_are_capped_and_waiting_is_lag() {
    virtual_time(async {
        let server = Server::ok();
        let serving = server.clone();
        let connector = Connector::pipes(Rc::new(move |pipe| {
            spawn_local(serving.clone().serve(pipe));
        }));
        let connector = Rc::new(connector.limited_to(2));
        let rule = ConnectionRule { reuse: true, idle_close: Some(Duration::from_secs(10)) };
        let open_at_once = Rc::new(Cell::new(0));
        let clients = (0..6).map(|_| {
            let (connector, ended) = (connector.clone(), open_at_once.clone());
            spawn_local(async move {
                let mut bench = Bench::new(connector, |settings| settings.connections = rule);
                let operation = bench.journal.operation(Label::of("twice"), true);
                bench.must("GET").await;
                bench.must("GET").await;
                assert_eq!(
                    (operation.due, operation.at.get()),
                    (Duration::ZERO, bench.events.responses()[0].begun)
                );
                ended.set(ended.get() + 1);
                // The client rests, and its connection closes meanwhile.
                sleep(Duration::from_secs(100)).await;
                bench.events.responses()
            })
        });
        let mut lags = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            let responses = client.await.unwrap();
            assert!(responses.iter().all(|r| r.success && r.service() < Duration::from_millis(10)));
            assert!(responses[1].lag() < Duration::from_millis(10));
            lags.push(responses[0].lag().as_secs());
        }
        assert_eq!(lags, [0, 0, 10, 10, 20, 20]);
        assert_eq!(server.connections.get(), 6);
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
