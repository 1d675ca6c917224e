//! Starts one worker, gets it ready, and lets its clients learn.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::brief::Brief;
use super::frames::{self, FrameError};
use super::greeting;
use super::process::{Pipes, Process};
use super::roster::Record;
use super::words::{FromWorker, ToWorker};
use crate::population::Account;

/// How long is waited before somebody is told of it.
const QUIETLY: Duration = Duration::from_secs(5);

/// How many accounts one frame holds.
const ACCOUNTS: usize = 4096;

/// A worker that waits for the start.
pub struct Member {
    pub process: Process,
    pub pipes: Pipes,
}

/// What a worker is to get.
pub struct Orders {
    pub name: String,
    pub command: Option<String>,
    /// What it logs, if this program starts it.
    pub log: Option<String>,
    pub brief: Brief,
    pub accounts: Rc<[Rc<Account>]>,
    /// For each account whether its password is this worker's business.
    pub own: Vec<bool>,
}

/// Why a worker is not ready.
pub enum Unready {
    /// It could be had, and says that its part of the run cannot be done.
    Refused(String),
    /// It could not be had.
    Lost(String),
}

/// Starts a worker and gets it ready within `patience`.
pub async fn enlist(orders: Orders, patience: Duration) -> Result<Member, Unready> {
    let (process, mut pipes) = Process::start(&orders.name, orders.command.as_deref(), orders.log.as_deref())
        .map_err(|why| Unready::Lost(format!("it cannot be started: {why}")))?;
    let name = orders.name.clone();
    let told = async {
        let mut ready = pin!(timeout(patience, make_ready(&mut pipes, orders)));
        match timeout(QUIETLY, &mut ready).await {
            Ok(ready) => ready,
            Err(_) => {
                let seconds = patience.as_secs();
                tracing::info!(target: "worker", "waiting for worker {name}, for up to {seconds} s in all ...");
                ready.await
            }
        }
    };
    let why = match told.await {
        Ok(Ok(())) => return Ok(Member { process, pipes }),
        Ok(Err(Unready::Lost(why))) => why,
        Ok(Err(refused)) => return Err(refused),
        Err(_) => format!("it was not ready within {} s", patience.as_secs()),
    };
    drop(pipes);
    Err(Unready::Lost(process.obituary(&why).await))
}

async fn make_ready(pipes: &mut Pipes, orders: Orders) -> Result<(), Unready> {
    let Pipes { stdin, stdout } = pipes;
    let lost = |why: &str| Err(Unready::Lost(why.to_owned()));
    greeting::hear(stdout).await.map_err(Unready::Lost)?;
    let deaf = |why: FrameError| Unready::Lost(format!("it does not listen: {why}"));
    for (accounts, own) in orders.accounts.chunks(ACCOUNTS).zip(orders.own.chunks(ACCOUNTS)) {
        let records = accounts.iter().zip(own).map(|(account, own)| Record::of(account, *own)).collect();
        frames::write(stdin, &ToWorker::Accounts(records)).await.map_err(deaf)?;
    }
    frames::write(stdin, &ToWorker::Configure(Box::new(orders.brief))).await.map_err(deaf)?;
    match frames::read(stdout).await {
        Ok(Some(FromWorker::Ready)) => Ok(()),
        Ok(Some(FromWorker::Failed(why))) => Err(Unready::Refused(why.trim().to_owned())),
        Ok(Some(_)) => lost("it spoke out of turn"),
        Ok(None) => lost("it ended before it was ready"),
        Err(why) => lost(&why.to_string()),
    }
}

/// A worker that has let its clients learn, with how many requests that took, or why it is lost.
pub type Warmed = (Result<Member, String>, u64);

/// Lets the clients of a worker learn what they know from yesterday. It says every second that it goes on; one that says nothing
/// for as long as `silence` is lost. The error is why its clients could not learn.
pub async fn warm(member: Member, silence: Duration) -> Result<Warmed, String> {
    let Member { process, mut pipes } = member;
    let why = match frames::write(&mut pipes.stdin, &ToWorker::Warm).await {
        Err(why) => format!("it does not listen: {why}"),
        Ok(()) => loop {
            match timeout(silence, frames::read(&mut pipes.stdout)).await {
                Ok(Ok(Some(FromWorker::Warming))) => {}
                Ok(Ok(Some(FromWorker::Warmed(requests)))) => {
                    return Ok((Ok(Member { process, pipes }), requests));
                }
                Ok(Ok(Some(FromWorker::Failed(why)))) => return Err(why),
                Ok(Ok(Some(_))) => break "it spoke out of turn".to_owned(),
                Ok(Ok(None)) => break "it ended before its time".to_owned(),
                Ok(Err(why)) => break why.to_string(),
                Err(_) => break format!("no word for {} s", silence.as_secs()),
            }
        },
    };
    drop(pipes);
    Ok((Err(process.obituary(&why).await), 0))
}
