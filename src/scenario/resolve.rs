//! A resolved run, and how it is resolved.

use std::rc::Rc;

use super::common::{Common, Core};
use super::crowd::{self, People};
use super::documents::{self, Documents};
use super::habits::Habits;
use super::hosts;
use super::monitors;
use super::options::Options;
use super::pods::{self, Place};
use super::prepare::{self, Step};
use super::serialization::Serialization;
use super::services;
use super::thresholds;
use super::timing::Timing;
use super::told::Told;
use super::webadmin::{self, Webadmin};
use super::workers::{self, WorkerPlan};
use crate::calendar::model::Library;
use crate::client::Run;
use crate::clock::Clock;
use crate::config::{Diagnostics, Files, OwnFolder, Table, Value, read_bytes};
use crate::embedded::service::ServiceModel;
use crate::event::Sink;
use crate::monitor::Watching;
use crate::observer::Watch;
use crate::population::{Account, DealError, Dealt, Share, Use, deal};
use crate::random::Seed;
use crate::report::{Exit, Threshold, too_few_came};
use crate::simulation::ProfileMix;

/// What stands in for absent `observers`.
const STANDARD_OBSERVER: &str = "<plist version=\"1.0\"><array><dict>
  <key>type</key><string>ReportStatistics</string>
</dict></array></plist>";

/// A run, validated and with every default filled in.
pub struct Scenario {
    /// The property lists that it was made of.
    pub documents: Documents,
    pub place: Place,
    pub people: People,
    pub habits: Habits,
    /// The files that the property lists name, as the bodies of messages.
    pub files: Files,
    pub timing: Timing,
    pub seed: Seed,
    pub watch: Watch,
    /// What is judged beside what the observers judge.
    pub thresholds: Rc<[Threshold]>,
    pub prepare: Rc<[Step]>,
    pub monitors: Vec<Watching>,
    /// How fast the embedded server is; None: as fast as it can be.
    pub service: Option<ServiceModel>,
    /// Where clients keep what they know from one run to the next.
    pub serialization: Option<Serialization>,
    /// Where the config wants a live page.
    pub webadmin: Option<Webadmin>,
    /// What the command line added.
    pub options: Options,
    /// Who brings the population; empty: this process.
    pub workers: Vec<WorkerPlan>,
    /// The name of the worker that this process is; None: it is none.
    pub seat: Option<Rc<str>>,
}

impl Scenario {
    /// The folders in which the run makes, replaces and removes files, and who does so.
    pub fn folders(&self) -> Vec<(&'static str, OwnFolder)> {
        let kept = self.serialization.iter().map(|kept| ("clientDataSerialization", kept.own_folder()));
        kept.chain(self.watch.folders()).collect()
    }
}

/// Reads the configuration that the options name and resolves it. What is wrong goes to `diags`, all of it;
/// with an error there is no scenario.
pub fn resolve(options: &Options, diags: &Diagnostics) -> Option<Scenario> {
    resolve_documents(documents::read(options, diags)?, options, diags)
}

/// Resolves property lists that have been read.
pub fn resolve_documents(documents: Documents, options: &Options, diags: &Diagnostics) -> Option<Scenario> {
    let library = Library::gather(Some(&documents.clients_path));
    let common = Common::decode(&documents, &library, Files::default(), options, diags)?;
    let (config, asked) = (&common.config, common.asked.as_ref());
    let workers = workers::decode(config, options, common.place.as_ref());
    let workers_at = config.value_at("workers");
    let (mut monitors, mut prepare) = (monitors::decode(config, asked), steps(config));
    if options.rehearse {
        (monitors, prepare) = at_home(config, asked, prepare);
    }
    if let Some(place) = common.place.as_ref() {
        services::check_steps(&prepare, place, diags);
    }
    let watch = watch(config);
    let webadmin = webadmin::decode(config);
    let thresholds = thresholds::decode(config, common.habits.as_ref());
    let usual = common.habits.as_ref().map_or(Use::Own, Habits::usual_use);
    let accounts = crowd::accounts(config, &documents.config_path, asked, options, (common.users(), usual));
    let (core, watch) = (common.finish(accounts)?, watch?);
    let shares: Vec<Share> = workers.iter().map(|worker| worker.share).collect();
    if !workers.is_empty()
        && let Err(why) = deal_users(&core.people, &core.habits, core.seed, &shares)
    {
        diags
            .error(&workers_at, why.to_string())
            .help("raise `maxUsers` or `weight`, or let fewer --users come");
    }
    hosts::check(&core.habits, &workers, diags);
    check_pages(&core, &documents.config, options, diags);
    if diags.has_errors() {
        return None;
    }
    warn_of_ramp(&core, &documents.config, diags);
    warn_of_draw(&core, &documents.config, diags);
    let scenario = Scenario::of(core, documents, options);
    Some(Scenario { watch, thresholds, prepare, monitors, workers, webadmin, ..scenario })
}

