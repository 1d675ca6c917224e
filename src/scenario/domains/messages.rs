//! The step `messages` of the mail domain: messages in the INBOX of every account whose user comes.

use std::ops::RangeInclusive;
use std::rc::Rc;

use super::mail::services;
use crate::config::Table;
use crate::mail::filling::{Filling, Services, Way};
use crate::scenario::beforehand::{NotPrepared, in_turn};
use crate::scenario::prepare::{Performing, Preparation, StepKind};
use crate::scenario::preparing::Work;

pub const MESSAGES: StepKind = StepKind { key: "messages", what: "the messages of a step", decode };

const ALL: [&str; 3] = [Way::Smtp.name(), Way::Submission.name(), Way::Imap.name()];

struct Messages {
    filling: Filling,
    /// The services of which it needs one.
    needs: Vec<&'static str>,
}

fn decode(table: Table<'_>) -> Option<Rc<dyn Preparation>> {
    let filling = Filling::decode(&table);
    table.finish();
    let filling = filling?;
    let needs = filling.by.map_or(ALL.to_vec(), |way| vec![way.name()]);
    Some(Rc::new(Messages { filling, needs }))
}

impl Preparation for Messages {
    fn noun(&self) -> &'static str {
        "messages"
    }

    fn describe(&self, coming: usize) -> String {
        let count = self.filling.count;
        format!("{count} messages in the INBOX of each of the {coming} accounts whose users come")
    }

    fn needs(&self) -> &[&'static str] {
        &self.needs
    }

    fn perform(self: Rc<Self>, work: Rc<Work>) -> Performing {
        Box::pin(async move {
            let servers = Rc::new(services(&work));
            work.each(work.coming(), |account, hands| {
                let (own, work, servers) = (self.clone(), work.clone(), servers.clone());
                async move {
                    let pod = &work.context(account).account.pod;
                    let Some(services) = servers.get(pod) else { return Ok(()) };
                    own.account(&work, account, hands, services).await
                }
            })
            .await
        })
    }
}

impl Messages {
    async fn account(
        &self,
        work: &Rc<Work>,
        account: usize,
        hands: usize,
        services: &Services,
    ) -> Result<(), NotPrepared> {
        let cx = work.context(account);
        let failed = |why| NotPrepared::of(&cx.account, "messages in its INBOX", why);
        let Some(numbers) = self.filling.survey(&cx, services).await.map_err(failed)? else {
            return Ok(());
        };
        in_turn(hands, parts(numbers, hands), |part| {
            let (work, services, filling) = (work.clone(), services.clone(), self.filling.clone());
            async move {
                let cx = work.context(account);
                let count = part.clone().count();
                let filled = filling.fill(&cx, &services, part).await;
                filled.map_err(|why| NotPrepared::of(&cx.account, "messages for its INBOX", why))?;
                work.made(count);
                Ok(())
            }
        })
        .await?;
        self.filling.arrive(&cx, services).await.map_err(failed)
    }
}

/// The numbers in about equal parts, one a hand.
fn parts(numbers: RangeInclusive<u32>, hands: usize) -> Vec<RangeInclusive<u32>> {
    let (first, last) = (*numbers.start(), *numbers.end());
    let each = numbers.count().div_ceil(hands).max(1) as u32;
    let starts = (first..=last).step_by(each as usize);
    starts.map(|start| start..=last.min(start.saturating_add(each - 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_in_one_part() {
        for (first, last, hands) in [(1, 10, 3), (4, 4, 8), (1, 8, 8), (7, 100, 1)] {
            let parts = parts(first..=last, hands);
            assert!(parts.len() <= hands, "{parts:?}");
            let all: Vec<u32> = parts.into_iter().flatten().collect();
            assert_eq!(all, (first..=last).collect::<Vec<_>>());
        }
    }
}
