//! The talk of an exchange, whatever protocol carries it.

use super::Exchange;
use crate::mail::wire::{Done, Fault, Link};
use crate::population::Account;

/// What a server says within it.
pub enum Heard<T> {
    /// A challenge, in base64.
    Challenge(String),
    /// The user is in.
    Done((T, Option<u16>)),
}

/// Logs in: says `first`, answers each challenge that is heard, and looks at the end whether the server has shown what it
/// must. `initial` answers the first one, where a protocol does not take it with the command. No password is in what goes
/// wrong.
pub async fn talk<T>(
    link: &mut Link,
    account: &Account,
    mut exchange: Exchange,
    (first, mut initial): (String, Option<String>),
    mut hear: impl AsyncFnMut(&mut Link) -> Result<Heard<T>, Fault>,
) -> Done<T> {
    let mut talk = async || {
        link.send(first.as_bytes()).await?;
        loop {
            match hear(link).await? {
                Heard::Challenge(challenge) => {
                    let next = match initial.take() {
                        Some(response) => response,
                        None => exchange.next(&challenge)?,
                    };
                    link.send(format!("{next}\r\n").as_bytes()).await?;
                }
                Heard::Done(done) => {
                    exchange.finished()?;
                    return Ok(done);
                }
            }
        }
    };
    talk().await.map_err(|fault: Fault| fault.without(account))
}
