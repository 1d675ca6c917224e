//! Does the steps of `prepare`, before the first client arrives.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::Instant;

use super::beforehand::{Beforehand, NotPrepared, in_turn, tell};
use super::pods::Pod;
use super::resolve::Scenario;
use super::venue::Venue;
use crate::client::Context;
use crate::transport::Connector;

/// How many accounts are prepared at once.
const AT_ONCE: usize = 8;

/// How often it is told how far a step has come.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// What was done before the first client arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// How many requests that took.
    pub requests: u64,
    /// What the steps have made, by their nouns: what was there already is not among it.
    pub made: BTreeMap<&'static str, u64>,
}

/// Does every step, in their order. The first that fails ends it.
pub async fn prepare(scenario: &Scenario, venue: &Venue) -> Result<Prepared, NotPrepared> {
    let mut prepared = Prepared::default();
    if scenario.prepare.is_empty() {
        return Ok(prepared);
    }
    let before = Beforehand::new(scenario, venue);
    let coming = Rc::new(scenario.accounts_coming());
    for step in scenario.prepare.iter() {
        tell(&step.what.describe(coming.len()));
        let work = Rc::new(Work {
            pods: venue.pods.clone(),
            connector: venue.connector.clone(),
            before: before.clone(),
            accounts: scenario.people.accounts.len(),
            coming: coming.clone(),
            made: Cell::default(),
        });
        step.what.clone().perform(work.clone()).await?;
        *prepared.made.entry(step.what.noun()).or_default() += work.made.get();
    }
    prepared.requests = before.requests();
    Ok(prepared)
}

/// What a step works with.
pub struct Work {
    pub pods: Vec<Pod>,
    pub connector: Rc<Connector>,
    before: Rc<Beforehand>,
    accounts: usize,
    coming: Rc<BTreeSet<usize>>,
    made: Cell<u64>,
}

impl Work {
    /// All accounts, by their numbers.
    pub fn all(&self) -> Vec<usize> {
        (0..self.accounts).collect()
    }

    /// Those whose users come.
    pub fn coming(&self) -> Vec<usize> {
        self.coming.iter().copied().collect()
    }

    /// What is done for an account.
    pub fn context(&self, account: usize) -> Context {
        self.before.for_account(account)
    }

    /// So many were made.
    pub fn made(&self, count: usize) {
        self.made.set(self.made.get() + count as u64);
    }

    /// Works on accounts, on some of them at once, and tells now and then how far it is. `one` gets an account, and how many
    /// hands may work on it: few accounts with much to do get several each.
    pub async fn each<F>(
        &self,
        accounts: Vec<usize>,
        one: impl Fn(usize, usize) -> F,
    ) -> Result<(), NotPrepared>
    where
        F: Future<Output = Result<(), NotPrepared>> + 'static,
    {
        let (total, done) = (accounts.len(), Rc::<Cell<usize>>::default());
        let told = Rc::new(Cell::new(Instant::now()));
        let hands = (AT_ONCE / total.max(1)).max(1);
        in_turn(AT_ONCE, accounts, |account| {
            let (work, done, told) = (one(account, hands), done.clone(), told.clone());
            async move {
                work.await?;
                done.set(done.get() + 1);
                if done.get() < total && told.get().elapsed() >= TOLD_EVERY {
                    told.set(Instant::now());
                    tell(&format!("{} of {total} accounts are done", done.get()));
                }
                Ok(())
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, render};
    use crate::http::testing::virtual_time;
    use crate::scenario::{Documents, Mode, Options, resolve_documents};
    use std::time::Duration;

    fn scenario(events: &str) -> Scenario {
        let text = format!(
            "<plist><dict><key>server</key><string>embedded</string><key>clients</key><array/>
             <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key>
               <dict><key>count</key><integer>5</integer></dict></dict>
             <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key>
               <dict><key>count</key><integer>2</integer></dict></dict>
             <key>prepare</key><array><dict><key>events</key><dict>
               <key>count</key><integer>50</integer>{events}</dict></dict></array></dict></plist>"
        );
        let diags = Diagnostics::new();
        let documents = Documents::of_test(&text, &diags);
        let minute = Some(Duration::from_secs(60));
        let options = Options { rehearse: true, runtime: minute, seed: Some(1), ..Options::default() };
        resolve_documents(documents, &options, &diags).unwrap_or_else(|| panic!("{}", render(&diags)))
    }

    #[test]
    fn events_are_created_once_for_those_who_come() {
        virtual_time(async {
            let scenario = scenario("");
            let venue = Venue::open(Mode::Rehearse, &scenario).await.unwrap();
            let first = prepare(&scenario, &venue).await.unwrap();
            let second = prepare(&scenario, &venue).await.unwrap();
            // Two of five users come; the second time nothing is missing.
            assert!((100..140).contains(&first.requests), "{first:?}");
            assert!((2..30).contains(&second.requests), "{second:?}");
            assert_eq!((first.made["events"], second.made["events"]), (100, 0));
        });
    }

    #[test]
    fn a_calendar_that_is_not_there_is_told_of() {
        virtual_time(async {
            let scenario = scenario("<key>calendar</key><string>/calendars/__uids__/%s/nowhere/</string>");
            let venue = Venue::open(Mode::Rehearse, &scenario).await.unwrap();
            let why = prepare(&scenario, &venue).await.unwrap_err().to_string();
            assert!(why.starts_with("preparing user") && why.contains("/nowhere/"), "{why}");
        });
    }
}
