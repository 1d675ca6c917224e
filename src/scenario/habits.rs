//! The entries of `clients`: software, profiles, weights (spec 1.5).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::pods::Pod;
use super::serialization::Serialization;
use crate::calendar::model::Library;
use crate::calendar::profiles::{self, Built, Surroundings};
use crate::calendar::state::{Keeper, KeeperError};
use crate::calendar::{self, Blueprint, CalendarSoftware, Hub};
use crate::client::{Profile, Software, StartWith};
use crate::config::{Diagnostics, Kind, Table, Value, read_bytes};
use crate::label::Label;
use crate::population::{Mix, Weight};
use crate::simulation::Population;
use crate::transport::{Connector, Target, Trust};

/// What stands in for an empty array `clients` (spec 1.3).
const DEFAULT: &str = "<plist version=\"1.0\"><array><dict>
  <key>software</key><string>OS_X_10_6</string>
  <key>params</key><dict/>
  <key>profiles</key><array>
    <dict><key>class</key><string>Eventer</string></dict>
    <dict><key>class</key><string>Inviter</string></dict>
    <dict><key>class</key><string>Accepter</string></dict>
  </array>
  <key>weight</key><integer>1</integer>
</dict></array></plist>";

/// What the clients are, and in which proportions they come.
pub struct Habits {
    pub entries: Vec<Habit>,
    pub mix: Mix,
}

/// One entry of `clients`.
pub struct Habit {
    pub title: Rc<str>,
    pub software_name: Rc<str>,
    pub weight: Weight,
    /// What its clients know when they come.
    pub start_with: StartWith,
    blueprint: Blueprint,
    /// The enabled profiles.
    profiles: Vec<Rc<dyn Profile>>,
    /// A name for each of them, which says which variant was chosen.
    pub descriptions: Vec<&'static str>,
    /// The names of those with `enabled` false.
    pub disabled: Vec<&'static str>,
}

/// What the entries depend on beside themselves.
pub struct Around<'a> {
    pub library: &'a Library,
    /// The config has `servers`: the defaults are those of the ancestor's later state.
    pub servers: bool,
}

/// Decodes `clients` of the clients plist, or of the config.
pub fn decode(table: &Table<'_>, around: &Around<'_>) -> Option<Habits> {
    let diags = table.diags();
    let value = table.required_value("clients")?;
    let Some(list) = value.as_array() else { return value.mismatch("an array of clients", diags) };
    let standard = read_bytes("the default client", DEFAULT.as_bytes(), diags)?;
    let list = if list.is_empty() {
        diags.notice(&value.at, "`clients` is empty: OS_X_10_6 with Eventer, Inviter and Accepter stands in");
        standard.as_array()?
    } else {
        list
    };
    let entries: Vec<Option<Habit>> = list.iter().map(|entry| one(entry, around, diags)).collect();
    let entries: Vec<Habit> = entries.into_iter().collect::<Option<_>>()?;
    let weights: Vec<Weight> = entries.iter().map(|entry| entry.weight).collect();
    match Mix::new(&weights) {
        Ok(mix) => Some(Habits { entries, mix }),
        Err(why) => {
            diags.error(&value.at, why.to_string());
            None
        }
    }
}

fn one(value: &Value, around: &Around<'_>, diags: &Diagnostics) -> Option<Habit> {
    let table = Table::new(value, diags, "a client")?;
    let weight = table.or("weight", Weight::default());
    let start_with = table.or("startWith", StartWith::default());
    let software = table.required::<String>("software");
    let at = table.value_at("software");
    let params = table.table("params", "the parameters of the software");
    let blueprint = match (&software, &params) {
        (Some(software), Some(params)) => Blueprint::decode(software, &at, params, around.library),
        _ => None,
    };
    if let Some(params) = params
        && blueprint.is_some()
    {
        params.finish();
    }
    let built = match table.value("profiles") {
        Some(value) => all_profiles(value, around, diags),
        None => Some(Vec::new()),
    };
    table.finish();
    let (mut blueprint, built) = (blueprint?, built?);
    blueprint.keep_bodies = built.iter().any(|profile| profile.enabled && profile.keeps_bodies);
    let (enabled, disabled): (Vec<Built>, Vec<Built>) =
        built.into_iter().partition(|profile| profile.enabled);
    Some(Habit {
        title: blueprint.title.clone(),
        software_name: blueprint.name().into(),
        weight,
        start_with,
        blueprint,
        descriptions: enabled.iter().map(|profile| profile.title).collect(),
        profiles: enabled.into_iter().map(|profile| profile.profile).collect(),
        disabled: disabled.into_iter().map(|profile| profile.title).collect(),
    })
}

