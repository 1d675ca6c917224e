//! A while of clients before a server that falls ill and recovers, and what must hold of every such life.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use populace::clock::Clock;
use populace::embedded::config::Config;
use populace::embedded::server::Server;
use populace::event::ErrorKind;
use populace::simulation::Engine;
use populace::stats::Statistics;
use populace::transport::Connector;

use crate::book::Book;
use crate::clients::{PATIENCE, USERS, crowd, people, populations, run};
use crate::front::{Front, Illness};
use crate::misdeed::Misdeed;
use crate::request::Request;

/// How often clients look for changes: in all lives but one.
const POLL: Duration = Duration::from_secs(20);
/// How long the server is well at first, how long each illness lasts, and how long the server is well after it.
const FIRST: Duration = Duration::from_secs(60);
const ILL: Duration = Duration::from_secs(40);
const BETWEEN: Duration = Duration::from_secs(20);
/// How long it takes at most until everything is as it was: whatever was put off has been done.
pub const LAG: Duration = Duration::from_secs(70);
/// How long everything must be well then.
pub const WELL: Duration = Duration::from_secs(80);
/// The most requests of a client in a minute; well, it has up to forty, and a start that is sent in circles has
/// eighteen.
const MOST: f64 = 80.0;

/// The most events of a user at the end: what the limiter leaves, and what comes in half a minute.
const EVENTS: usize = 6 + 6;
/// The most messages in an inbox then: those that came last, and those about events that had been deleted before.
const MESSAGES: usize = 10;

/// What was left of a life.
pub struct Life {
    pub book: Rc<Book>,
    pub front: Rc<Front>,
    pub stats: Statistics,
    pub end: Duration,
    pub panics: u32,
}

/// Everybody is concerned.
pub fn all(_: &Request) -> bool {
    true
}

/// Who only asks.
pub fn reads(request: &Request) -> bool {
    ["PROPFIND", "REPORT"].contains(&request.method.as_str())
}

/// A life with illnesses, one after the other, each bringing failures of one kind, and none of it matters in the end.
pub fn endure(illnesses: impl IntoIterator<Item = (fn(&Request) -> bool, Misdeed, ErrorKind)>) -> Life {
    let mut begin = FIRST;
    let illnesses = illnesses.into_iter().map(|(whom, misdeed, kind)| {
        let when = begin..begin + ILL;
        begin = when.end + BETWEEN;
        Illness { when, whom, misdeed, kinds: vec![kind] }
    });
    let life = live(illnesses.collect());
    life.assert_sound();
    life.assert_recovered();
    life
}

/// A life with these illnesses.
pub fn live(illnesses: Vec<Illness>) -> Life {
    live_with(illnesses, POLL)
}

/// The same with clients that look for changes every `poll`.
pub fn live_with(illnesses: Vec<Illness>, poll: Duration) -> Life {
    count_panics();
    let last = illnesses.iter().map(|illness| illness.when.end).max().unwrap();
    let end = last + LAG + WELL;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let life = tokio::task::LocalSet::new().block_on(&runtime, async move {
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let front = Front::new(Server::new(Config::new(people(), clock)), clock, illnesses);
        let served = front.clone();
        let accept = move |pipe| drop(tokio::task::spawn_local(served.clone().serve(pipe)));
        let connector = Rc::new(Connector::pipes(Rc::new(accept)));
        let book = Rc::new(Book::new(clock));
        let engine = Engine::new(run(clock, book.clone()), populations(&connector, poll), crowd());
        let census = engine.run(Some(end), pending()).await;
        assert_eq!((census.users, census.clients), (USERS, USERS));
        Life { stats: book.statistics(), book, front, end, panics: 0 }
    });
    // A task that panics is the same thread's: nobody else's panics are counted.
    Life { panics: PANICS.get(), ..life }
}

