//! The messages on their way: when each was handed over, and who has not seen it yet.
//!
//! Sender and reader may be in two processes: then the id of the message tells when it was sent ([`Stamp`]), by the wall clocks of
//! both. Only recipients whose mailbox somebody watches in the sender's process are waited for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::{Rc, Weak};
use std::time::Duration;

use crate::client::{Context, Run};
use crate::event::{OperationEnd, OperationStart, What, Who};
use crate::mail::labels::DELIVERY;
use crate::mail::stamp::Stamp;

/// How long a message is waited for.
const LONGEST: Duration = Duration::from_secs(3600);

/// How many sights of messages from elsewhere are known at most: whoever lists one once more is not counted twice.
const MOST_SIGHTS: usize = 1 << 20;

/// One a process.
#[derive(Default)]
pub struct Post {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    run: Weak<Run>,
    /// The addresses whose mailboxes are watched, and since when.
    watched: BTreeMap<Rc<str>, Duration>,
    /// By the id of the message.
    under_way: BTreeMap<Box<str>, UnderWay>,
    /// The same in the order of time.
    order: VecDeque<(Duration, Box<str>)>,
    /// At the end of the run: when what each address has not seen was handed over.
    unseen: Option<BTreeMap<Rc<str>, Vec<Duration>>>,
    sights: Sights,
}

struct UnderWay {
    /// When handing it over began.
    at: Duration,
    /// The server has taken it.
    taken: bool,
    waiting: Vec<Rc<str>>,
}

/// Who has seen which message that another process sent, as far back as [`LONGEST`].
#[derive(Default)]
struct Sights {
    known: BTreeSet<u64>,
    order: VecDeque<(Duration, u64)>,
}

/// How a delivery ended.
enum Ending {
    Seen,
    /// Nobody had seen it within [`LONGEST`].
    Late,
    /// The run ended first.
    Cut,
}

impl Post {
    /// Notes that somebody watches the mailbox of the user whose act this is.
    pub fn watch(&self, cx: &Context) {
        let mut inner = self.inner.borrow_mut();
        inner.run = Rc::downgrade(&cx.run);
        inner.watched.entry(cx.account.email.clone()).or_insert(cx.run.clock.elapsed());
    }

    /// A message is about to be handed over.
    pub fn begin(&self, cx: &Context, id: &str, to: &[Rc<str>]) {
        let mut inner = self.inner.borrow_mut();
        let waiting: BTreeSet<Rc<str>> =
            to.iter().filter(|to| inner.watched.contains_key(*to)).cloned().collect();
        let now = cx.run.clock.elapsed();
        let overdue = inner.forget(now);
        if !waiting.is_empty() {
            let message = UnderWay { at: now, taken: false, waiting: waiting.into_iter().collect() };
            inner.under_way.insert(id.into(), message);
            inner.order.push_back((now, id.into()));
        }
        drop(inner);
        for at in overdue {
            tell(&cx.run, &cx.journal.who, None, at, Ending::Late);
        }
    }

    /// It was handed over now, or the server did not take it.
    pub fn end(&self, id: &str, taken: bool) {
        let mut inner = self.inner.borrow_mut();
        if !taken {
            inner.under_way.remove(id);
        } else if let Some(message) = inner.under_way.get_mut(id) {
            message.taken = true;
        }
    }

    /// The user whose act this is sees a message; the first time that is the end of its delivery.
    pub fn seen(&self, cx: &Context, id: &str) {
        let (clock, email) = (&cx.run.clock, &*cx.account.email);
        let mut inner = self.inner.borrow_mut();
        let at = match Stamp::of(id).filter(|stamp| !stamp.is_of(clock)) {
            Some(elsewhere) => {
                elsewhere.since(clock).filter(|at| inner.notice(*at, clock.elapsed(), id, email))
            }
            None => inner.take(id, email),
        };
        drop(inner);
        if let Some(at) = at {
            tell(&cx.run, &cx.journal.who, cx.journal.profile.clone(), at, Ending::Seen);
        }
    }

    /// The run is over for a user: what never came is counted.
    pub fn leave(&self, who: &Rc<Who>, email: &str) {
        let (run, unseen) = {
            let mut inner = self.inner.borrow_mut();
            (inner.run.upgrade(), inner.unseen_by(email))
        };
        let Some(run) = run else { return };
        for at in unseen {
            tell(&run, who, None, at, Ending::Cut);
        }
    }
}

/// Tells of one delivery, which began at `at` and has ended now.
fn tell(run: &Run, who: &Rc<Who>, profile: Option<Rc<str>>, at: Duration, how: Ending) {
    let (who, label, due) = (who.clone(), DELIVERY, at);
    let (success, unfinished) = (matches!(how, Ending::Seen), matches!(how, Ending::Cut));
    let late = || format!("nobody has seen the message within {} s", LONGEST.as_secs()).into();
    let start = OperationStart {
        who: who.clone(),
        profile: profile.clone(),
        label,
        due,
        begun: at,
        scheduled: false,
    };
    let end = OperationEnd {
        who,
        profile,
        label,
        due,
        begun: at,
        end: run.clock.elapsed(),
        success,
        reason: matches!(how, Ending::Late).then(late),
        unfinished,
    };
    let phase = run.phase(at);
    run.sink.emit(phase, What::OperationStart(start));
    run.sink.emit(phase, What::OperationEnd(end));
}

