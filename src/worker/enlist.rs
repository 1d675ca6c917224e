//! Starts one worker and gets it ready.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::timeout;

use super::brief::Brief;
use super::frames::{self, FrameError};
use super::process::{Pipes, Process};
use super::roster::Record;
use super::words::{FromWorker, Hello, ToWorker};
use crate::population::Account;

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
    pub brief: Brief,
    pub accounts: Rc<[Rc<Account>]>,
    /// For each account whether its password is this worker's business.
    pub own: Vec<bool>,
}

/// Starts a worker and gets it ready within `patience`; the error says why it is not.
pub async fn enlist(orders: Orders, patience: Duration) -> Result<Member, String> {
    let (process, mut pipes) = Process::start(&orders.name, orders.command.as_deref())
        .map_err(|why| format!("it cannot be started: {why}"))?;
    let why = match timeout(patience, make_ready(&mut pipes, orders)).await {
        Ok(Ok(())) => return Ok(Member { process, pipes }),
        Ok(Err(why)) => why,
        Err(_) => format!("it was not ready within {} s", patience.as_secs()),
    };
    drop(pipes);
    Err(process.obituary(&why).await)
}

async fn make_ready(pipes: &mut Pipes, orders: Orders) -> Result<(), String> {
    let Pipes { stdin, stdout } = pipes;
    match frames::read::<Hello>(stdout).await {
        Ok(Some(hello)) => hello.check()?,
        Ok(None) => return Err("it said nothing".to_owned()),
        Err(FrameError::Io(why)) => return Err(format!("it cannot be heard: {why}")),
        Err(why) => return Err(format!("what it says is not what a populace worker says: {why}")),
    }
    let deaf = |why: FrameError| format!("it does not listen: {why}");
    for (accounts, own) in orders.accounts.chunks(ACCOUNTS).zip(orders.own.chunks(ACCOUNTS)) {
        let records = accounts.iter().zip(own).map(|(account, own)| Record::of(account, *own)).collect();
        frames::write(stdin, &ToWorker::Accounts(records)).await.map_err(deaf)?;
    }
    frames::write(stdin, &ToWorker::Configure(Box::new(orders.brief))).await.map_err(deaf)?;
    match frames::read(stdout).await {
        Ok(Some(FromWorker::Ready)) => Ok(()),
        Ok(Some(FromWorker::Failed(why))) => Err(why.trim().to_owned()),
        Ok(Some(_)) => Err("it spoke out of turn".to_owned()),
        Ok(None) => Err("it ended before it was ready".to_owned()),
        Err(why) => Err(why.to_string()),
    }
}