impl Life {
    /// What must hold whatever the server does.
    pub fn assert_sound(&self) {
        assert_eq!(self.panics, 0, "somebody panicked");
        assert!(self.book.ends().is_empty(), "{:#?}", self.book.ends());
        self.front.illnesses.iter().enumerate().for_each(|(n, illness)| self.assert_kinds(n, illness));
        self.assert_examples();
        self.assert_accounted();
        self.assert_calm();
    }

    /// What failed from the beginning of an illness to its end failed as it should.
    fn assert_kinds(&self, n: usize, illness: &Illness) {
        let met = self.front.seen.borrow().iter().filter(|seen| seen.ill == Some(n)).count();
        assert!(met > 0, "nobody met illness {n}");
        let wrong = self.book.wrong(illness.when.start..illness.when.end + PATIENCE);
        let kinds: BTreeSet<ErrorKind> = wrong.iter().filter_map(|entry| entry.kind).collect();
        assert_eq!(kinds, illness.kinds.iter().copied().collect(), "illness {n}: {wrong:#?}");
    }

    /// Each kind has a first example that names a user, a label, and a URL.
    fn assert_examples(&self) {
        let errors = &self.stats.measured().unwrap().errors;
        for (kind, errors) in errors {
            let first = &errors.first.as_ref().unwrap().1;
            let complete =
                first.contains("user0") && first.contains("http://server.example/") && first.contains('{');
            assert!(complete && errors.count > 0, "{kind:?}: {first}");
        }
        let kinds: BTreeSet<ErrorKind> =
            self.front.illnesses.iter().flat_map(|illness| illness.kinds.clone()).collect();
        assert_eq!(errors.keys().copied().collect::<BTreeSet<_>>(), kinds);
    }

    /// Everything sent is what the server saw.
    fn assert_accounted(&self) {
        let (sent, seen) = (self.stats.answered() + self.stats.unanswered(), self.front.seen.borrow().len());
        assert_eq!(sent, seen as u64, "sent and seen");
    }

    /// No minute has more requests than clients in good order make, whatever they are answered.
    fn assert_calm(&self) {
        let seen = self.front.seen.borrow();
        for minute in 0..=self.end.as_secs() / 60 {
            let count = seen.iter().filter(|seen| seen.at.as_secs() / 60 == minute).count();
            let each = count as f64 / f64::from(USERS);
            assert!(each <= MOST, "minute {minute}: {each} requests a client");
        }
    }

    /// Before the illnesses and well after them nothing fails, and what was done before is done again.
    pub fn assert_recovered(&self) {
        for well in [Duration::ZERO..FIRST, self.end - WELL..self.end] {
            assert!(self.book.wrong(well.clone()).is_empty(), "{:#?}", self.book.wrong(well));
        }
        let usual = BTreeSet::from(["startup", "poll", "create", "invite", "accept", "update"]);
        let before = self.book.done(Duration::ZERO..FIRST);
        let missing: Vec<_> = usual.iter().filter(|label| !before.contains(**label)).collect();
        assert!(missing.is_empty(), "not done in health: {missing:?}");
        let after = self.book.done(self.end - WELL..self.end);
        // What hangs on many events comes later.
        let usual = usual.into_iter().chain(["limit", "reply done", "cancelled"]);
        let missing: Vec<_> = usual.filter(|label| *label != "startup" && !after.contains(*label)).collect();
        assert!(missing.is_empty(), "not done again: {missing:?}");
        self.assert_tidy();
    }

    /// What could not be deleted has been deleted since.
    fn assert_tidy(&self) {
        let store = self.front.server.store().borrow();
        for person in people() {
            let id = store.principal_by_uid(&person.uid).unwrap();
            let len = |collection| store.collection(collection).unwrap().len();
            let events = len(store.default_calendar(id).unwrap());
            assert!(events <= EVENTS, "{} has {events} events", person.uid);
            let messages = len(store.inbox(id));
            assert!(messages <= MESSAGES, "{} has {messages} messages", person.uid);
        }
    }
}

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// Counts the panics of this thread from now on, also those that a task keeps to itself.
fn count_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.set(PANICS.get() + 1);
            usual(info);
        }));
    });
    PANICS.set(0);
}
