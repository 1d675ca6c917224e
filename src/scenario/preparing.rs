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
    /// The server could not be reached at all.
    pub unreachable: bool,
}

/// Preparation is not measured.
struct Unheard;

impl Sink for Unheard {
    fn emit(&self, _: Phase, _: What) {}
    fn wants_bodies(&self) -> bool {
        false
    }
}

/// Does every step for every account, in the order of the steps. The first that fails ends it.
pub async fn prepare(
    steps: Rc<[Step]>,
    accounts: &[Rc<Account>],
    settings: impl Fn(&Account) -> Option<Rc<Settings>>,
) -> Result<(), NotPrepared> {
    if steps.is_empty() {
        return Ok(());
    }
    let queue: RefCell<Vec<_>> = RefCell::new(
        accounts.iter().rev().filter_map(|account| Some((account.clone(), settings(account)?))).collect(),
    );
    let queue = Rc::new(queue);
    let mut hands = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (queue, steps) = (queue.clone(), steps.clone());
        hands.spawn_local(async move {
            loop {
                let next = queue.borrow_mut().pop();
                let Some((account, settings)) = next else { return Ok(()) };
                one_account(&steps, &account, settings).await?;
            }
        });
    }
    while let Some(ended) = hands.join_next().await {
        // A hand that was ended with the process has nothing to tell.
        ended.unwrap_or(Ok(()))?;
    }
    Ok(())
}

async fn one_account(steps: &[Step], account: &Account, settings: Rc<Settings>) -> Result<(), NotPrepared> {
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
        seed: Seed(0),
        clock: Clock::starting_now(),
        phase: Phase::Warmup,
        sink: Rc::new(Unheard),
        due: Cell::new(Duration::ZERO),
        stopped: Rc::default(),
    };
    let every: Vec<u16> = (100..600).filter(|status| *status != 401).collect();
    for step in steps {
        let path = step.path_for(account);
        let error = |detail: String, unreachable| NotPrepared {
            uid: account.uid.clone(),
            method: step.method.clone(),
            path: path.clone(),
            detail,
            unreachable,
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
                let said: String = answer.text().chars().take(300).collect();
                return Err(error(format!("the server answered {} {said}", answer.status), false));
            }
            Err(SendError::Failed(failure)) => {
                return Err(error(failure.detail.clone(), failure.answer.is_none()));
            }
            Err(SendError::Stopped) => return Ok(()),
        }
    }
    Ok(())
}
