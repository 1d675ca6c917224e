//! The messages on their way: when each was handed over, and who has not seen it yet.
//!
//! Both ends must be in one process, and only recipients whose mailbox somebody watches there are waited for.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::{Rc, Weak};
use std::time::Duration;

use crate::client::{Context, Run};
use crate::event::{Missed, OperationEnd, OperationStart, What, Who};
use crate::mail::labels::DELIVERY;

/// How long a message is waited for.
const LONGEST: Duration = Duration::from_secs(3600);

/// One a process.
#[derive(Default)]
pub struct Post {
    inner: RefCell<Inner>,
}

#[derive(Default)]
struct Inner {
    run: Weak<Run>,
    /// The addresses whose mailboxes are watched.
    watched: BTreeSet<Rc<str>>,
    /// By the id of the message.
    under_way: BTreeMap<Box<str>, UnderWay>,
    /// The same in the order of time.
    order: VecDeque<(Duration, Box<str>)>,
    /// At the end of the run: what each address has not seen.
    unseen: Option<BTreeMap<Rc<str>, Unseen>>,
}

struct UnderWay {
    /// When it was handed over; None: that is about to be done.
    at: Option<Duration>,
    waiting: Vec<Rc<str>>,
}

/// How many messages an address has not seen, and when the first of them was handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Unseen {
    count: u64,
    since: Duration,
}

impl Post {
    /// Notes that somebody watches the mailbox of the user whose act this is.
    pub fn watch(&self, cx: &Context) {
        let mut inner = self.inner.borrow_mut();
        inner.run = Rc::downgrade(&cx.run);
        inner.watched.insert(cx.account.email.clone());
    }

    /// A message is about to be handed over.
    pub fn begin(&self, cx: &Context, id: &str, to: &[Rc<str>]) {
        let mut inner = self.inner.borrow_mut();
        let waiting: BTreeSet<Rc<str>> =
            to.iter().filter(|to| inner.watched.contains(*to)).cloned().collect();
        let now = cx.run.clock.elapsed();
        let overdue = inner.forget(now);
        if !waiting.is_empty() {
            inner.under_way.insert(id.into(), UnderWay { at: None, waiting: waiting.into_iter().collect() });
            inner.order.push_back((now, id.into()));
        }
        drop(inner);
        if overdue > 0 {
            let since = now.saturating_sub(LONGEST);
            missed(&cx.run, &cx.journal.who, Unseen { count: overdue, since });
        }
    }

    /// It was handed over now, or the server did not take it.
    pub fn end(&self, cx: &Context, id: &str, taken: bool) {
        let mut inner = self.inner.borrow_mut();
        if !taken {
            inner.under_way.remove(id);
        } else if let Some(message) = inner.under_way.get_mut(id) {
            message.at = Some(cx.run.clock.elapsed());
        }
    }

    /// The user whose act this is sees a message; the first time that is the end of its delivery.
    pub fn seen(&self, cx: &Context, id: &str) {
        let now = cx.run.clock.elapsed();
        // Seen before the sender has heard that it was taken: it took no time that could be told.
        let Some(at) = self.inner.borrow_mut().take(id, &cx.account.email) else { return };
        let at = at.unwrap_or(now);
        let (who, profile) = (cx.journal.who.clone(), cx.journal.profile.clone());
        let start = OperationStart {
            who: who.clone(),
            profile: profile.clone(),
            label: DELIVERY,
            due: at,
            begun: at,
            scheduled: false,
        };
        let end = OperationEnd {
            who,
            profile,
            label: DELIVERY,
            due: at,
            begun: at,
            end: now,
            success: true,
            reason: None,
            unfinished: false,
        };
        let phase = cx.run.phase(at);
        cx.run.sink.emit(phase, What::OperationStart(start));
        cx.run.sink.emit(phase, What::OperationEnd(end));
    }

    /// The run is over for a user: what never came is counted.
    pub fn leave(&self, who: &Rc<Who>, email: &str) {
        let (run, unseen) = {
            let mut inner = self.inner.borrow_mut();
            (inner.run.upgrade(), inner.unseen_by(email))
        };
        if let (Some(run), Some(unseen)) = (run, unseen) {
            missed(&run, who, unseen);
        }
    }
}

fn missed(run: &Run, who: &Rc<Who>, unseen: Unseen) {
    let missed = Missed { who: who.clone(), profile: None, label: DELIVERY, late: 0, skipped: unseen.count };
    run.sink.emit(run.phase(unseen.since), What::Missed(missed));
}

impl Inner {
    /// When the message was handed over, if it is under way to this address, which has it now.
    fn take(&mut self, id: &str, email: &str) -> Option<Option<Duration>> {
        let message = self.under_way.get_mut(id)?;
        let place = message.waiting.iter().position(|to| &**to == email)?;
        message.waiting.swap_remove(place);
        let at = message.at;
        if message.waiting.is_empty() {
            self.under_way.remove(id);
        }
        Some(at)
    }

    /// Forgets what is too old; how many have never seen it.
    fn forget(&mut self, now: Duration) -> u64 {
        let mut unseen = 0;
        let under_way = &self.under_way;
        let over = |(at, id): &mut (Duration, Box<str>)| *at + LONGEST < now || !under_way.contains_key(id);
        let mut past = Vec::new();
        while let Some((_, id)) = self.order.pop_front_if(over) {
            past.push(id);
        }
        for id in past {
            unseen += self.under_way.remove(&id).map_or(0, |message| message.waiting.len() as u64);
        }
        unseen
    }

    fn unseen_by(&mut self, email: &str) -> Option<Unseen> {
        let under_way = &mut self.under_way;
        let unseen = self.unseen.get_or_insert_with(|| {
            let mut unseen = BTreeMap::new();
            for message in std::mem::take(under_way).into_values() {
                // What was never taken by the server is on no way to anybody.
                let Some(since) = message.at else { continue };
                for email in message.waiting {
                    let all: &mut Unseen = unseen.entry(email).or_insert(Unseen { count: 0, since });
                    *all = Unseen { count: all.count + 1, since: all.since.min(since) };
                }
            }
            unseen
        });
        unseen.remove(email)
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
            inner.under_way.insert((*id).into(), UnderWay { at: Some(at), waiting });
            inner.order.push_back((at, (*id).into()));
        }
        inner
    }

    #[test]
    fn each_recipient_sees_a_message_once() {
        let mut inner = under_way(&[("1", 7)]);
        let at = Some(Some(Duration::from_secs(7)));
        assert_eq!(inner.take("1", "a@x"), at);
        assert_eq!(inner.take("1", "a@x"), None);
        assert_eq!(inner.take("1", "c@x"), None);
        assert_eq!(inner.take("1", "b@x"), at);
        assert!(inner.under_way.is_empty());
        assert_eq!(inner.forget(Duration::from_secs(8)), 0);
        assert!(inner.order.is_empty(), "what has come is not kept");
    }

    #[test]
    fn what_is_old_is_forgotten_and_counted() {
        let mut inner = under_way(&[("1", 0), ("2", 5), ("3", 10)]);
        inner.take("2", "a@x");
        assert_eq!(inner.forget(Duration::from_secs(3606)), 3);
        assert_eq!((inner.under_way.len(), inner.order.len()), (1, 1));
        let left = Some(Unseen { count: 1, since: Duration::from_secs(10) });
        assert_eq!(
            (inner.unseen_by("a@x"), inner.unseen_by("a@x"), inner.unseen_by("b@x")),
            (left, None, left)
        );
    }
}
