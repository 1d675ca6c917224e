//! Makes the requests of `prepare`, before the first client arrives.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::prepare::Step;
use crate::clock::Clock;
use crate::event::{Phase, Sink, What, Who};
use crate::http::{Call, Journal, SendError, Session, Settings};
use crate::label::Label;
use crate::population::Account;
use crate::random::Seed;
use crate::stats::one_line;

/// How many accounts are prepared at once.
const AT_ONCE: usize = 8;

/// A step that did not go as expected.
#[derive(Debug, thiserror::Error)]
#[error("preparing {uid}: {method} {path}: {detail}")]
pub struct NotPrepared {
    pub uid: Rc<str>,
    pub method: String,
    pub path: String,
    pub detail: String,
}

/// Preparation is not measured; its requests are counted, for whoever compares with the server's count.
#[derive(Default)]
struct Prepared(Cell<u64>);

impl Sink for Prepared {
    fn emit(&self, _: Phase, what: What) {
        if let What::Response(_) = what {
            self.0.set(self.0.get() + 1);
        }
    }

    fn wants_bodies(&self) -> bool {
        false
    }
}

/// Does every step for every account, in the order of the steps; then how many requests that took. The first that
/// fails ends it.
pub async fn prepare(
    steps: Rc<[Step]>,
    accounts: &[Rc<Account>],
    settings: impl Fn(&Account) -> Option<Rc<Settings>>,
) -> Result<u64, NotPrepared> {
    if steps.is_empty() {
        return Ok(0);
    }
    let sent = Rc::new(Prepared::default());
    let queue: RefCell<Vec<_>> = RefCell::new(
        accounts.iter().rev().filter_map(|account| Some((account.clone(), settings(account)?))).collect(),
    );
    let queue = Rc::new(queue);
    let mut hands = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (queue, steps, sent) = (queue.clone(), steps.clone(), sent.clone());
        hands.spawn_local(async move {
            loop {
                let next = queue.borrow_mut().pop();
                let Some((account, settings)) = next else { return Ok(()) };
                one_account(&steps, &account, settings, sent.clone()).await?;
            }
        });
    }
    while let Some(ended) = hands.join_next().await {
        match ended {
            Ok(ended) => ended?,
            // A defect here must not pass for an account that is prepared.
            Err(why) if why.is_panic() => std::panic::resume_unwind(why.into_panic()),
            // A hand that was ended with the process has nothing to tell.
            Err(_) => {}
        }
    }
    Ok(sent.0.get())
}

async fn one_account(
    steps: &[Step],
    account: &Account,
    settings: Rc<Settings>,
    sent: Rc<Prepared>,
) -> Result<(), NotPrepared> {
    let mut session = Session::new(settings, account.uid.clone(), account.password.clone());
    let who = Who {
        uid: account.uid.clone(),
        user: 0,
        client: 0,
        instance: 0,
        title: "prepare".into(),
        software: "prepare".into(),
    };
    let journal = Journal {
        who: Rc::new(who),
        profile: None,
        seed: Seed(0),
        clock: Clock::starting_now(),
        phase: Phase::Warmup,
        sink: sent,
        due: Cell::new(Duration::ZERO),
        unsaid: Default::default(),
        stopped: Rc::default(),
    };
    let every: Vec<u16> = (100..600).filter(|status| *status != 401).collect();
    for step in steps {
        let path = step.path_for(account);
        let error = |detail: String| NotPrepared {
            uid: account.uid.clone(),
            method: step.method.clone(),
            path: path.clone(),
            detail,
        };
        let mut call = Call::new(Label::of("prepare"), &step.method, &path, &every);
        if !step.body.is_empty() {
            call = call.body(&step.content_type, step.body_for(account));
        }
        if let Some(depth) = &step.depth {
            call = call.header("depth", depth.clone());
        }
        match session.send(call, &journal).await {
            Ok(answer) if step.expects(answer.status) => {}
            Ok(answer) => {
                let said = one_line(&answer.text());
                return Err(error(format!("the server answered {} {said}", answer.status)));
            }
            Err(SendError::Failed(failure)) => return Err(error(failure.detail.clone())),
            Err(SendError::Stopped) => return Ok(()),
        }
    }
    Ok(())
}
