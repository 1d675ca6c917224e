//! What an idle connection consists of: the allocations that live with it, largest first.

use std::rc::Rc;
use std::time::Duration;

use populace::clock::Clock;
use populace::event::{Phase, Sink, What, Who};
use populace::http::{Call, Session, Settings};
use populace::journal::Journal;
use populace::label::Label;
use populace::population::Password;
use populace::random::Seed;
use populace::transport::{Connector, Target, Trust};

use crate::counting;
use crate::process::{Server, State};

/// How many connections are opened.
const CONNECTIONS: usize = 200;

/// Takes no notice.
struct Deaf;

impl Sink for Deaf {
    fn emit(&self, _: Phase, _: What) {}

    fn wants_bodies(&self) -> bool {
        false
    }
}

pub fn print(state: State) {
    let server = Server::start(state, 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let (target, _) = Target::parse(&server.url).unwrap();
        let connector = Rc::new(Connector::network(Duration::from_secs(10)));
        let settings = Rc::new(Settings::new(connector, target, Trust::Anything));
        let journal = journal();
        // The first ones also bring what all share.
        let _warm = open(&settings, &journal).await;
        let before = (counting::by_size(), counting::used());
        let sessions = open(&settings, &journal).await;
        let after = (counting::used(), counting::by_size());
        println!("{}: {} bytes in", state.title(), (after.0 - before.1) / CONNECTIONS as isize);
        counting::print_pieces(&before.0, &after.1, CONNECTIONS);
        drop(sessions);
    });
}

/// Sessions with an idle connection each.
async fn open(settings: &Rc<Settings>, journal: &Journal) -> Vec<Session> {
    let mut sessions = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        let mut session = Session::new(settings.clone(), "user01".into(), Password::new("user01"));
        let call = Call::new(Label::of("GET{x}"), "GET", "/", &[200, 401, 403, 404]);
        session.send(call, journal).await.unwrap();
        sessions.push(session);
    }
    // The tasks of what has ended go as well.
    tokio::time::sleep(Duration::from_millis(100)).await;
    sessions
}

fn journal() -> Journal {
    let who = Who {
        uid: "user01".into(),
        user: 0,
        client: 0,
        instance: 0,
        title: "bench".into(),
        software: "bench".into(),
    };
    Journal::new(Rc::new(who), Seed(1), Clock::starting_now(), Phase::Measured, Rc::new(Deaf))
}
