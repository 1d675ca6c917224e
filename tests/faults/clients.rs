//! The clients of `mix.plist`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use populace::calendar::model::{Library, Model};
use populace::calendar::profiles::{Surroundings, build};
use populace::calendar::program::{Pod, Program};
use populace::calendar::software::CalendarSoftware;
use populace::client::{Pacing, Profile, Run, Software};
use populace::clock::Clock;
use populace::config::{Diagnostics, Table, Value, read_bytes};
use populace::embedded::store::User;
use populace::event::Sink;
use populace::http::Settings;
use populace::population::{Account, Password};
use populace::random::Seed;
use populace::simulation::{Crowd, Population};
use populace::transport::{Connector, Target, Trust};

/// How many users there are, each with one client.
pub const USERS: u32 = 3;
/// How long a client waits for a whole answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// The largest body that is read.
pub const BODY_LIMIT: usize = 256 << 10;

/// The users that the server knows.
pub fn people() -> Vec<User> {
    (1..=USERS).map(User::numbered).collect()
}

/// The run as the clients see it.
pub fn run(clock: Clock, sink: Rc<dyn Sink>) -> Rc<Run> {
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
    Rc::new(Run {
        seed: Seed(1),
        clock,
        sink,
        accounts: people().iter().map(account).collect(),
        stopped: Rc::new(Cell::new(false)),
        waker: RefCell::new(None),
        measured: (Duration::ZERO, None),
    })
}

/// The populations, each half of the clients; they reach their server by `connector`, and look for changes every
/// `poll`.
pub fn populations(connector: &Rc<Connector>, poll: Duration) -> Vec<Population> {
    let diags = Diagnostics::new();
    let value = read_bytes("mix", include_bytes!("mix.plist"), &diags).unwrap();
    let clients: Vec<Value> = Table::new(&value, &diags, "the file").unwrap().required("clients").unwrap();
    let built = clients.iter().map(|client| population(client, connector, poll, &diags)).collect();
    assert_eq!(diags.all().iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    built
}

/// They come one a second.
pub fn crowd() -> Crowd {
    Crowd {
        arrivals: Box::new((0..USERS).map(|user| (Duration::from_secs(1) * user, user))),
        clients_per_user: 1,
        account: Box::new(|user, _| Some(user as usize)),
        at_once: None,
        draws: false,
        population: Box::new(|client| Some(client as usize % 2)),
    }
}

fn population(client: &Value, connector: &Rc<Connector>, poll: Duration, diags: &Diagnostics) -> Population {
    let client = Table::new(client, diags, "the client").unwrap();
    let name: String = client.required("software").unwrap();
    let params = client.table("params", "the software").unwrap();
    let title: Rc<str> = params.required::<String>("title").unwrap().into();
    let model = Library::embedded().load(&name, client.at(), diags).unwrap();
    let profiles: Vec<Value> = client.required("profiles").unwrap();
    let built = profiles.iter().map(|profile| {
        let profile = Table::new(profile, diags, "the profile").unwrap();
        let class: String = profile.required("class").unwrap();
        build(&class, profile.at(), profile.value("params"), Surroundings::default(), diags).unwrap()
    });
    let profiles: Vec<Rc<dyn Profile>> = built.map(|built| built.profile).collect();
    let program = program(model, title.clone(), poll, connector.clone());
    let software: Rc<dyn Software> = Rc::new(CalendarSoftware::new(Rc::new(program)));
    Population::new(title, name.into(), BTreeMap::from([("PodA".into(), software)]), profiles)
}

fn program(model: Rc<Model>, title: Rc<str>, poll_interval: Duration, connector: Rc<Connector>) -> Program {
    let headers = model.headers.clone();
    let make_settings = move |_| Settings {
        headers: headers.clone(),
        timeout: PATIENCE,
        body_limit: BODY_LIMIT,
        ..Settings::new(connector.clone(), target(), Trust::Verify)
    };
    let principal_path = Some("/principals/users/%s/".into());
    Program {
        model,
        pod: Rc::new(Pod { name: "PodA".into(), principal_path, amp: Vec::new() }),
        title,
        poll_interval,
        pacing: Pacing::Open,
        keep_bodies: true,
        subscribe: None,
        state: None,
        make_settings: Box::new(make_settings),
        made: RefCell::default(),
    }
}

/// Where the clients think that the server is.
pub fn target() -> Target {
    Target { tls: false, host: "server.example".to_owned(), port: 80 }
}
