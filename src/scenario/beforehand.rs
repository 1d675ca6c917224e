//! What is asked of the servers before the first client arrives: it is counted, and not measured.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt::Display;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::resolve::Scenario;
use super::venue::Venue;
use crate::client::{Context, Run};
use crate::event::{Phase, Sink, What, Who};
use crate::journal::Journal;
use crate::population::Account;

/// Something that did not go as expected, so that there is no run.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotPrepared(pub String);

impl NotPrepared {
    /// What was to be done for an account, and what became of it.
    pub fn of(account: &Account, what: &str, detail: impl Display) -> NotPrepared {
        NotPrepared(format!("preparing {}: {what}: {detail}", account.uid))
    }
}

/// Counts requests, for whoever compares with the server's count.
#[derive(Default)]
struct Sent(Cell<u64>);

impl Sink for Sent {
    fn emit(&self, _: Phase, what: What) {
        if let What::Response(_) = what {
            self.0.set(self.0.get() + 1);
        }
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// The time before the run.
pub struct Beforehand {
    run: Rc<Run>,
    sent: Rc<Sent>,
}

impl Beforehand {
    pub fn new(scenario: &Scenario, venue: &Venue) -> Rc<Beforehand> {
        let sent = Rc::<Sent>::default();
        let run = scenario.run(venue.clock(Duration::ZERO), sent.clone());
        Rc::new(Beforehand { run, sent })
    }

    /// How many requests were made so far.
    pub fn requests(&self) -> u64 {
        self.sent.0.get()
    }

    /// What is done for an account by no client.
    pub fn for_account(&self, index: usize) -> Context {
        let who = Who {
            uid: self.run.accounts[index].uid.clone(),
            user: 0,
            client: 0,
            instance: 0,
            title: "prepare".into(),
            software: "prepare".into(),
        };
        self.for_client(Rc::new(who), index)
    }

    /// What a client does for itself.
    pub fn for_client(&self, who: Rc<Who>, account: usize) -> Context {
        let run = &self.run;
        let journal = Journal { sink: self.sent.clone(), ..run.journal(who, Phase::Warmup) };
        Context::new(run.clone(), run.accounts[account].clone(), account, journal, 0, false)
    }
}

/// Tells what takes its time before the run.
pub fn tell(text: &str) {
    tracing::info!(target: "run", "preparing: {text}");
}

/// Works on all items, at most so many at once. The first that fails ends it.
pub async fn in_turn<T: 'static, F>(
    at_once: usize,
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> F,
) -> Result<(), NotPrepared>
where
    F: Future<Output = Result<(), NotPrepared>> + 'static,
{
    let mut waiting: VecDeque<T> = items.into_iter().collect();
    let mut hands = JoinSet::new();
    loop {
        while hands.len() < at_once
            && let Some(item) = waiting.pop_front()
        {
            hands.spawn_local(work(item));
        }
        match hands.join_next().await {
            None => return Ok(()),
            Some(Ok(ended)) => ended?,
            // A defect here must not pass for an account that is prepared.
            Some(Err(why)) if why.is_panic() => std::panic::resume_unwind(why.into_panic()),
            // A hand that was ended with the process has nothing to tell.
            Some(Err(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::virtual_time;
    use std::cell::RefCell;

    fn failure() -> NotPrepared {
        NotPrepared("u: x: y".to_owned())
    }

    #[test]
    fn no_more_than_so_many_work_at_once_and_a_failure_ends_it() {
        virtual_time(async {
            let busy: Rc<RefCell<(usize, usize, usize)>> = Rc::default();
            let work = |item: usize| {
                let busy = busy.clone();
                async move {
                    let now = {
                        let mut busy = busy.borrow_mut();
                        busy.0 += 1;
                        busy.1 = busy.1.max(busy.0);
                        busy.2 += 1;
                        busy.0
                    };
                    tokio::time::sleep(Duration::from_millis(now as u64)).await;
                    busy.borrow_mut().0 -= 1;
                    if item == 50 { Err(failure()) } else { Ok(()) }
                }
            };
            in_turn(3, 0..20, work).await.unwrap();
            assert_eq!((busy.borrow().1, busy.borrow().2), (3, 20));
            let failed = in_turn(3, 40..100, work).await.unwrap_err();
            assert_eq!(failed.to_string(), "u: x: y");
            assert!(busy.borrow().2 < 20 + 15);
        });
    }
}
