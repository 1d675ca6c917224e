//! The step `events` of the calendar domain: events in a calendar of every account whose user comes, where they are not there
//! yet.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::place;
use crate::calendar::filling::{Filling, Missing, fill, survey};
use crate::calendar::model::Library;
use crate::calendar::program::Program;
use crate::calendar::{Blueprint, Hub};
use crate::config::{At, Diagnostics, Table};
use crate::dav::path::encode_segment;
use crate::population::Account;
use crate::scenario::beforehand::{NotPrepared, in_turn};
use crate::scenario::prepare::{Performing, Preparation, StepKind};
use crate::scenario::preparing::Work;

pub const EVENTS: StepKind = StepKind { key: "events", what: "the events of a step", decode };

/// The client program that finds calendars and fills them.
const PROGRAM: &str = "OS_X_10_11";

struct Events {
    /// The path of the calendar, `%s` standing for the user's name; None: the first of the account's own that takes events.
    calendar: Option<String>,
    filling: Filling,
}

fn decode(table: Table<'_>) -> Option<Rc<dyn Preparation>> {
    let calendar: Option<String> = table.optional("calendar");
    if let Some(path) = calendar.as_ref().filter(|path| !path.starts_with('/')) {
        table.error_at_key("calendar", format!("{path:?} is no path: it must begin with /"));
    }
    let filling = Filling::decode(&table);
    table.finish();
    Some(Rc::new(Events { calendar, filling: filling? }))
}

impl Preparation for Events {
    fn noun(&self) -> &'static str {
        "events"
    }

    fn describe(&self, coming: usize) -> String {
        let (count, place) = (self.filling.count, self.calendar.as_deref().unwrap_or("the first calendar"));
        format!("{count} events in {place} of each of the {coming} accounts whose users come")
    }

    fn is_of_any_server(&self) -> bool {
        self.calendar.is_none()
    }

    fn perform(self: Rc<Self>, work: Rc<Work>) -> Performing {
        Box::pin(async move {
            let programs = Rc::new(programs(&work));
            work.each(work.coming(), |account, hands| {
                let (own, work, programs) = (self.clone(), work.clone(), programs.clone());
                async move { own.account(&work, account, hands, &programs).await }
            })
            .await
        })
    }
}

/// The program on each server.
fn programs(work: &Work) -> BTreeMap<Rc<str>, Rc<Program>> {
    let (at, diags) = (At::named("prepare"), Diagnostics::new());
    let table = Table::empty(&at, &diags, PROGRAM);
    let Some(blueprint) = Blueprint::decode(PROGRAM, &at, &table, &Library::embedded()) else {
        return BTreeMap::new();
    };
    let hub = Rc::<Hub>::default();
    let program = |pod| Rc::new(blueprint.program(place(pod), &work.connector, &hub, None));
    work.pods.iter().map(|pod| (pod.name.clone(), program(pod))).collect()
}

impl Events {
    async fn account(
        &self,
        work: &Rc<Work>,
        account: usize,
        hands: usize,
        programs: &BTreeMap<Rc<str>, Rc<Program>>,
    ) -> Result<(), NotPrepared> {
        let cx = work.context(account);
        let Some(program) = programs.get(&cx.account.pod) else { return Ok(()) };
        let wanted = self.path_for(&cx.account);
        let found = survey(&cx, program, wanted.as_deref(), &self.filling).await;
        let found = found.map_err(|why| NotPrepared::of(&cx.account, "its events", why));
        let Missing { calendar, numbers } = found?;
        let parts = numbers.chunks(numbers.len().div_ceil(hands).max(1)).map(<[u32]>::to_vec);
        in_turn(hands, parts, |part| {
            let (work, program) = (work.clone(), program.clone());
            let (calendar, filling) = (calendar.clone(), self.filling.clone());
            async move {
                let cx = work.context(account);
                let filled = fill(&cx, &program, &calendar, &filling, &part).await;
                filled.map_err(|why| NotPrepared::of(&cx.account, &format!("events in {calendar}"), why))?;
                work.made(part.len());
                Ok(())
            }
        })
        .await
    }

    /// The path of the calendar of one account.
    fn path_for(&self, account: &Account) -> Option<String> {
        self.calendar.as_ref().map(|path| path.replace("%s", &encode_segment(&account.uid)))
    }
}
