//! Against an agent of a few lines, which loses packets, and against sockets that are none.

use std::collections::BTreeMap;

use tokio::net::UdpSocket;
use tokio::task::spawn_local;

use super::ber::tag;
use super::message::tests::{answer, asked};
use super::*;
use crate::http::testing::real_time;

type Tree = BTreeMap<Oid, (u8, Vec<u8>)>;

fn tree() -> Tree {
    let leaves = [
        ("1.3.6.1.4.1.2021.11.50.0", tag::COUNTER32, vec![100]),
        ("1.3.6.1.4.1.2021.11.53.0", tag::COUNTER32, vec![3, 0x84]),
        ("1.3.6.1.4.1.2021.4.5.0", tag::INTEGER, vec![100]),
        ("1.3.6.1.4.1.2021.4.6.0", tag::INTEGER, vec![40]),
        ("1.3.6.1.4.1.2021.10.1.3.1", tag::OCTETS, b"0.25".to_vec()),
        ("1.3.6.1.2.1.2.2.1.3.1", tag::INTEGER, vec![24]),
        ("1.3.6.1.2.1.2.2.1.3.7", tag::INTEGER, vec![6]),
        ("1.3.6.1.2.1.2.2.1.10.1", tag::COUNTER32, vec![99]),
        ("1.3.6.1.2.1.2.2.1.10.7", tag::COUNTER32, vec![12]),
        ("1.3.6.1.2.1.31.1.1.1.6.1", tag::COUNTER64, vec![99]),
        ("1.3.6.1.2.1.31.1.1.1.6.7", tag::COUNTER64, vec![0, 255, 0, 0, 0, 0, 0, 0, 0]),
        ("1.3.6.1.4.1.9.1", tag::GAUGE32, vec![7]),
        ("1.3.6.1.4.1.9.2", tag::GAUGE32, vec![8]),
    ];
    leaves.into_iter().map(|(name, kind, content)| (name.parse().unwrap(), (kind, content))).collect()
}

/// Answers as agents do, but loses every seventh question.
async fn serve(socket: UdpSocket, tree: Tree, v1: bool) {
    let mut buffer = [0; 4096];
    for n in 1.. {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        if n % 7 == 0 {
            continue;
        }
        let request = &buffer[..length];
        let next = request.contains(&0xa1);
        let found: Vec<_> = asked(request)
            .1
            .into_iter()
            .map(|name| {
                let found = match next {
                    true => tree
                        .range(name.clone()..)
                        .find(|(known, _)| **known != name)
                        .map(|(known, leaf)| (known.clone(), leaf)),
                    false => tree.get(&name).map(|leaf| (name.clone(), leaf)),
                };
                found.map_or((name, tag::NO_SUCH_OBJECT, Vec::new()), |(name, leaf)| {
                    (name, leaf.0, leaf.1.clone())
                })
            })
            .collect();
        let lacking = found.iter().position(|(_, kind, _)| *kind == tag::NO_SUCH_OBJECT).filter(|_| v1);
        let error = lacking.map_or((0, 0), |place| (2, place as i32 + 1));
        socket.send_to(&answer(request, error, &found), from).await.unwrap();
    }
}

fn ask(version: Version, chosen: &'static [(&str, bool)]) -> Result<Answer, MonitorError> {
    real_time(async move {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let agent = spawn_local(serve(socket, tree(), version == Version::V1));
        let chosen = chosen.iter().map(|(oid, table)| Chosen {
            name: (*oid).to_owned(),
            oid: oid.parse().unwrap(),
            unit: Unit::Number,
            total: false,
            table: *table,
        });
        let monitor = Snmp {
            host: "127.0.0.1".into(),
            port,
            version,
            community: "public".into(),
            standard: true,
            chosen: chosen.collect(),
        };
        let answer = monitor.ask(Clock::starting_now(), Duration::from_secs(20)).await;
        agent.abort();
        answer
    })
}

fn machine(received: f64) -> Vec<Value> {
    vec![
        Value::share("cpu", 100.0, 1000.0),
        Value::now("memory", Unit::Bytes, 61_440.0),
        Value::now("load", Unit::Number, 0.25),
        Value::total("network in", Unit::BytesPerSecond, received),
    ]
}

#[test]
fn the_machine_and_what_was_chosen_are_read() {
    let Answer::Values(found) =
        ask(Version::V2c, &[("1.3.6.1.4.1.9.1", false), ("1.3.6.1.4.1.9", true)]).unwrap()
    else {
        panic!()
    };
    let mut expected = machine(18_374_686_479_671_623_680.0);
    expected.push(Value::now("1.3.6.1.4.1.9.1", Unit::Number, 7.0));
    expected.push(Value::now("1.3.6.1.4.1.9", Unit::Number, 15.0));
    assert_eq!(found, expected);
}

#[test]
fn in_v1_a_name_that_is_not_there_spoils_nothing() {
    let Answer::Partly(found, why) = ask(Version::V1, &[("1.3.6.1.4.1.9.3", false)]).unwrap() else {
        panic!()
    };
    assert_eq!(found, machine(12.0));
    assert!(why.to_string().ends_with("answers nonsense: there is no number at 1.3.6.1.4.1.9.3"), "{why}");
}

#[test]
fn nobody_there_is_one_line() {
    let asked = |host: &'static str| {
        real_time(async move {
            let community = "public".to_owned();
            let monitor = Snmp {
                host: host.into(),
                port: 9,
                version: Version::V2c,
                community,
                standard: true,
                chosen: Vec::new(),
            };
            monitor.ask(Clock::starting_now(), Duration::from_millis(900)).await.unwrap_err().to_string()
        })
    };
    // The loopback refuses at once, the network does not.
    assert!(asked("127.0.0.1").starts_with("the SNMP agent 127.0.0.1:9 broke off: "));
}
