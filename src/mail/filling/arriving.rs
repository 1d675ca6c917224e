//! Waits until messages have arrived, as IMAP shows them.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::way::{INBOX, logged_in};
use crate::client::{Context, Trouble};
use crate::config::{Seconds, Table};
use crate::event::ErrorKind;
use crate::mail::wire::Service;
use crate::mail::wire::imap::Imap;

/// How long it is waited unless somebody says so.
const USUAL: Duration = Duration::from_secs(60);
/// How long from one look to the next, at first and at most.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Decodes `wait`: how long the arrival is waited for.
pub fn patience(table: &Table<'_>) -> Duration {
    table.or("wait", Seconds(USUAL)).0
}

/// What is there of a mailbox's mail.
pub enum There {
    All,
    /// What is lacking, for the message of the failure.
    NotYet(String),
}

/// Looks into the account's INBOX until all is there.
///
/// # Errors
/// It is not within `patience`.
pub async fn until(
    cx: &Context,
    service: &Rc<Service>,
    patience: Duration,
    look: impl AsyncFn(&mut Imap) -> Result<There, Trouble>,
) -> Result<(), Trouble> {
    if patience.is_zero() {
        return Ok(());
    }
    let mut imap = logged_in(cx, service).await?;
    let (end, mut pause) = (Instant::now() + patience, FIRST);
    loop {
        match look(&mut imap).await? {
            There::All => return imap.logout(cx).await,
            There::NotYet(what) if Instant::now() >= end => {
                let what = format!("{what} within {} s (`wait`)", patience.as_secs_f64());
                return Err(Trouble::Content(what));
            }
            There::NotYet(_) => sleep(pause).await,
        }
        pause = (pause * 2).min(LONGEST);
    }
}

/// How many messages there are in the account's INBOX; none where there is no INBOX yet.
pub async fn count(cx: &Context, imap: &mut Imap) -> Result<u32, Trouble> {
    match imap.select(cx, INBOX).await {
        Ok(()) => Ok(imap.seen.exists),
        Err(Trouble::Exchange { kind: ErrorKind::Refused, .. }) => Ok(0),
        Err(why) => Err(why),
    }
}