impl Inner {
    /// When the message was handed over, if it is under way to this address, which has it now.
    fn take(&mut self, id: &str, email: &str) -> Option<Duration> {
        let message = self.under_way.get_mut(id)?;
        let place = message.waiting.iter().position(|to| &**to == email)?;
        message.waiting.swap_remove(place);
        let at = message.at;
        if message.waiting.is_empty() {
            self.under_way.remove(id);
        }
        Some(at)
    }

    /// Notes that somebody sees a message now that another process sent at `at`. Returns whether its delivery counts: as with messages
    /// of this process it was waited for when it was sent, is no later than [`LONGEST`], and was not seen before.
    fn notice(&mut self, at: Duration, now: Duration, id: &str, email: &str) -> bool {
        let waited_for = self.watched.get(email).is_some_and(|since| *since <= at);
        waited_for && at + LONGEST >= now && self.sights.add(now, id, email)
    }

    /// Forgets what is too old: for each who has not seen it, when it was handed over.
    fn forget(&mut self, now: Duration) -> Vec<Duration> {
        let mut unseen = Vec::new();
        let under_way = &self.under_way;
        let over = |(at, id): &mut (Duration, Box<str>)| *at + LONGEST < now || !under_way.contains_key(id);
        let mut past = Vec::new();
        while let Some((_, id)) = self.order.pop_front_if(over) {
            past.push(id);
        }
        for id in past {
            if let Some(UnderWay { at, taken: true, waiting }) = self.under_way.remove(&id) {
                unseen.extend(waiting.iter().map(|_| at));
            }
        }
        unseen
    }

    fn unseen_by(&mut self, email: &str) -> Vec<Duration> {
        let under_way = &mut self.under_way;
        let unseen = self.unseen.get_or_insert_with(|| {
            let mut unseen: BTreeMap<Rc<str>, Vec<Duration>> = BTreeMap::new();
            for message in std::mem::take(under_way).into_values() {
                // What was never taken by the server is on no way to anybody.
                let waiting = message.waiting.into_iter().filter(|_| message.taken);
                waiting.for_each(|email| unseen.entry(email).or_default().push(message.at));
            }
            unseen
        });
        unseen.remove(email).unwrap_or_default()
    }
}

impl Sights {
    /// Notes that somebody has seen a message now. Returns whether that is the first time.
    fn add(&mut self, now: Duration, id: &str, email: &str) -> bool {
        while self.order.len() >= MOST_SIGHTS || self.order.front().is_some_and(|(at, _)| *at + LONGEST < now)
        {
            let Some((_, sight)) = self.order.pop_front() else { break };
            self.known.remove(&sight);
        }
        let mut hasher = DefaultHasher::new();
        (id, email).hash(&mut hasher);
        let sight = hasher.finish();
        let first = self.known.insert(sight);
        if first {
            self.order.push_back((now, sight));
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under_way(ids: &[(&str, u64)]) -> Inner {
        let mut inner = Inner::default();
        for (id, at) in ids {
            let at = Duration::from_secs(*at);
            let waiting = vec!["a@x".into(), "b@x".into()];
            inner.under_way.insert((*id).into(), UnderWay { at, taken: true, waiting });
            inner.order.push_back((at, (*id).into()));
        }
        inner
    }

    #[test]
    fn each_recipient_sees_a_message_once() {
        let mut inner = under_way(&[("1", 7)]);
        let at = Some(Duration::from_secs(7));
        assert_eq!(inner.take("1", "a@x"), at);
        assert_eq!(inner.take("1", "a@x"), None);
        assert_eq!(inner.take("1", "c@x"), None);
        assert_eq!(inner.take("1", "b@x"), at);
        assert!(inner.under_way.is_empty());
        assert!(inner.forget(Duration::from_secs(8)).is_empty());
        assert!(inner.order.is_empty(), "what has come is not kept");
    }

    #[test]
    fn what_is_old_is_forgotten_and_counted() {
        let mut inner = under_way(&[("1", 0), ("2", 5), ("3", 10)]);
        inner.take("2", "a@x");
        let secs = Duration::from_secs;
        assert_eq!(inner.forget(secs(3606)), [secs(0), secs(0), secs(5)]);
        assert_eq!((inner.under_way.len(), inner.order.len()), (1, 1));
        let left = [inner.unseen_by("a@x"), inner.unseen_by("a@x"), inner.unseen_by("b@x")];
        assert_eq!(left, [vec![secs(10)], vec![], vec![secs(10)]]);
    }

    #[test]
    fn a_sight_counts_once_an_hour() {
        let mut sights = Sights::default();
        let secs = Duration::from_secs;
        let add = |sights: &mut Sights, now, id| sights.add(secs(now), id, "a@x");
        assert!(add(&mut sights, 0, "1") && !add(&mut sights, 1, "1") && add(&mut sights, 1, "2"));
        assert!(sights.add(secs(1), "1", "b@x"));
        assert!(add(&mut sights, 3602, "3"));
        assert_eq!((sights.known.len(), sights.order.len()), (1, 1));
    }

    #[test]
    fn what_another_process_sent_counts_as_what_this_one_did() {
        let (mut inner, secs) = (Inner::default(), Duration::from_secs);
        inner.watched.insert("a@x".into(), secs(10));
        assert!(!inner.notice(secs(9), secs(11), "1", "a@x"), "nobody waited for it");
        assert!(!inner.notice(secs(10), secs(11), "1", "b@x"), "nobody watches");
        assert!(inner.notice(secs(10), secs(11), "1", "a@x"));
        assert!(!inner.notice(secs(10), secs(3700), "1", "a@x"), "not even when its sight is forgotten");
        assert!(!inner.notice(secs(20), secs(3621), "2", "a@x"), "too late");
    }
}
