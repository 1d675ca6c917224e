//! Messages that are in a mailbox before anybody comes. Those that are there already count, so that a second time adds only what
//! is missing.

use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use super::arriving::{self, There, count, patience, until};
use super::letter;
use super::way::{Carrier, Services, Way, logged_in};
use crate::client::{Context, Trouble};
use crate::config::Table;
use crate::distribution::Numbers;
use crate::mail::wire::smtp::Envelope;
use crate::random::below;

/// The most messages of one mailbox.
const MOST: u32 = 100_000;

/// What the messages are.
#[derive(Clone, Debug)]
pub struct Filling {
    /// How many there are at least in the INBOX.
    pub count: u32,
    /// Bytes of a body.
    size: Numbers,
    /// How they get there; None: by the first service that the server has.
    pub by: Option<Way>,
    /// How long their arrival is waited for.
    wait: Duration,
}

impl Filling {
    /// Decodes `count`, `size`, `by` and `wait`.
    pub fn decode(table: &Table<'_>) -> Option<Filling> {
        let count = table.required::<u32>("count");
        if let Some(count) = count.filter(|count| !(1..=MOST).contains(count)) {
            table.error_at_key("count", format!("{count} messages: expected 1 to {MOST}"));
        }
        let (size, by, wait) = (letter::size(table), table.optional("by"), patience(table));
        Some(Filling { count: count?, size, by, wait })
    }

    /// The numbers of the messages that are missing in the account's INBOX, as far as IMAP tells; None: nothing is.
    pub async fn survey(
        &self,
        cx: &Context,
        services: &Services,
    ) -> Result<Option<RangeInclusive<u32>>, Trouble> {
        let there = match services.get(Way::Imap.name()) {
            None => 0,
            Some(service) => {
                let mut imap = logged_in(cx, service).await?;
                let there = count(cx, &mut imap).await?;
                imap.logout(cx).await?;
                there
            }
        };
        Ok((there < self.count).then_some(there + 1..=self.count))
    }

    /// Sends these messages to the account, one after the other in one session.
    pub async fn fill(
        &self,
        cx: &Context,
        services: &Services,
        numbers: RangeInclusive<u32>,
    ) -> Result<(), Trouble> {
        let (way, service) = Way::find(self.by, &Way::ALL, services)?;
        let mut carrier = Carrier::open(cx, way, &service).await?;
        let to = [cx.account.email.clone()];
        let purpose = format!("messages for {}", cx.account.uid);
        for n in numbers {
            let from = sender(cx, way, &purpose, n);
            let letter = letter::write(cx, (&purpose, n.into()), (&from, &to), &self.size)?;
            carrier.carry(cx, &Envelope { from: &from, to: &to, message: &letter.message }).await?;
        }
        carrier.close(cx).await
    }

    /// Waits until all are there, if IMAP can tell.
    pub async fn arrive(&self, cx: &Context, services: &Services) -> Result<(), Trouble> {
        let Some(service) = services.get(Way::Imap.name()) else { return Ok(()) };
        until(cx, service, self.wait, async |imap| {
            let there = arriving::count(cx, imap).await?;
            Ok(match there < self.count {
                true => There::NotYet(format!("only {there} of {} messages were there", self.count)),
                false => There::All,
            })
        })
        .await
    }
}

/// Somebody else from whom a message comes. Whoever logs in to send it is that one himself: servers may insist on it.
fn sender(cx: &Context, way: Way, purpose: &str, n: u32) -> Rc<str> {
    let accounts = &cx.run.accounts;
    if way == Way::Submission || accounts.len() < 2 {
        return cx.account.email.clone();
    }
    let mut chance = cx.stream(&format!("{purpose} from")).at(n.into());
    let other = below(&mut chance, accounts.len() as u64 - 1) as usize;
    accounts[other + usize::from(other >= cx.account_index)].email.clone()
}
