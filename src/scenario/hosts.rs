//! `hosts` of a profile: which workers bring the users who live it (mail-web-chat-network, A1 row 17).

use std::rc::Rc;

use super::habits::{Habit, Habits};
use super::workers::WorkerPlan;
use crate::client::Profile;
use crate::config::{At, Diagnostics, FromValue, Value, did_you_mean};
use crate::simulation::ProfileMix;

/// The names of workers whose users live a profile; none: all do.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<Host>);

/// A name, and where it stands.
#[derive(Clone, Debug)]
struct Host {
    name: String,
    at: At,
}

impl Hosts {
    /// Whether users of this worker live the profile. Without workers the one process there is takes everything.
    pub fn take(&self, worker: Option<&str>) -> bool {
        worker.is_none_or(|worker| self.0.is_empty() || self.0.iter().any(|host| host.name == worker))
    }

    /// Whether some workers are left out.
    pub fn are_named(&self) -> bool {
        !self.0.is_empty()
    }

    /// The names as they are read.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|host| host.name.as_str()).collect()
    }
}

impl FromValue for Hosts {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Hosts> {
        let Some(list) = value.as_array() else {
            return value.mismatch("an array of names of workers", diags);
        };
        if list.is_empty() {
            let note = diags.error(&value.at, "`hosts` names no worker, so that nobody lives this profile");
            note.help(
                "leave `hosts` out: then users of all workers do; or say `enabled` = false in `params`",
            );
            return None;
        }
        let one =
            |value: &Value| Some(Host { name: String::from_value(value, diags)?, at: value.at.clone() });
        let hosts: Vec<Option<Host>> = list.iter().map(one).collect();
        hosts.into_iter().collect::<Option<_>>().map(Hosts)
    }
}

/// Tells of names that no worker has, and reports an error where a worker's users would have nothing to do.
pub fn check(habits: &Habits, workers: &[WorkerPlan], diags: &Diagnostics) {
    let named = || habits.entries.iter().flat_map(|entry| entry.hosts.iter()).flat_map(|hosts| &hosts.0);
    let Some(first) = named().next() else { return };
    if workers.is_empty() {
        diags.notice(
            &first.at,
            "there are no workers here: this process lives all profiles, whatever their `hosts`",
        );
        return;
    }
    let names: Vec<&str> = workers.iter().map(|worker| worker.name.as_str()).collect();
    for host in named().filter(|host| !names.contains(&host.name.as_str())) {
        let note = diags.warning(&host.at, format!("no worker is called `{}`", host.name));
        note.help(did_you_mean(&host.name, names.iter().copied()));
    }
    for entry in habits.coming() {
        for name in names.iter().filter(|name| entry.is_idle_at(name)) {
            let message = format!("users of the worker `{name}` have no profile of {}", entry.title);
            diags.error(&entry.at, message).help(format!(
                "name `{name}` in `hosts` of a profile, leave `hosts` out of one, or take the worker out of `workers`; \
                 with --workers 0 one process lives all profiles"
            ));
        }
    }
}

/// Which profiles nobody lives, as no worker is called as their `hosts` say: a sentence each.
pub fn unlived(habits: &Habits, workers: &[WorkerPlan]) -> Vec<String> {
    let taken = |hosts: &Hosts| workers.is_empty() || workers.iter().any(|one| hosts.take(Some(&one.name)));
    let of_entry = |entry: &Habit| {
        let listed = entry.descriptions.iter().zip(&entry.hosts).filter(|(_, hosts)| !taken(hosts));
        let told = listed.map(|(profile, hosts)| {
            let names: Vec<String> = hosts.names().iter().map(|name| format!("`{name}`")).collect();
            format!(
                "nobody lived the profile {profile} of {}: its `hosts` name {}, and no worker is called so",
                entry.title,
                names.join(", ")
            )
        });
        told.collect::<Vec<_>>()
    };
    habits.coming().flat_map(of_entry).collect()
}

impl Habit {
    /// The profiles that users of this worker live, and how. Weights, and so draws, are those of the whole list.
    pub fn lived(&self, worker: Option<&str>) -> (Vec<Rc<dyn Profile>>, ProfileMix) {
        let whole = || self.profiles.iter().zip(&self.hosts);
        match &self.mix {
            ProfileMix::Choose(weights) => {
                let weight = |(weight, hosts): (&f64, &Hosts)| if hosts.take(worker) { *weight } else { 0.0 };
                let weights = weights.iter().zip(&self.hosts).map(weight).collect();
                (self.profiles.clone(), ProfileMix::Choose(weights))
            }
            mix => {
                let here = whole().filter(|(_, hosts)| hosts.take(worker));
                (here.map(|(profile, _)| profile.clone()).collect(), mix.clone())
            }
        }
    }

    /// Whether users of this worker have nothing to do, while others have.
    fn is_idle_at(&self, worker: &str) -> bool {
        let nothing = match self.lived(Some(worker)) {
            (_, ProfileMix::Choose(weights)) => weights.iter().sum::<f64>() <= 0.0,
            (profiles, _) => profiles.is_empty(),
        };
        nothing && !self.profiles.is_empty()
    }

