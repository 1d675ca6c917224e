//! The calendar domain.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::events::EVENTS;
use super::{Around, Blueprint, Decoded, Described, Domain, Entry, Ground, Habit, plain};
use crate::calendar::profiles::{self, Built, Surroundings};
use crate::calendar::state::{Keeper, KeeperError};
use crate::calendar::words::WORDS;
use crate::calendar::{self, CalendarSoftware, labels};
use crate::client::{Profile, Software};
use crate::config::{At, Diagnostics};
use crate::label::Label;
use crate::scenario::pods::Pod;

pub const DOMAIN: Domain = Domain {
    title: "the calendar programs",
    software: &[],
    knows: |software, around| around.library.has(software),
    profiles: || plain(profiles::PROFILES),
    decode_profile: |name, value, diags| {
        let (at, around) = (At::named("class"), Surroundings::default());
        drop(profiles::build(name, &at, Some(value), around, diags));
    },
    operations: labels::operations,
    requests: labels::requests,
    words: WORDS,
    protocols: &[],
    steps: &[EVENTS],
    decode,
};

fn decode(entry: &Entry<'_>, around: &Around<'_>, diags: &Diagnostics) -> Option<Decoded> {
    let decoded =
        calendar::Blueprint::decode(entry.software, entry.software_at, entry.params, around.library);
    let surroundings = Surroundings { servers: around.servers };
    let build =
        |habit: &Habit<'_>| profiles::build(&habit.class, &habit.class_at, habit.params, surroundings, diags);
    let built: Vec<Option<Built>> = entry.profiles.iter().map(build).collect();
    let (mut blueprint, built) = (decoded?, built.into_iter().collect::<Option<Vec<Built>>>()?);
    blueprint.keep_bodies = built.iter().any(|profile| profile.enabled && profile.keeps_bodies);
    let described = |built: Built| {
        let Built { profile, enabled, title, .. } = built;
        Described { profile, enabled, title }
    };
    let profiles = built.into_iter().map(described).collect();
    Some(Decoded { blueprint: Box::new(blueprint), profiles, mix: "together", no_turns: None })
}

impl Blueprint for calendar::Blueprint {
    fn title(&self) -> Rc<str> {
        self.title.clone()
    }

    fn name(&self) -> Rc<str> {
        calendar::Blueprint::name(self).into()
    }

    fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        calendar::Blueprint::operations(self, profiles)
    }

    fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        calendar::Blueprint::requests(self, profiles)
    }

    fn holds_open(&self) -> bool {
        calendar::Blueprint::holds_open(self)
    }

    fn software(&self, pod: &Pod, ground: &Ground<'_>) -> Result<Rc<dyn Software>, KeeperError> {
        let keeper = ground
            .serialization
            .map(|keeping| Keeper::new(&keeping.folder, &pod.target.to_string(), keeping.use_old));
        let program = self.program(place(pod), ground.connector, &ground.hub, keeper.transpose()?);
        Ok(Rc::new(CalendarSoftware::new(Rc::new(program))))
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
