//! What a manager and its workers decode alike.

use std::rc::Rc;

use super::crowd::{self, People};
use super::documents::Documents;
use super::domains::Around;
use super::habits::{self, Habits};
use super::legacy;
use super::options::Options;
use super::pods::{self, Place};
use super::serialization::{self, Serialization};
use super::services;
use super::timing::{self, Timing};
use crate::calendar::model::Library;
use crate::calendar::wire::labels;
use crate::config::{Diagnostics, Files, Table, Value};
use crate::embedded::service::ServiceModel;
use crate::label::Label;
use crate::population::arrival::Coming;
use crate::population::{Account, Use};
use crate::random::Seed;

/// Decoded, but for the accounts and for what is only the manager's business.
pub struct Common<'a> {
    /// Further keys may be taken from it.
    pub config: Table<'a>,
    /// The servers that the config asks for.
    pub asked: Option<Place>,
    /// Where the run goes: in a rehearsal to the embedded server in any case.
    pub place: Option<Place>,
    timing: Timing,
    seed: Seed,
    service: Option<ServiceModel>,
    coming: Option<Coming>,
    serialization: Option<Serialization>,
    pub habits: Option<Habits>,
    files: Files,
}

/// The part of a scenario that manager and workers have in common.
pub struct Core {
    pub place: Place,
    pub people: People,
    pub habits: Habits,
    pub timing: Timing,
    pub seed: Seed,
    pub service: Option<ServiceModel>,
    pub serialization: Option<Serialization>,
    pub files: Files,
}

impl<'a> Common<'a> {
    pub fn decode(
        documents: &'a Documents,
        library: &Library,
        files: Files,
        options: &Options,
        diags: &'a Diagnostics,
    ) -> Option<Common<'a>> {
        let config = Table::new(&documents.config, diags, "the config")?;
        let timing = timing::decode(&config, options);
        let seed = timing.seed.unwrap_or_else(fresh_seed);
        // In a rehearsal the place is checked all the same, and then not gone to.
        let asked = pods::decode(&config, options);
        let place = asked.clone().map(|place| if options.rehearse { Place::Embedded } else { place });
        legacy::decode(&config);
        let service = service(&config, place.as_ref());
        let serialization = serialization::decode(&config, place.as_ref());

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
        let coming = crowd::arrival(&config, interval, options);
        let around = Around { library, servers: config.has("servers"), files: &files };
        let habits = habits::decode(clients, &around);
        if let Some(own) = own {
            own.finish();
        }
        if let (Some(habits), Some(place)) = (&habits, &place) {
            services::check(&config, habits, place, options.config.is_some());
        }
        let ends = timing.phases.duration.is_some() || habits.as_ref().is_none_or(Habits::all_leave);
        if options.rehearse && !ends {
            timing::without_end(diags);
        }
        Some(Common { config, asked, place, timing, seed, service, coming, serialization, habits, files })
    }

    /// How many users arrive; 0 if that is not known for what is wrong.
    pub fn users(&self) -> u32 {
        self.coming.as_ref().map_or(0, |coming| coming.arrival.users(self.seed))
    }

    /// All of it, with the accounts. What is left in the config is unknown.
    pub fn finish(self, accounts: Option<(Rc<[Rc<Account>]>, Use)>) -> Option<Core> {
        let Common { config, seed, mut timing, .. } = self;
        let people = accounts.zip(self.coming).map(|((accounts, usage), coming)| {
            let Coming { arrival, at_once } = coming;
            People { accounts, usage, arrival, at_once }
        });
        // How many accounts are needed hangs on what the clients are: nothing is said of it while these are wrong.
        if let (Some(people), Some(habits)) = (&people, &self.habits) {
            people.check(&config, seed, habits.programs.each());
        }
        config.finish();
        let people = people?;
        if timing.warmup_is_ramp {
            timing.phases.warmup = people.arrival.last(seed);
        }
        let (place, habits) = (self.place?, self.habits?);
        let (service, serialization, files) = (self.service, self.serialization, self.files);
        Some(Core { place, people, habits, timing, seed, service, serialization, files })
    }
}

/// Decodes the value of the key `embedded`.
pub fn service_model(value: &Value, diags: &Diagnostics) -> Option<ServiceModel> {
    let known: Vec<&str> = labels::all().into_iter().map(Label::as_str).collect();
    ServiceModel::decode(value, &known, diags)
}

/// How fast the embedded server is, if it is the target.
fn service(config: &Table<'_>, place: Option<&Place>) -> Option<ServiceModel> {
    let model = service_model(config.value("embedded")?, config.diags())?;
    if matches!(place, Some(Place::Embedded)) {
        return Some(model);
    }
    let text = "`embedded` is not used: the run goes to another server (a rehearsal would use it)";
    config.diags().notice(&config.value_at("embedded"), text);
    None
}

/// A seed that nobody chose. The report prints it, so that the run can be had again.
#[expect(clippy::disallowed_types, reason = "the one place where chance is not seeded: it makes the seed")]
fn fresh_seed() -> Seed {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // Small enough to be typed.
    Seed(RandomState::new().build_hasher().finish() >> 32)
}