/// The same for a worker, which is told what files and servers are. Who watches and what is prepared is not its business.
pub fn resolve_told(
    documents: Documents,
    options: &Options,
    told: &Told,
    diags: &Diagnostics,
) -> Option<Scenario> {
    let common = Common::decode(&documents, &told.library(), told.files(), options, diags)?;
    let core = common.finish(Some((told.accounts.clone(), told.usage)))?;
    if diags.has_errors() {
        return None;
    }
    let place = Place::Servers(told.pods.clone());
    Some(Scenario { place, ..Scenario::of(core, documents, options) })
}

/// The accounts of a config, whatever else it says.
pub fn accounts(options: &Options, diags: &Diagnostics) -> Option<Rc<[Rc<Account>]>> {
    let documents = documents::read(options, diags)?;
    let config = Table::new(&documents.config, diags, "the config")?;
    let asked = pods::decode(&config, options);
    let found = crowd::accounts(&config, &documents.config_path, asked.as_ref(), options, (0, Use::Own));
    found.map(|(accounts, _)| accounts).filter(|_| !diags.has_errors())
}

fn deal_users(people: &People, habits: &Habits, seed: Seed, shares: &[Share]) -> Result<Dealt, DealError> {
    let each = u64::from(people.arrival.clients_per_user());
    deal(&taken(habits, shares), people.arrival.users(seed), |user| {
        habits.programs.person(u64::from(user) * each)
    })
}

/// What each worker takes of all users: where everybody leaves, its bound is one on how many are there at one time.
fn taken(habits: &Habits, shares: &[Share]) -> Vec<Share> {
    let of = |share: &Share| Share { max_users: share.max_users.filter(|_| !habits.all_leave()), ..*share };
    shares.iter().map(of).collect()
}

impl Scenario {
    /// With nobody who watches, nothing to prepare and no workers.
    fn of(core: Core, documents: Documents, options: &Options) -> Scenario {
        Scenario {
            documents,
            place: core.place,
            people: core.people,
            habits: core.habits,
            files: core.files,
            timing: core.timing,
            seed: core.seed,
            watch: Watch::default(),
            thresholds: Rc::new([]),
            prepare: Rc::new([]),
            monitors: Vec::new(),
            service: core.service,
            serialization: core.serialization,
            webadmin: None,
            options: options.clone(),
            workers: Vec::new(),
            seat: None,
        }
    }

    /// The run as its clients see it.
    pub fn run(&self, clock: Clock, sink: Rc<dyn Sink>) -> Rc<Run> {
        Rc::new(Run {
            seed: self.seed,
            clock,
            sink,
            accounts: self.people.accounts.clone(),
            stopped: Rc::default(),
            waker: Default::default(),
            measured: self.timing.phases.measured(),
        })
    }

    /// Which of the workers with these shares takes which user.
    pub fn deal(&self, shares: &[Share]) -> Result<Dealt, DealError> {
        deal_users(&self.people, &self.habits, self.seed, shares)
    }

    /// How many users may be there at one time with the worker at `index` of those with these shares: its part of all who
    /// may, and no more than it takes.
    pub fn at_once(&self, shares: &[Share], index: usize) -> Option<u32> {
        let users = self.people.arrival.users(self.seed);
        let taken = taken(&self.habits, shares);
        let part = self.people.at_once.and_then(|all| deal(&taken, all.min(users), |_| 0).ok());
        // A worker without room for anybody would wait for ever.
        let part = part.map(|dealt| dealt.count(index).max(1));
        let own = shares.get(index).and_then(|share| share.max_users).filter(|_| self.habits.all_leave());
        part.into_iter().chain(own).min()
    }
}

/// Who watches. Without anybody there would be no report, and nothing judged.
fn watch(config: &Table<'_>) -> Option<Watch> {
    let diags = config.diags();
    let Some(value) = config.value("observers") else {
        diags.notice(config.at(), "there are no `observers`: ReportStatistics stands in");
        return Watch::load(&read_bytes("the default observer", STANDARD_OBSERVER.as_bytes(), diags)?, diags);
    };
    let watch = Watch::load(value, diags);
    if watch.as_ref().is_some_and(Watch::is_empty) {
        diags.warning(&value.at, "nobody observes: there is no report, and nothing is judged");
    }
    watch
}

