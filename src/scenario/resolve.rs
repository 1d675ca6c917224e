//! A resolved run, and how it is resolved.

use std::path::PathBuf;
use std::rc::Rc;

use super::crowd::{self, People};
use super::documents::{self, Documents, Texts};
use super::habits::{self, Around, Habits};
use super::legacy;
use super::monitors::{self, Monitored};
use super::options::Options;
use super::pods::{self, Place};
use super::prepare::Step;
use super::serialization::{self, Serialization};
use super::timing::{self, Timing};
use super::told::Told;
use super::workers::{self, WorkerPlan};
use crate::calendar::model::Library;
use crate::client::Run;
use crate::clock::Clock;
use crate::config::{Diagnostics, FromValue, Table, read_bytes};
use crate::embedded::service::ServiceModel;
use crate::event::Sink;
use crate::observer::Watch;
use crate::population::{DealError, Dealt, Share, deal};
use crate::random::Seed;

/// What stands in for absent `observers`.
const STANDARD_OBSERVER: &str = "<plist version=\"1.0\"><array><dict>
  <key>type</key><string>ReportStatistics</string>
</dict></array></plist>";

/// A run, validated and with every default filled in.
pub struct Scenario {
    pub config_path: PathBuf,
    pub clients_path: PathBuf,
    pub place: Place,
    pub people: People,
    pub habits: Habits,
    pub timing: Timing,
    pub seed: Seed,
    pub watch: Watch,
    pub prepare: Rc<[Step]>,
    pub monitors: Vec<Monitored>,
    /// How fast the embedded server is; None: as fast as it can be.
    pub service: Option<ServiceModel>,
    /// Where clients keep what they know from one run to the next.
    pub serialization: Option<Serialization>,
    /// What the command line added.
    pub options: Options,
    /// Who brings the population; empty: this process.
    pub workers: Vec<WorkerPlan>,
    /// The property lists as they were read.
    pub texts: Texts,
}

/// Reads the configuration that the options name and resolves it. What is wrong goes to `diags`, all of it;
/// with an error there is no scenario.
pub fn resolve(options: &Options, diags: &Diagnostics) -> Option<Scenario> {
    resolve_documents(documents::read(options, diags)?, options, diags)
}

/// Resolves property lists that have been read.
pub fn resolve_documents(documents: Documents, options: &Options, diags: &Diagnostics) -> Option<Scenario> {
    resolve_told(documents, options, None, diags)
}

/// The same for a worker, which is told what files and servers are. Who watches and what is prepared is not its business.
pub fn resolve_told(
    documents: Documents,
    options: &Options,
    told: Option<&Told>,
    diags: &Diagnostics,
) -> Option<Scenario> {
    let config = Table::new(&documents.config, diags, "the config")?;
    let beside = documents.config_path.as_path();
    let mut timing = timing::decode(&config, options);
    let seed = timing.seed.unwrap_or_else(fresh_seed);
    timing.seed = Some(seed);
    // In a rehearsal the place is checked all the same, and then not gone to.
    let asked = pods::decode(&config, options);
    let place = asked.clone().map(|place| if options.rehearse { Place::Embedded } else { place });
    legacy::decode(&config);
    let service = service(&config, place.as_ref());
    let workers = match told {
        None => workers::decode(&config, options, place.as_ref()),
        Some(_) => Vec::new(),
    };
    let workers_at = config.value_at("workers");
    let (monitors, prepare, watch) = match told {
        None => {
            let (monitors, prepare) = (monitors::decode(&config, asked.as_ref()), prepare(&config));
            let (monitors, prepare) = if options.rehearse {
                at_home(&config, asked.as_ref(), prepare)
            } else {
                (monitors, prepare)
            };
            (monitors, prepare, watch(&config))
        }
        Some(_) => {
            for key in ["workers", "monitors", "prepare", "observers"] {
                config.value(key);
            }
            (Vec::new(), Rc::from([]), Some(Watch::default()))
        }
    };

    // `clients` and `arrivalInterval` are in the config, or in a list of their own.
    let own = match &documents.clients {
        Some(value) => Some(Table::new(value, diags, "the clients")?),
        None => None,
    };
    let clients = own.as_ref().unwrap_or(&config);
    let interval = clients.value("arrivalInterval");
    if own.is_some() {
        // What the config says of them is overridden (spec 1.2).
        config.value("clients");
        config.value("arrivalInterval");
    }
    let people = crowd::decode(&config, beside, place.as_ref(), interval, options, told);
    if let Some(people) = &people {
        people.check(&config, seed);
    }
    let serialization = serialization::decode(&config, place.as_ref());
    let library = match told {
        Some(told) => told.library(),
        None => Library::gather(Some(&documents.clients_path)),
    };
    let around = Around { library: &library, servers: config.has("servers") };
    let habits = habits::decode(clients, &around);
    if let Some(own) = own {
        own.finish();
    }
    config.finish();
    let (place, people, habits, watch) = (place?, people?, habits?, watch?);
    let shares: Vec<Share> = workers.iter().map(|worker| worker.share).collect();
    if !workers.is_empty()
        && let Err(why) = deal_users(&people, &habits, seed, &shares)
    {
        diags
            .error(&workers_at, why.to_string())
            .help("raise `maxUsers` or `weight`, or let fewer --users come");
    }
    if diags.has_errors() {
        return None;
    }
    if timing.warmup_is_ramp {
        timing.phases.warmup = people.arrival.last(seed);
    }
    warn_of_ramp(&timing, &people, seed, &documents.config, diags);
    let place = told.map_or(place, |told| Place::Servers(told.pods.clone()));
    Some(Scenario {
        config_path: documents.config_path,
        clients_path: documents.clients_path,
        place,
        people,
        habits,
        timing,
        seed,
        watch,
        prepare,
        serialization,
        monitors,
        service,
        options: options.clone(),
        workers,
        texts: documents.texts,
    })
}

