//! Does the steps of `prepare`, before the first client arrives.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::beforehand::{Beforehand, NotPrepared, in_turn, tell};
use super::domains::place;
use super::pods::Pod;
use super::prepare::{Events, Request, Step};
use super::resolve::Scenario;
use super::venue::Venue;
use crate::calendar::filling::{Missing, fill, survey};
use crate::calendar::model::Library;
use crate::calendar::program::Program;
use crate::calendar::{Blueprint, Hub};
use crate::client::Context;
use crate::config::{At, Diagnostics, Table};
use crate::http::{Call, SendError, Session, Settings};
use crate::label::Label;
use crate::population::Account;
use crate::stats::one_line;

/// How many accounts are prepared at once.
const AT_ONCE: usize = 8;

/// The client program that finds calendars and fills them.
const PROGRAM: &str = "OS_X_10_11";

/// Does every step for every account, in the order of the steps; then how many requests that took. The first that
/// fails ends it.
pub async fn prepare(scenario: &Scenario, venue: &Venue) -> Result<u64, NotPrepared> {
    if scenario.prepare.is_empty() {
        return Ok(0);
    }
    let before = Beforehand::new(scenario, venue);
    let coming = scenario.accounts_coming();
    let accounts: Vec<usize> = (0..scenario.people.accounts.len())
        .filter(|account| coming.contains(account) || scenario.prepare.iter().any(Step::is_for_all))
        .collect();
    for step in scenario.prepare.iter() {
        if let Step::Events(events) = step {
            tell(&format!("{} events for each of {} accounts", events.filling.count, coming.len()));
        }
    }
    // Few accounts with many events are filled by several hands each.
    let hands = (AT_ONCE / accounts.len().max(1)).max(1);
    let preparing = Rc::new(Preparing {
        servers: servers(venue),
        steps: scenario.prepare.clone(),
        coming,
        hands,
        before: before.clone(),
    });
    in_turn(AT_ONCE, accounts, |account| {
        let preparing = preparing.clone();
        preparing.account(account)
    })
    .await?;
    Ok(before.requests())
}

/// One server as it is prepared.
struct Server {
    settings: Rc<Settings>,
    program: Option<Rc<Program>>,
}

fn servers(venue: &Venue) -> BTreeMap<Rc<str>, Server> {
    let (at, diags) = (At::named("prepare"), Diagnostics::new());
    let blueprint =
        Blueprint::decode(PROGRAM, &at, &Table::empty(&at, &diags, PROGRAM), &Library::embedded());
    let hub = Rc::<Hub>::default();
    let one = |pod: &Pod| {
        let settings = Settings::new(venue.connector.clone(), pod.target.clone(), pod.trust);
        let program = blueprint.as_ref().map(|one| one.program(place(pod), &venue.connector, &hub, None));
        (pod.name.clone(), Server { settings: Rc::new(settings), program: program.map(Rc::new) })
    };
    venue.pods.iter().map(one).collect()
}

/// What all hands share.
struct Preparing {
    before: Rc<Beforehand>,
    servers: BTreeMap<Rc<str>, Server>,
    steps: Rc<[Step]>,
    /// The accounts whose users come.
    coming: BTreeSet<usize>,
    /// How many fill one calendar at once.
    hands: usize,
}

impl Preparing {
    async fn account(self: Rc<Self>, index: usize) -> Result<(), NotPrepared> {
        let cx = self.before.for_account(index);
        let account = &cx.account;
        let Some(server) = self.servers.get(&account.pod) else { return Ok(()) };
        let mut session =
            Session::new(server.settings.clone(), account.uid.clone(), account.password.clone());
        for step in self.steps.iter() {
            match step {
                Step::Request(request) => one_request(request, &cx, &mut session).await?,
                Step::Events(events) if self.coming.contains(&index) => {
                    self.events(events, index, &cx, server).await?;
                }
                Step::Events(_) => {}
            }
        }
        Ok(())
    }

    async fn events(
        &self,
        events: &Events,
        index: usize,
        cx: &Context,
        server: &Server,
    ) -> Result<(), NotPrepared> {
        let Some(program) = &server.program else { return Ok(()) };
        let (filling, wanted) = (&events.filling, events.path_for(&cx.account));
        let failed = |detail: String| NotPrepared::of(&cx.account, "its events", detail);
        let found = survey(cx, program, wanted.as_deref(), filling).await;
        let Missing { calendar, numbers } = found.map_err(|why| failed(why.to_string()))?;
        let parts = numbers.chunks(numbers.len().div_ceil(self.hands).max(1)).map(<[u32]>::to_vec);
        in_turn(self.hands, parts, |part| {
            let (cx, program) = (self.before.for_account(index), program.clone());
            let (calendar, filling) = (calendar.clone(), filling.clone());
            async move {
                let filled = fill(&cx, &program, &calendar, &filling, &part).await;
                filled.map_err(|why| NotPrepared::of(&cx.account, &format!("events in {calendar}"), why))
            }
        })
        .await
    }
}

async fn one_request(step: &Request, cx: &Context, session: &mut Session) -> Result<(), NotPrepared> {
    let account: &Account = &cx.account;
    let every: Vec<u16> = (100..600).filter(|status| *status != 401).collect();
    let path = step.path_for(account);
    let failed = |why: String| NotPrepared::of(account, &format!("{} {path}", step.method), why);
    let mut call = Call::new(Label::of("prepare"), &step.method, &path, &every);
    if !step.body.is_empty() {
        call = call.body(&step.content_type, step.body_for(account));
    }
    if let Some(depth) = &step.depth {
        call = call.header("depth", depth.clone());
    }
    match session.send(call, &cx.journal).await {
        Ok(answer) if step.expects(answer.status) => Ok(()),
        Ok(answer) => {
            let said = one_line(&answer.text());
            Err(failed(format!("the server answered {} {said}", answer.status)))
        }
        Err(SendError::Failed(failure)) => Err(failed(failure.detail.clone())),
        Err(SendError::Stopped) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};
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
        let config = read_bytes("c", text.as_bytes(), &diags).unwrap();
        let path = std::path::PathBuf::from("c");
        let documents =
            Documents { config, config_path: path.clone(), clients: None, clients_path: path, layers: None };
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
            assert!((100..140).contains(&first), "{first} requests");
            assert!((2..30).contains(&second), "{second} requests");
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