/// What is left of the monitors and of `prepare` in a rehearsal. Nobody outside is asked, and what must exist on another
/// server need not exist on the one that stands in for it.
fn at_home(config: &Table<'_>, asked: Option<&Place>, prepare: Rc<[Step]>) -> (Vec<Watching>, Rc<[Step]>) {
    let stands_in = matches!(asked, Some(Place::Servers(_)));
    let tell = |key: &str, what: &str| {
        let text = format!("{what}: this is a rehearsal, on the embedded server");
        config.diags().notice(&config.value_at(key), text);
    };
    if config.has("monitors") {
        tell("monitors", "`monitors` is not used");
    }
    let here: Vec<Step> =
        prepare.iter().filter(|step| !stands_in || step.what.is_of_any_server()).cloned().collect();
    if here.len() < prepare.len() {
        tell("prepare", "not every step of `prepare` is done");
    }
    (Vec::new(), here.into())
}

fn steps(config: &Table<'_>) -> Rc<[Step]> {
    let Some(value) = config.value("prepare") else { return Rc::new([]) };
    prepare::decode(value, config.diags()).into()
}

/// The embedded server has pages for visitors only where it is said which; those of a rehearsal are known.
fn check_pages(core: &Core, config: &Value, options: &Options, diags: &Diagnostics) {
    let lacking = core.service.as_ref().is_none_or(|model| model.pages.is_none());
    if matches!(core.place, Place::Embedded) && !options.rehearse && lacking && core.habits.want_pages() {
        let at = config.get("server").map_or(&config.at, |value| &value.at);
        diags.error(at, "visitors want pages, and the embedded server has none").help(
            "write into the config which `server` is yours (config/web.plist is an example), or give the embedded one \
             `pages`; a rehearsal needs neither",
        );
    }
}

/// Says so when the run ends before all have come, and what follows where they are too few.
fn warn_of_ramp(core: &Core, config: &Value, diags: &Diagnostics) {
    let Core { people, timing, seed, .. } = core;
    let last = people.arrival.last(*seed);
    if let Some(end) = timing.phases.end()
        && last >= end
    {
        let coming = people.arrival.plan(*seed).filter(|arriving| arriving.at < end).count();
        let users = people.arrival.users(*seed);
        let at = config.get("arrival").map_or(&config.at, |value| &value.at);
        let outcome = match too_few_came(coming as u64, users.into()) {
            true => format!(
                ", too few for a pass: if nothing fails, the run will be INCOMPLETE (exit {})",
                Exit::Incomplete.code()
            ),
            false => String::new(),
        };
        diags
            .warning(
                at,
                format!(
                    "the arrival takes {} s, the run only {} s: {coming} of {users} users will come{outcome}",
                    last.as_secs_f64(),
                    end.as_secs_f64()
                ),
            )
            .help("give a longer --runtime, an arrival that is over sooner, or fewer --users");
    }
}

/// Says so when each turn shall have another account, and there are clients without turns.
fn warn_of_draw(core: &Core, config: &Value, diags: &Diagnostics) {
    let said = config.get("accounts").and_then(|accounts| accounts.get("use"));
    let Some(said) = said.filter(|_| core.people.usage == Use::Draw) else { return };
    let all_day = core.habits.coming().filter(|entry| entry.mix == ProfileMix::Together);
    let titles: Vec<&str> = all_day.map(|entry| &*entry.title).collect();
    if !titles.is_empty() {
        let message = format!(
            "`draw` gives each turn another account, and clients of {} have no turns: each keeps one, drawn by chance",
            titles.join(", ")
        );
        diags
            .warning(&said.at, message)
            .help("say `use` = `own`, or leave `use` out: then the clients decide");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::render;

    /// What is said of so many users in so many seconds.
    fn said(users: u32, seconds: u64) -> String {
        let options = Options {
            config: Some("config/config.plist".into()),
            clients: Some("clients/demo.plist".into()),
            users: Some(users),
            runtime: Some(Duration::from_secs(seconds)),
            ..Options::default()
        };
        let diags = Diagnostics::new();
        assert!(resolve(&options, &diags).is_some(), "{}", render(&diags));
        render(&diags)
    }

    #[test]
    fn a_run_that_is_too_short_for_its_arrival_is_told_with_what_follows() {
        // One comes each quarter of a second.
        let warned = said(82, 11);
        assert!(
            warned.contains("the arrival takes 20.25 s, the run only 11 s: 44 of 82 users will come\n"),
            "{warned}"
        );
        let warned = said(82, 10);
        let follows = "40 of 82 users will come, too few for a pass: if nothing fails, the run will be INCOMPLETE (exit 4)\n";
        assert!(warned.contains(follows), "{warned}");
        // Fewer are not judged by how many came.
        assert!(said(49, 2).contains("8 of 49 users will come\n"));
        assert!(!said(40, 10).contains("will come"));
    }
}
