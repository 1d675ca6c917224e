//! The mixes that come along, lived on virtual time against the embedded server: everything that they promise happens,
//! and nothing fails.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use populace::calendar::model::Library;
use populace::calendar::profiles::{Surroundings, build};
use populace::calendar::program::{Pod, Program};
use populace::calendar::software::{CalendarSoftware, PUSH_TOPIC};
use populace::client::{Actor, Pacing, Profile, Run, Software};
use populace::clock::Clock;
use populace::config::{Diagnostics, Seconds, Table, Value, read_bytes};
use populace::embedded::config::Config;
use populace::embedded::server::Server;
use populace::embedded::store::User;
use populace::event::{Phase, Sink, What};
use populace::http::Settings;
use populace::population::{Account, Password};
use populace::random::Seed;
use populace::simulation::{Crowd, Engine, Population};
use populace::transport::{Connector, Target, Trust};

/// What happened, by label: how often, and what went wrong.
#[derive(Default)]
struct Seen {
    requests: RefCell<BTreeMap<String, u32>>,
    operations: RefCell<BTreeMap<String, u32>>,
    remarks: RefCell<BTreeMap<String, u32>>,
    wrong: RefCell<BTreeMap<String, u32>>,
}

fn count(counts: &RefCell<BTreeMap<String, u32>>, key: impl Into<String>) {
    *counts.borrow_mut().entry(key.into()).or_default() += 1;
}