fn deal_users(people: &People, habits: &Habits, seed: Seed, shares: &[Share]) -> Result<Dealt, DealError> {
    let each = u64::from(people.arrival.clients_per_user());
    deal(shares, people.arrival.users(seed), |user| habits.mix.nth(u64::from(user) * each))
}

impl Scenario {
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
fn at_home(config: &Table<'_>, asked: Option<&Place>, prepare: Rc<[Step]>) -> (Vec<Monitored>, Rc<[Step]>) {
    let stands_in = matches!(asked, Some(Place::Servers(_)));
    for key in ["monitors", "prepare"].into_iter().filter(|key| config.has(key)) {
        if key == "monitors" || stands_in {
            let text = format!("`{key}` is not used: this is a rehearsal, on the embedded server");
            config.diags().notice(&config.value_at(key), text);
        }
    }
    (Vec::new(), if stands_in { Rc::new([]) } else { prepare })
}

/// How fast the embedded server is, if it is the target.
fn service(config: &Table<'_>, place: Option<&Place>) -> Option<ServiceModel> {
    let model = config.optional::<ServiceModel>("embedded")?;
    if matches!(place, Some(Place::Embedded)) {
        return Some(model);
    }
    let text = "`embedded` is not used: the run goes to another server (a rehearsal would use it)";
    config.diags().notice(&config.value_at("embedded"), text);
    None
}

fn prepare(config: &Table<'_>) -> Rc<[Step]> {
    let Some(value) = config.value("prepare") else { return Rc::new([]) };
    Vec::<Step>::from_value(value, config.diags()).unwrap_or_default().into()
}

/// A seed that nobody chose. The report prints it, so that the run can be had again.
#[expect(clippy::disallowed_types, reason = "the one place where chance is not seeded: it makes the seed")]
fn fresh_seed() -> Seed {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // Small enough to be typed.
    Seed(RandomState::new().build_hasher().finish() >> 32)
}

fn warn_of_ramp(
    timing: &Timing,
    people: &People,
    seed: Seed,
    config: &crate::config::Value,
    diags: &Diagnostics,
) {
    let last = people.arrival.last(seed);
    if let Some(end) = timing.phases.end()
        && last >= end
    {
        let coming = people.arrival.plan(seed).filter(|arriving| arriving.at < end).count();
        let at = config.get("arrival").map_or(&config.at, |value| &value.at);
        diags
            .warning(
                at,
                format!(
                    "the arrival takes {} s, the run only {} s: {coming} of {} users will come",
                    last.as_secs_f64(),
                    end.as_secs_f64(),
                    people.arrival.users(seed)
                ),
            )
            .help("give a longer --runtime, a shorter interval (`arrivalInterval`), or fewer --users");
    }
}