fn all_profiles(value: &Value, around: &Around<'_>, diags: &Diagnostics) -> Option<Vec<Built>> {
    let Kind::Array(list) = &value.kind else { return value.mismatch("an array of profiles", diags) };
    let surroundings = Surroundings { servers: around.servers };
    let built: Vec<Option<Built>> = list
        .iter()
        .map(|value| {
            let table = Table::new(value, diags, "a profile")?;
            let class = table.required::<String>("class");
            let (at, params) = (table.value_at("class"), table.value("params"));
            table.finish();
            profiles::build(&class?, &at, params, surroundings, diags)
        })
        .collect();
    built.into_iter().collect()
}

impl Habit {
    /// The labels of the operations that its clients can bring.
    pub fn operations(&self) -> BTreeSet<Label> {
        self.blueprint.operations(&self.profiles)
    }

    /// The labels of their requests.
    pub fn requests(&self) -> BTreeSet<Label> {
        self.blueprint.requests(&self.profiles)
    }

    /// Whether each of its clients holds a connection open for good.
    pub fn holds_open(&self) -> bool {
        self.blueprint.holds_open()
    }
}

impl Habits {
    /// Whether some clients learn before the run what they know from yesterday.
    pub fn learn(&self) -> bool {
        self.entries.iter().any(|entry| entry.start_with != StartWith::Cold && entry.weight.get() > 0.0)
    }

    /// The populations, with software that speaks to each of these pods.
    ///
    /// # Errors
    /// What clients know cannot be kept where `serialization` says.
    pub fn populations(
        &self,
        pods: &[Pod],
        connector: &Rc<Connector>,
        serialization: Option<&Serialization>,
    ) -> Result<Vec<Population>, KeeperError> {
        let hub = Rc::new(Hub::default());
        let software = |entry: &Habit, pod: &Pod| -> Result<Rc<dyn Software>, KeeperError> {
            let keeper = serialization
                .map(|keeping| Keeper::new(&keeping.folder, &pod.target.to_string(), keeping.use_old));
            let program = entry.blueprint.program(place(pod), connector, &hub, keeper.transpose()?);
            Ok(Rc::new(CalendarSoftware::new(Rc::new(program))))
        };
        let one = |entry: &Habit| {
            let all = pods.iter().map(|pod| Ok((pod.name.clone(), software(entry, pod)?)));
            let all: BTreeMap<_, _> = all.collect::<Result<_, KeeperError>>()?;
            let (title, name) = (entry.title.clone(), entry.software_name.clone());
            let mut population = Population::new(title, name, all, entry.profiles.clone());
            population.start_with = entry.start_with;
            Ok(population)
        };
        self.entries.iter().map(one).collect()
    }

    /// The populations as they would be, for a description.
    pub fn outline(&self) -> Vec<Population> {
        let connector = Rc::new(Connector::network(std::time::Duration::from_secs(1)));
        let nowhere = Pod {
            name: "".into(),
            target: Target { tls: false, host: "localhost".into(), port: 9 },
            trust: Trust::Verify,
            principal_path_template: String::new(),
            amp_hosts: Vec::new(),
            monitors: Vec::new(),
        };
        // Without a folder there is nothing that can fail.
        self.populations(&[nowhere], &connector, None).unwrap_or_default()
    }
}

/// A pod as the calendar domain knows it.
pub fn place(pod: &Pod) -> calendar::Place {
    calendar::Place {
        name: pod.name.clone(),
        target: pod.target.clone(),
        trust: pod.trust,
        principal_path: pod.principal_path_template.as_str().into(),
        amp: pod.amp_hosts.clone(),
    }
}
