//! The web domain.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Around, Blueprint, Decoded, Described, Domain, Entry, Ground, plain};
use crate::calendar::state::KeeperError;
use crate::client::{Profile, Software};
use crate::config::{self, At, Diagnostics, Files, Level, did_you_mean};
use crate::label::Label;
use crate::population::Use;
use crate::scenario::pods::Pod;
use crate::simulation::ProfileMix;
use crate::web::params::{PARAMS, Params};
use crate::web::profiles::{self, Built};
use crate::web::{self, OF_ACCOUNT, SOFTWARE, labels};

pub const DOMAIN: Domain = Domain {
    title: SOFTWARE,
    software: &[config::Entry {
        name: SOFTWARE,
        aliases: &[],
        help: "visitors of web sites and callers of web services; by itself it does nothing, its profiles do",
        params: PARAMS,
        build: |table| drop(Params::standard().with(table)),
    }],
    knows: |_, _| false,
    profiles: || plain(profiles::PROFILES),
    decode_profile: |name, value, diags| {
        let (at, base, files) = (At::named("class"), Params::standard(), Files::default());
        drop(profiles::build(name, &at, Some(value), &base, &files, diags));
    },
    operations: || labels::OPERATIONS.into(),
    // The others are in the scripts.
    requests: || [labels::REDIRECT, labels::EMBEDDED].into(),
    words: labels::WORDS,
    protocols: &[],
    steps: &[],
    decode,
};

fn decode(entry: &Entry<'_>, around: &Around<'_>, diags: &Diagnostics) -> Option<Decoded> {
    let errors = diags.count(Level::Error);
    let title: String = entry.params.or("title", SOFTWARE.to_owned());
    let params = Params::standard().with(entry.params);
    let build = |habit: &super::Habit<'_>| {
        profiles::build(&habit.class, &habit.class_at, habit.params, &params, around.files, diags)
    };
    let built: Vec<Option<Built>> = entry.profiles.iter().map(build).collect();
    let built = built.into_iter().collect::<Option<Vec<Built>>>()?;
    check_variables(&built, diags);
    if diags.count(Level::Error) > errors {
        return None;
    }
    let described =
        |built: Built| Described { profile: built.profile, enabled: built.enabled, title: built.title };
    let profiles = built.into_iter().map(described).collect();
    let blueprint = Box::new(web::Blueprint { title: title.into() });
    // As IDX-Tsunami has it: a visitor comes, does the steps and leaves.
    Some(Decoded { blueprint, profiles, mix: "once", no_turns: None })
}

/// A variable that is used is set by some profile of the population, as a visitor keeps them.
fn check_variables(built: &[Built], diags: &Diagnostics) {
    let set = || built.iter().flat_map(|built| built.sets.iter().map(|name| &**name)).chain(OF_ACCOUNT);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (name, at) in built.iter().flat_map(|built| &built.uses) {
        if set().all(|known| *known != **name) && told.insert(name) {
            diags.error(at, format!("nothing sets the variable `{name}`")).help(did_you_mean(name, set()));
        }
    }
}

impl Blueprint for web::Blueprint {
    fn title(&self) -> Rc<str> {
        self.title.clone()
    }

    fn name(&self) -> Rc<str> {
        SOFTWARE.into()
    }

    fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        web::Blueprint::operations(self, profiles)
    }

    fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        web::Blueprint::requests(self, profiles)
    }

    /// Few visitors log in, and many come.
    fn usual_use(&self, _: &ProfileMix) -> Use {
        Use::Reuse
    }

    // Connections that are idle give way to others.
    fn holds_open(&self) -> bool {
        false
    }

    fn wants_pages(&self) -> bool {
        true
    }

    fn software(&self, pod: &Pod, ground: &Ground<'_>) -> Result<Rc<dyn Software>, KeeperError> {
        Ok(Rc::new(web::Blueprint::software(self, &pod.target, pod.trust, ground.connector)))
    }
}
