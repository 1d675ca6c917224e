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

/// A variable that is used is set by some profile of the population, as a visitor keeps them; one that a loop goes over with
/// several values.
fn check_variables(built: &[Built], diags: &Diagnostics) {
    let set = || built.iter().flat_map(|built| built.names.sets.iter().map(|name| &**name)).chain(OF_ACCOUNT);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (name, at) in built.iter().flat_map(|built| &built.names.uses) {
        if set().all(|known| *known != **name) && told.insert(name) {
            diags.error(at, format!("nothing sets the variable `{name}`")).help(did_you_mean(name, set()));
        }
    }
    for (name, at) in built.iter().flat_map(|built| &built.names.loops) {
        let has_several = built.iter().any(|built| built.names.lists.contains(name));
        if !has_several && told.insert(name) {
            diags
                .error(
                    at,
                    format!("the variable `{name}` has one value, and nothing that a loop could go over"),
                )
                .help("say `all` = true where it is set from an answer");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{read_bytes, render};

    /// What is said of profiles with these steps.
    fn told(profiles: &[&str]) -> String {
        let diags = Diagnostics::new();
        let build = |steps: &&str| {
            let text = format!(
                "<plist version=\"1.0\"><dict><key>steps</key><array>\n{steps}\n</array></dict></plist>"
            );
            let value = read_bytes("test.plist", text.as_bytes(), &diags)?;
            let (at, base) = (At::named("class"), Params::standard());
            profiles::build("Script", &at, Some(&value), &base, &Files::default(), &diags)
        };
        let built: Vec<Built> = profiles.iter().filter_map(build).collect();
        assert_eq!(built.len(), profiles.len(), "{}", render(&diags));
        check_variables(&built, &diags);
        render(&diags)
    }

    #[test]
    fn a_loop_goes_over_what_has_several_values() {
        let get = "<dict><key>do</key><string>GET</string><key>url</key><string>/</string></dict>";
        let found = |all: &str| {
            format!(
                "{get}<dict><key>do</key><string>set</string><key>name</key><string>all</string>\
                 <key>xpath</key><string>//a</string>{all}</dict>"
            )
        };
        let each = |name: &str| {
            format!(
                "\n<dict><key>do</key><string>foreach</string><key>name</key><string>x</string>\n\
                 <key>in</key><string>{name}</string><key>steps</key><array>{get}</array></dict>"
            )
        };
        let (single, several) = (found(""), found("<key>all</key><true/>"));
        assert_eq!(told(&[&(several.clone() + &each("all"))]), "");
        // A visitor keeps them from profile to profile.
        assert_eq!(told(&[&(get.to_owned() + &each("all")), &several]), "");
        let why = told(&[&(single + &each("all"))]);
        assert!(why.contains("test.plist:4:14") && why.contains("`all` has one value"), "{why}");
        assert!(why.contains("say `all` = true where it is set"), "{why}");
        let why = told(&[&(get.to_owned() + &each("uid"))]);
        assert!(why.contains("`uid` has one value"), "{why}");
        let why = told(&[&(several + &each("al"))]);
        assert!(why.contains("did you mean `all`?") && !why.contains("one value"), "{why}");
    }
}
