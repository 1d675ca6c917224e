//! What building a client costs: what the engine makes of a user that arrives, so its names, its memory of a server it
//! has never seen, and its HTTP session. Its entry in the engine's list and its due times are not in it; they are moved,
//! not built, and stand in the figures of a client at rest.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use populace::calendar::CalendarSoftware;
use populace::calendar::model::{Library, Model};
use populace::calendar::program::{Pod, Program};
use populace::client::{Pacing, Software};
use populace::config::{At, Diagnostics, read_bytes};
use populace::http::Settings;
use populace::population::{Account, accounts};
use populace::simulation::Crowd;
use populace::transport::{Connector, Target, Trust};

use crate::counting;

/// How many clients are built.
const CLIENTS: u32 = 100_000;

pub fn print() {
    let software = software();
    let before = counting::used();
    let accounts = accounts();
    let of_accounts = (counting::used() - before) as f64 / f64::from(CLIENTS);
    let crowd = Crowd {
        arrivals: Box::new(std::iter::empty()),
        clients_per_user: 1,
        account: Box::new(|user, _| Some(user as usize)),
        at_once: None,
        draws: false,
        population: Box::new(|_| Some(0)),
    };
    let names: (Rc<str>, Rc<str>) = ("bench".into(), "OS_X_10_11".into());
    let build = |user: u32| {
        let newcomers = crowd.clients_of(user, &accounts, |_| names.clone());
        newcomers.into_iter().map(|newcomer| {
            let memory = software.memory(&newcomer.who, &newcomer.account);
            (newcomer.who, memory)
        })
    };
    // The first one also brings what all share.
    let _first: Vec<_> = build(0).collect();
    let mut clients = Vec::with_capacity(CLIENTS as usize);
    let before = counting::used();
    let begun = cpu();
    clients.extend((1..CLIENTS).flat_map(build));
    let time = cpu() - begun;
    let built = clients.len() as f64;
    let bytes = (counting::used() - before) as f64 / built;
    println!(
        "building a client: {:.2} us and {bytes:.0} bytes, and {of_accounts:.0} of its account (of {built} clients with an \
         account each; certificates, names and settings are shared)",
        time.as_secs_f64() * 1e6 / built
    );
    drop(clients);
}

/// Accounts as a config makes them.
fn accounts() -> Vec<Rc<Account>> {
    let text = format!(
        "<plist><dict><key>loader</key><string>recordsFromCount</string>\
         <key>params</key><dict><key>count</key><integer>{CLIENTS}</integer></dict></dict></plist>"
    );
    let diagnostics = Diagnostics::new();
    let value = read_bytes("accounts", text.as_bytes(), &diagnostics).unwrap();
    let loaded =
        accounts::load(&value, accounts::Around { beside: Path::new("."), at_least: 0 }, &diagnostics)
            .unwrap();
    loaded.list.into_iter().map(Rc::new).collect()
}

fn software() -> CalendarSoftware {
    let connector = Rc::new(Connector::network(Duration::from_secs(10)));
    let target = Target { tls: true, host: "localhost".to_owned(), port: 8443 };
    let pod = Pod { name: populace::population::DEFAULT_POD.into(), principal_path: None, amp: Vec::new() };
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
