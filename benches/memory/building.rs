//! What building a client costs: its names, its memory of a server it has never seen, its HTTP session.

use std::rc::Rc;
use std::time::Duration;

use populace::calendar::CalendarSoftware;
use populace::calendar::model::{Library, Model};
use populace::calendar::program::{Pod, Program};
use populace::client::{Pacing, Software};
use populace::config::{At, Diagnostics};
use populace::event::Who;
use populace::http::Settings;
use populace::population::{Account, Password};
use populace::transport::{Connector, Target, Trust};

use crate::counting;

/// How many clients are built.
const CLIENTS: u32 = 100_000;

pub fn print() {
    let software = software();
    let account = Rc::new(Account {
        uid: "user01".into(),
        password: Password::new("user01"),
        common_name: "User 01".into(),
        email: "user01@example.com".into(),
        guid: "user01".into(),
        pod: "PodA".into(),
    });
    let build = |client: u32| {
        let who = Rc::new(Who {
            uid: account.uid.clone(),
            user: client,
            client,
            instance: 0,
            title: "bench".into(),
            software: "bench".into(),
        });
        let memory = software.memory(&who, &account);
        (who, memory)
    };
    // The first one also brings what all share.
    let _first = build(0);
    let before = counting::used();
    let begun = cpu();
    let clients: Vec<_> = (0..CLIENTS).map(build).collect();
    let time = cpu() - begun;
    let bytes = (counting::used() - before) as f64 / f64::from(CLIENTS);
    println!(
        "building a client: {:.2} us and {bytes:.0} bytes (of {CLIENTS}; certificates, names and settings are shared)",
        time.as_secs_f64() * 1e6 / f64::from(CLIENTS)
    );
    drop(clients);
}

fn software() -> CalendarSoftware {
    let connector = Rc::new(Connector::network(Duration::from_secs(10)));
    let target = Target { tls: true, host: "localhost".to_owned(), port: 8443 };
    let pod = Pod { name: "PodA".into(), principal_path: None, amp: Vec::new() };
    let program = Program {
        model: model(),
        pod: pod.into(),
        title: "bench".into(),
        poll_interval: Duration::from_secs(900),
        pacing: Pacing::Open,
        keep_bodies: false,
        subscribe: None,
        state: None,
        make_settings: Box::new(move |_| Settings::new(connector.clone(), target.clone(), Trust::Verify)),
        made: Default::default(),
    };
    CalendarSoftware::new(Rc::new(program))
}

fn model() -> Rc<Model> {
    let diagnostics = Diagnostics::new();
    Library::embedded().load("OS_X_10_11", &At::named("bench"), &diagnostics).unwrap()
}

/// CPU time of this process.
fn cpu() -> Duration {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
    let of = |time: nix::sys::time::TimeVal| {
        Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64)
    };
    of(usage.user_time()) + of(usage.system_time())
}
