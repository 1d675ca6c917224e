//! The mail domain.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::broadcast::BROADCAST;
use super::messages::MESSAGES;
use super::{Around, Blueprint, Decoded, Described, Domain, Entry, Ground, plain};
use crate::calendar::state::KeeperError;
use crate::client::{Profile, Software};
use crate::config::{self, At, Diagnostics, Files, Level};
use crate::label::Label;
use crate::mail::filling::Services;
use crate::mail::params::{PARAMS, Params, TIMEOUT};
use crate::mail::wire::Service;
use crate::mail::{self, SOFTWARE, labels, profiles, protocols};
use crate::population::Use;
use crate::scenario::pods::Pod;
use crate::scenario::preparing::Work;
use crate::simulation::ProfileMix;

pub const DOMAIN: Domain = Domain {
    title: SOFTWARE,
    software: &[config::Entry {
        name: SOFTWARE,
        aliases: &[],
        help: "mail by SMTP, POP3 and IMAP; by itself it does nothing, its profiles do",
        params: PARAMS,
        build: |table| drop(Params::standard().map(|params| params.with(table, &Files::default()))),
    }],
    knows: |_, _| false,
    profiles: || plain(profiles::PROFILES),
    decode_profile: |name, value, diags| {
        let (at, files) = (At::named("class"), Files::default());
        let built = |base: Params| drop(profiles::build(name, &at, Some(value), &base, &files, diags));
        Params::standard().map(built);
    },
    operations: || labels::operations().collect(),
    requests: || labels::requests().collect(),
    words: labels::WORDS,
    protocols: protocols::PROTOCOLS,
    steps: &[MESSAGES, BROADCAST],
    decode,
};

fn decode(entry: &Entry<'_>, around: &Around<'_>, diags: &Diagnostics) -> Option<Decoded> {
    let errors = diags.count(Level::Error);
    let title: String = entry.params.or("title", SOFTWARE.to_owned());
    let params = Params::standard()?.with(entry.params, around.files);
    let build = |habit: &super::Habit<'_>| {
        profiles::build(&habit.class, &habit.class_at, habit.params, &params, around.files, diags)
    };
    let built: Vec<Option<profiles::Built>> = entry.profiles.iter().map(build).collect();
    let built = built.into_iter().collect::<Option<Vec<profiles::Built>>>()?;
    if diags.count(Level::Error) > errors {
        return None;
    }
    let services = built.iter().filter(|built| built.enabled).map(|built| built.service).collect();
    let holds_open = built.iter().any(|built| built.enabled && built.holds_open);
    let blueprint = mail::Blueprint { title: title.into(), params, services, holds_open };
    let mix = usual_mix(&built);
    let no_turns = built.iter().any(|built| built.enabled && built.all_day).then_some(NO_TURNS);
    let described = |built: profiles::Built| Described {
        profile: built.profile,
        enabled: built.enabled,
        title: built.title,
    };
    let profiles = built.into_iter().map(described).collect();
    Some(Decoded { blueprint: Box::new(blueprint), profiles, mix, no_turns })
}

const NO_TURNS: &str = "ImapReader and Sender live through the whole day, which they cannot in turns";

/// How clients use their profiles if nothing is said: in turns, as Mailstone had it, unless some are habits of a whole day.
fn usual_mix(built: &[profiles::Built]) -> &'static str {
    match built.iter().any(|built| built.all_day) {
        true => "together",
        false => "choose",
    }
}

impl Blueprint for mail::Blueprint {
    fn title(&self) -> Rc<str> {
        self.title.clone()
    }

    fn name(&self) -> Rc<str> {
        SOFTWARE.into()
    }

    fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        mail::Blueprint::operations(self, profiles)
    }

    fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        mail::Blueprint::requests(self, profiles)
    }

    fn holds_open(&self) -> bool {
        self.holds_open
    }

    /// In turns each is another user's, as Mailstone had it.
    fn usual_use(&self, mix: &ProfileMix) -> Use {
        match mix {
            ProfileMix::Together => Use::Own,
            ProfileMix::Choose(_) | ProfileMix::Once => Use::Draw,
        }
    }

    fn needs_url(&self) -> bool {
        false
    }

    fn services(&self) -> BTreeSet<&'static str> {
        self.services.clone()
    }

    fn software(&self, pod: &Pod, ground: &Ground<'_>) -> Result<Rc<dyn Software>, KeeperError> {
        Ok(Rc::new(mail::Blueprint::software(self, &pod.services, pod.trust, ground.connector, &ground.post)))
    }
}

/// The services of every server, by the names of the servers.
pub fn services(work: &Work) -> BTreeMap<Rc<str>, Services> {
    let services = |pod: &Pod| Service::all(&pod.services, pod.trust, TIMEOUT, &work.connector);
    work.pods.iter().map(|pod| (pod.name.clone(), services(pod))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_of_a_whole_day_run_side_by_side() {
        let mix = |classes: &[&str]| {
            let (diags, at, params) = (Diagnostics::new(), At::named("class"), Params::standard().unwrap());
            let files = Files::default();
            let build = |class: &&str| profiles::build(class, &at, None, &params, &files, &diags).unwrap();
            usual_mix(&classes.iter().map(build).collect::<Vec<_>>())
        };
        assert_eq!(mix(&["ImapReader", "Sender"]), "together");
        assert_eq!(mix(&["ImapReader", "SMTP"]), "together");
        assert_eq!((mix(&["SMTP", "POP3"]), mix(&[])), ("choose", "choose"));
    }
}