    /// Whether some profile is only for some workers.
    pub fn has_hosts(&self) -> bool {
        self.hosts.iter().any(Hosts::are_named)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::render;
    use crate::scenario::{Documents, Options, Scenario, resolve_documents};
    use crate::simulation::{Forecast, Plan};

    /// Four users, two workers, and a population with two habits that ask different things of the server.
    fn scenario(workers: &str, mix: &str, first: &str, second: &str) -> (Option<Scenario>, String) {
        let hosts = |names: &str| match names {
            "" => String::new(),
            names => {
                let names = names.split(['<', '>']).filter(|name| !name.is_empty());
                let names: String = names.map(|name| format!("<string>{name}</string>")).collect();
                format!("<key>hosts</key><array>{names}</array>")
            }
        };
        let text = format!(
            "<plist><dict><key>server</key><string>http://127.0.0.1:8008</string>
             <key>workers</key><array>{workers}</array>
             <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
               <key>count</key><integer>4</integer></dict></dict>
             <key>run</key><dict><key>seed</key><integer>7</integer></dict>
             <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
               <key>count</key><integer>4</integer></dict></dict>
             <key>clients</key><array><dict><key>software</key><string>OS_X_10_7</string>
               <key>mix</key><string>{mix}</string><key>profiles</key><array>
               <dict><key>class</key><string>TimeRanger</string>{}</dict>
               <dict><key>class</key><string>DeepRefresher</string>{}</dict></array></dict></array></dict></plist>",
            hosts(first),
            hosts(second)
        );
        let diags = Diagnostics::new();
        let documents = Documents::of_test(&text, &diags);
        let scenario = resolve_documents(documents, &Options::default(), &diags);
        (scenario, render(&diags))
    }

    const TWO: &str =
        "<dict><key>name</key><string>a</string></dict><dict><key>name</key><string>bb</string></dict>";

    /// What is planned for the users of each worker, and the hash of it all.
    fn planned(scenario: &Scenario) -> (Vec<(usize, &'static str)>, Plan) {
        let dealt =
            scenario.deal(&scenario.workers.iter().map(|worker| worker.share).collect::<Vec<_>>()).unwrap();
        let populations = scenario.outline();
        let mut forecast = scenario.forecast(&populations);
        let mut planned = Vec::new();
        while let Some(one) = forecast.next_before(Duration::from_secs(120)) {
            if one.label == "query" || one.label == "refresh" {
                planned.push((dealt.worker(one.who.user).unwrap(), one.label));
            }
        }
        (planned, forecast.hash())
    }

    #[test]
    fn users_live_the_profiles_of_their_worker() {
        for mix in ["choose", "together", "once"] {
            let (scenario, said) = scenario(TWO, mix, "<a>", "<bb><bb>");
            let scenario = scenario.unwrap_or_else(|| panic!("{said}"));
            let (planned, hash) = planned(&scenario);
            for (worker, label) in [(0, "query"), (1, "refresh")] {
                assert!(planned.contains(&(worker, label)), "{mix} {worker}");
            }
            assert!(!planned.contains(&(0, "refresh")) && !planned.contains(&(1, "query")), "{mix}");
            // What the workers do is what was foretold.
            let mut done = Plan::default();
            let shares: Vec<_> = scenario.workers.iter().map(|worker| worker.share).collect();
            let dealt = scenario.deal(&shares).unwrap();
            for (index, worker) in scenario.workers.iter().enumerate() {
                let (populations, dealt) = (scenario.habits.outline(Some(&worker.name)), dealt.clone());
                let crowd = scenario.crowd(move |user| dealt.worker(user) == Some(index));
                let accounts = scenario.people.accounts.clone();
                let mut forecast = Forecast::new(scenario.seed, accounts, &populations, crowd);
                while forecast.next_before(Duration::from_secs(120)).is_some() {}
                done.merge(forecast.hash());
            }
            assert_eq!(done, hash, "{mix}");
        }
    }

    #[test]
    fn profiles_that_nobody_lives_are_told() {
        let told = |workers: &str, first: &str| {
            let scenario = scenario(workers, "together", first, "").0.unwrap();
            unlived(&scenario.habits, &scenario.workers)
        };
        let [why] = &told(TWO, "<x><y>")[..] else { panic!("one profile") };
        assert!(why.contains("TimeRanger") && why.contains("name `x`, `y`, and no worker"), "{why}");
        assert_eq!((told(TWO, "<x><a>"), told(TWO, ""), told("", "<x>")), Default::default());
    }

    #[test]
    fn names_without_a_worker_and_workers_without_a_profile_are_told() {
        let (there, said) = scenario(TWO, "choose", "<a><ba>", "");
        assert!(
            there.is_some() && said.contains("no worker is called `ba`") && said.contains("did you mean"),
            "{said}"
        );
        let (there, said) = scenario(TWO, "together", "<a>", "<a>");
        assert!(there.is_none() && said.contains("users of the worker `bb` have no profile"), "{said}");
        let (there, said) = scenario("", "choose", "<a>", "<x>");
        assert!(there.is_some() && said.contains("there are no workers here"), "{said}");
        let (there, said) = scenario(TWO, "choose", "", "");
        assert!(there.is_some() && said.matches("worker").count() == 0, "{said}");
    }
}
