//! IMAP4: reads what is in the mailbox, and deletes it (rows 30 to 33, 37, 38).

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use super::registry::{Build, Ready};
use super::searching;
use crate::client::{Acting, Context, Memory, Outcome, Profile, Timer, Trigger, Trouble};
use crate::config::Entry;
use crate::label::Label;
use crate::mail::labels;
use crate::mail::params::PARAMS;
use crate::mail::reading::Reading;
use crate::mail::software::MailMemory;
use crate::mail::wire::Service;
use crate::mail::wire::imap::Imap;
use crate::mail::wire::imap::session::{self, quoted};

pub const ENTRY: Entry<Build> = Entry {
    name: "IMAP4",
    aliases: &["imap4", "IMAP"],
    help: "Reads every message by IMAP and deletes it, unless it is left on the server; may stay and look for more.",
    params: PARAMS,
    build: Build { make: |ready| Rc::new(Reads { ready }), service: "imap" },
};

struct Reads {
    ready: Ready,
}

impl Reads {
    async fn read(&self, cx: &Context, service: &Rc<Service>, reading: &mut Reading) -> Result<(), Trouble> {
        let params = &self.ready.params;
        let mut imap = Imap::open(cx, service).await?;
        imap.login(cx, &cx.account).await?;
        if params.compress {
            imap.compress(cx).await?;
        }
        imap.select(cx, &params.mailbox).await?;
        let begun = cx.run.clock.elapsed();
        let mut seen = 0;
        loop {
            for number in seen + 1..=imap.seen.exists {
                imap.fetch(cx, session::RETRIEVE, &number.to_string(), "BODY[]").await?;
                if !params.leave {
                    imap.flag(cx, &number.to_string(), "\\Deleted").await?;
                }
            }
            seen = imap.seen.exists;
            self.search(cx, &mut imap, reading).await?;
            let next = cx.run.clock.elapsed().saturating_add(params.check_interval);
            if next > begun.saturating_add(params.stay) {
                break;
            }
            // At the end of the run nobody waits for the next look.
            while cx.run.clock.elapsed() < next {
                if cx.journal.stopped.get() {
                    return Err(Trouble::Stopped);
                }
                let left = next.saturating_sub(cx.run.clock.elapsed());
                sleep(left.min(Duration::from_millis(500))).await;
            }
            // Until here nothing was due.
            cx.journal.due.set(next);
            imap.simple(cx, "NOOP").await?;
        }
        imap.simple(cx, "CLOSE").await?;
        imap.logout(cx).await
    }

    /// Makes up for the searches whose moments have come since the last time.
    async fn search(&self, cx: &Context, imap: &mut Imap, reading: &mut Reading) -> Result<(), Trouble> {
        let Ready { habit, params } = &self.ready;
        let now = cx.run.clock.elapsed();
        let stream = habit.stream(cx, "search");
        let count = searching::between(params.search_rate, reading.searched, now, stream);
        reading.searched = now;
        for _ in 0..count {
            let criterion = format!("SUBJECT {}", quoted(&params.search_pattern));
            cx.operation(labels::SEARCH, imap.search(cx, &criterion)).await?;
        }
        Ok(())
    }
}

impl Profile for Reads {
    fn name(&self) -> &str {
        ENTRY.name
    }

    fn timer(&self) -> Option<Timer> {
        self.ready.timer()
    }

    fn operations(&self) -> Vec<Label> {
        match self.ready.params.search_rate > 0.0 {
            true => vec![labels::READ, labels::SEARCH],
            false => vec![labels::READ],
        }
    }

    fn requests(&self) -> Vec<Label> {
        labels::IMAP.into()
    }

    fn act<'a>(&'a self, cx: &'a Context, memory: &'a mut dyn Memory, _: &'a Trigger) -> Acting<'a> {
        Box::pin(async move {
            let service = self.ready.service(memory, "imap")?;
            let Some(memory) = MailMemory::of(memory) else { return Ok(Outcome::Done) };
            let mut reading = memory.take_reading(cx.actor);
            let result = cx.operation(labels::READ, self.read(cx, &service, &mut reading)).await;
            memory.put_reading(cx.actor, reading);
            result?;
            Ok(Outcome::Done)
        })
    }
}