impl Sink for Seen {
    fn emit(&self, _: Phase, what: What) {
        match what {
            What::Response(response) if response.success => count(&self.requests, response.label.as_str()),
            What::Response(response) => {
                let detail = response.detail.unwrap_or_default();
                count(
                    &self.wrong,
                    format!("{} {} {}: {detail}", response.label, response.method, response.url),
                );
            }
            What::OperationEnd(end) if end.success => count(&self.operations, end.label.as_str()),
            What::OperationEnd(end) if end.unfinished => {}
            What::OperationEnd(end) => {
                count(&self.wrong, format!("{}: {}", end.label, end.reason.unwrap_or_default()));
            }
            What::ClientFailure { reason, .. } | What::SimFailure { reason, .. } => {
                count(&self.wrong, reason.to_string());
            }
            What::SwitchedOff { profile, reason, .. } | What::Idle { profile, reason, .. } => {
                count(&self.remarks, format!("{profile}: {reason}"));
            }
            What::Notice { text } => count(&self.remarks, text.to_string()),
            _ => {}
        }
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// The clients that asked for each push key.
type Listeners = Rc<RefCell<BTreeMap<String, BTreeSet<u32>>>>;

/// The populations of a clients plist with their weights.
fn populations(text: &str, server: &Rc<Server>, listeners: &Listeners) -> Vec<(Population, u32)> {
    let diags = Diagnostics::new();
    let value = read_bytes("clients", text.as_bytes(), &diags).unwrap();
    let clients: Vec<Value> = Table::new(&value, &diags, "the file").unwrap().required("clients").unwrap();
    let library = Library::embedded();
    let populations = clients.iter().map(|client| {
        let client = Table::new(client, &diags, "the client").unwrap();
        let name: String = client.required("software").unwrap();
        let params = client.table("params", "the software").unwrap();
        let title: Rc<str> = params.required::<String>("title").unwrap().into();
        let model = library.load(&name, client.at(), &diags).unwrap();
        let profiles: Vec<Value> = client.required("profiles").unwrap();
        let built: Vec<_> = profiles
            .iter()
            .map(|profile| {
                let profile = Table::new(profile, &diags, "the profile").unwrap();
                let class: String = profile.required("class").unwrap();
                let around = Surroundings::default();
                build(&class, profile.at(), profile.value("params"), around, &diags).unwrap()
            })
            .filter(|built| built.enabled)
            .collect();
        let (server, headers) = (server.clone(), model.headers.clone());
        let make_settings = move |_| {
            let server = server.clone();
            let accept = move |stream| drop(tokio::task::spawn_local(server.clone().serve_stream(stream)));
            let connector = Rc::new(Connector::pipes(Rc::new(accept)));
            let (target, _) = Target::parse("http://server.example").unwrap();
            Settings { headers: headers.clone(), ..Settings::new(connector, target, Trust::Verify) }
        };
        let listeners = listeners.clone();
        let program = Program {
            model,
            pod: Rc::new(Pod {
                name: "PodA".into(),
                principal_path: Some("/principals/users/%s/".into()),
                amp: Vec::new(),
            }),
            title: title.clone(),
            poll_interval: params.required::<Seconds>("calendarHomePollInterval").unwrap().0,
            pacing: Pacing::Open,
            keep_bodies: built.iter().any(|built| built.keeps_bodies),
            subscribe: Some(Box::new(move |_, client, keys| {
                for key in keys {
                    listeners.borrow_mut().entry(key.to_string()).or_default().insert(client);
                }
            })),
            state: None,
            make_settings: Box::new(make_settings),
            made: RefCell::default(),
        };
        let software: Rc<dyn Software> = Rc::new(CalendarSoftware::new(Rc::new(program)));
        let profiles: Vec<Rc<dyn Profile>> = built.into_iter().map(|built| built.profile).collect();
        let weight: u32 = client.required("weight").unwrap();
        let pods = BTreeMap::from([("PodA".into(), software)]);
        (Population::new(title, name.into(), pods, profiles), weight)
    });
    let populations = populations.collect();
    assert_eq!(diags.all().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    populations
}

/// Lives a mix for a while: `users` come, one each quarter of a second, each with `clients` clients.
fn live(text: &str, users: u32, clients: u32, duration: Duration) -> Rc<Seen> {
    let seen = Rc::new(Seen::default());
    let kept = seen.clone();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let people: Vec<User> = (1..=100).map(User::numbered).collect();
        let account = |user: &User| {
            Rc::new(Account {
                uid: user.uid.as_str().into(),
                password: Password::new(user.password.as_str()),
                common_name: user.common_name.as_str().into(),
                email: user.email.as_str().into(),
                guid: user.guid.as_str().into(),
                pod: "PodA".into(),
            })
        };
        let run = Rc::new(Run {
            seed: Seed(1),
            clock,
            sink: kept,
            accounts: people.iter().map(account).collect(),
            stopped: Rc::new(Cell::new(false)),
            waker: RefCell::new(None),
            measured: (Duration::ZERO, None),
        });
        let server = Server::new(Config::new(people, clock));
        let listeners = Listeners::default();
        let (told, waker) = (listeners.clone(), run.clone());
        server.on_change(Box::new(move |keys| {
            let clients: BTreeSet<u32> =
                keys.iter().flat_map(|key| told.borrow().get(key).cloned().unwrap_or_default()).collect();
            clients.into_iter().for_each(|client| waker.wake(client, Actor::SOFTWARE, &Rc::from(PUSH_TOPIC)));
        }));
        let populations = populations(text, &server, &listeners);
        let cycle: Vec<usize> = populations
            .iter()
            .enumerate()
            .flat_map(|(index, (_, weight))| vec![index; *weight as usize])
            .collect();
        let crowd = Crowd {
            arrivals: Box::new((0..users).map(|user| (Duration::from_millis(250) * user, user))),
            clients_per_user: clients,
            account: Box::new(|user, _| Some(user as usize)),
            at_once: None,
            draws: false,
            population: Box::new(move |client| Some(cycle[client as usize % cycle.len()])),
        };
        let populations = populations.into_iter().map(|(population, _)| population).collect();
        let census = Engine::new(run, populations, crowd).run(Some(duration), std::future::pending()).await;
        assert_eq!((census.users, census.clients, census.started), (users, users * clients, users * clients));
    });
    seen
}

fn assert_nothing_is_wrong(seen: &Seen) {
    let wrong = seen.wrong.borrow();
    assert!(wrong.is_empty(), "{wrong:#?}\n{:#?}", seen.remarks.borrow());
}

#[test]
fn the_demonstration_shows_everything_within_half_a_minute() {
    let seen = live(include_str!("../clients/demo.plist"), 40, 1, Duration::from_secs(30));
    println!("{:#?} {:#?} {:#?}", seen.requests.borrow(), seen.operations.borrow(), seen.remarks.borrow());
    assert_nothing_is_wrong(&seen);
    let requests: u32 = seen.requests.borrow().values().sum();
    assert!(requests > 500, "{requests} requests");
    let operations = seen.operations.borrow();
    for label in [
        "startup",
        "poll",
        "push",
        "create",
        "invite",
        "accept",
        "reply done",
        "update",
        "share",
        "query",
        "download",
    ] {
        assert!(operations.get(label).is_some_and(|count| *count > 0), "no {label}: {operations:?}");
    }
}

/// A while of the usual mix, each user with three active clients and two idle ones.
#[test]
fn the_usual_mix_goes_on_without_a_failure() {
    let seen = live(include_str!("../clients/clients.plist"), 4, 5, Duration::from_secs(1200));
    println!("{:#?} {:#?} {:#?}", seen.requests.borrow(), seen.operations.borrow(), seen.remarks.borrow());
    assert_nothing_is_wrong(&seen);
}
