//! A while of clients before a server that falls ill and recovers, and what must hold of every such life.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::pending;
use std::ops::Range;
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

/// When the server is ill, and when the life ends.
pub const ILL: Range<Duration> = Duration::from_secs(90)..Duration::from_secs(180);
pub const END: Duration = Duration::from_secs(330);
/// When everything must be as it was: the last request of the illness has been given up, and whatever was put off has
/// been done.
pub const WELL: Range<Duration> = Duration::from_secs(230)..END;
/// The most requests of a client in a minute; well, it has up to forty.
const MOST: f64 = 60.0;

/// What was left of a life.
pub struct Life {
    pub book: Rc<Book>,
    pub front: Rc<Front>,
    pub stats: Statistics,
    pub panics: u32,
}

/// Everybody is concerned.
pub fn all(_: &Request) -> bool {
    true
}

/// A life with an illness in the middle.
pub fn fall_ill(whom: fn(&Request) -> bool, misdeed: Misdeed) -> Life {
    live(Illness { when: ILL, whom, misdeed })
}

/// A life with this illness.
pub fn live(illness: Illness) -> Life {
    count_panics();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let life = tokio::task::LocalSet::new().block_on(&runtime, async move {
        let clock = Clock::starting_at("2026-01-05T09:00:00Z".parse().unwrap());
        let front = Front::new(Server::new(Config::new(people(), clock)), clock, illness);
        let served = front.clone();
        let accept = move |pipe| drop(tokio::task::spawn_local(served.clone().serve(pipe)));
        let connector = Rc::new(Connector::pipes(Rc::new(accept)));
        let book = Rc::new(Book::new(clock));
        let engine = Engine::new(run(clock, book.clone()), populations(&connector), crowd());
        let census = engine.run(Some(END), pending()).await;
        assert_eq!((census.users, census.clients), (USERS, USERS));
        Life { stats: book.statistics(), book, front, panics: 0 }
    });
    // A task that panics is the same thread's: nobody else's panics are counted.
    Life { panics: PANICS.get(), ..life }
}

impl Life {
    /// What must hold whatever the server does; `kinds` are the kinds of all failures there may be, each of which
    /// there must be.
    pub fn assert_sound(&self, kinds: &[ErrorKind]) {
        assert_eq!(self.panics, 0, "somebody panicked");
        assert!(self.book.ends().is_empty(), "{:#?}", self.book.ends());
        assert_eq!(
            self.book.kinds(),
            kinds.iter().copied().collect(),
            "{:#?}",
            self.book.wrong(Duration::ZERO..END)
        );
        let met = self.front.seen.borrow().iter().filter(|(_, ill, _)| *ill).count();
        assert!(met > 0, "nobody met the illness");
        self.assert_examples();
        self.assert_accounted();
        self.assert_calm();
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
        assert_eq!(
            errors.keys().filter(|kind| **kind != ErrorKind::Unanswered).count(),
            self.book.kinds().len()
        );
    }

    /// Everything sent is what the server saw.
    fn assert_accounted(&self) {
        let (sent, seen) = (self.stats.answered() + self.stats.unanswered(), self.front.seen.borrow().len());
        assert_eq!(sent, seen as u64, "sent and seen");
    }

    /// No minute has more requests than clients in good order make, whatever they are answered.
    fn assert_calm(&self) {
        let seen = self.front.seen.borrow();
        for minute in 0..END.as_secs() / 60 {
            let count = seen.iter().filter(|(at, ..)| at.as_secs() / 60 == minute).count();
            let each = count as f64 / f64::from(USERS);
            assert!(each <= MOST, "minute {minute}: {each} requests a client");
        }
    }

    /// Before the illness and well after it nothing fails, and what was done before is done again.
    pub fn assert_recovered(&self) {
        for well in [Duration::ZERO..ILL.start - PATIENCE, WELL] {
            assert!(self.book.wrong(well.clone()).is_empty(), "{:#?}", self.book.wrong(well));
        }
        let usual = BTreeSet::from(["startup", "poll", "create", "invite", "accept", "reply done", "update"]);
        let before: BTreeSet<String> = usual.into_iter().map(str::to_owned).collect();
        assert_eq!(self.book.done(Duration::ZERO..ILL.start), before);
        let after = self.book.done(WELL);
        let missing: Vec<_> = before.difference(&after).filter(|label| *label != "startup").collect();
        assert!(missing.is_empty(), "not done again: {missing:?}");
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
