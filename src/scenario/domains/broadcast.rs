//! The step `broadcast` of the mail domain: one message to a group that all accounts are in.

use std::rc::Rc;

use super::mail::services;
use crate::config::Table;
use crate::mail::filling::{Broadcast, Way};
use crate::scenario::beforehand::NotPrepared;
use crate::scenario::prepare::{Performing, Preparation, StepKind};
use crate::scenario::preparing::Work;

pub const BROADCAST: StepKind = StepKind { key: "broadcast", what: "the broadcast of a step", decode };

const ALL: [&str; 2] = [Way::Smtp.name(), Way::Submission.name()];

struct Step {
    broadcast: Broadcast,
    /// The services of which it needs one.
    needs: Vec<&'static str>,
}

fn decode(table: Table<'_>) -> Option<Rc<dyn Preparation>> {
    let broadcast = Broadcast::decode(&table);
    table.finish();
    let broadcast = broadcast?;
    let needs = broadcast.by.map_or(ALL.to_vec(), |way| vec![way.name()]);
    Some(Rc::new(Step { broadcast, needs }))
}

impl Preparation for Step {
    fn noun(&self) -> &'static str {
        "broadcasts"
    }

    fn describe(&self, coming: usize) -> String {
        format!("a message to {}, for the {coming} accounts whose users come", self.broadcast.to)
    }

    fn needs(&self) -> &[&'static str] {
        &self.needs
    }

    fn perform(self: Rc<Self>, work: Rc<Work>) -> Performing {
        Box::pin(async move {
            let (servers, what) = (Rc::new(services(&work)), format!("the message to {}", self.broadcast.to));
            // Every account is on a server of the run, or the run would not have been resolved so far.
            let Some(first) = work.coming().first().copied() else { return Ok(()) };
            let cx = work.context(first);
            let Some(services) = servers.get(&cx.account.pod) else { return Ok(()) };
            let sent = self.broadcast.send(&cx, services).await;
            let id = Rc::new(sent.map_err(|why| NotPrepared::of(&cx.account, &what, why))?);
            work.made(1);
            work.each(work.coming(), |account, _| {
                let (own, cx, servers) = (self.clone(), work.context(account), servers.clone());
                let (id, what) = (id.clone(), what.clone());
                async move {
                    let Some(services) = servers.get(&cx.account.pod) else { return Ok(()) };
                    let arrived = own.broadcast.arrive(&cx, services, &id).await;
                    arrived.map_err(|why| NotPrepared::of(&cx.account, &what, why))
                }
            })
            .await
        })
    }
}
