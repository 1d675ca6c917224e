//! The entries of `clients`: software, profiles, weights (spec 1.5).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::domains::{self, Around, Blueprint, Described, Domain, Ground};
use super::hosts::Hosts;
use super::pods::Pod;
use super::popularity;
use super::serialization::Serialization;
use crate::calendar::state::KeeperError;
use crate::client::{Profile, StartWith};
use crate::config::{At, Diagnostics, Kind, Table, Value, read_bytes};
use crate::label::Label;
use crate::population::{Programs, Use, Weight};
use crate::report::Protocol;
use crate::simulation::{Population, ProfileMix};
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
    /// The populations: one for each program of each sort of people.
    pub entries: Vec<Habit>,
    /// Which client belongs to which of them.
    pub programs: Programs,
}

/// A population: an entry of `clients`, or one of the programs of an entry.
pub struct Habit {
    pub title: Rc<str>,
    pub software_name: Rc<str>,
    /// Where it stands.
    pub at: At,
    pub weight: Weight,
    /// What its clients know when they come.
    pub start_with: StartWith,
    /// How they use their profiles.
    pub mix: ProfileMix,
    blueprint: Box<dyn Blueprint>,
    /// The enabled profiles.
    pub(super) profiles: Vec<Rc<dyn Profile>>,
    /// Whose users live each of them.
    pub hosts: Vec<Hosts>,
    /// A name for each of them, which says which variant was chosen.
    pub descriptions: Vec<&'static str>,
    /// The names of those with `enabled` false.
    pub disabled: Vec<&'static str>,
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
    popularity::check(list, diags);
    let people: Vec<Option<Vec<Habit>>> = list.iter().map(|entry| person(entry, around, diags)).collect();
    let people: Vec<Vec<Habit>> = people.into_iter().collect::<Option<_>>()?;
    let counts: Vec<(Weight, usize)> = people
        .iter()
        .map(|programs| (programs.first().map_or(Weight::NOTHING, |one| one.weight), programs.len()))
        .collect();
    match Programs::new(&counts) {
        Ok(programs) => Some(Habits { entries: people.into_iter().flatten().collect(), programs }),
        Err(why) => {
            diags.error(&value.at, why.to_string());
            None
        }
    }
}

/// The programs of an entry: the one that it describes itself, or those of a person who has several.
fn person(value: &Value, around: &Around<'_>, diags: &Diagnostics) -> Option<Vec<Habit>> {
    let table = Table::new(value, diags, "a client")?;
    let weight = popularity::weight(&table);
    let Some(programs) = table.value("programs") else {
        return Some(vec![one(table, value, weight, around)?]);
    };
    table.finish();
    let list = match programs.as_array() {
        Some(list) if !list.is_empty() => list,
        Some(_) => {
            diags.error(&programs.at, "a person has at least one program");
            return None;
        }
        None => return programs.mismatch("an array of programs", diags),
    };
    let decode = |value: &Value| one(Table::new(value, diags, "a program")?, value, weight, around);
    let all: Vec<Option<Habit>> = list.iter().map(decode).collect();
    all.into_iter().collect()
}

/// One program; all keys that its table has are its own.
fn one(table: Table<'_>, value: &Value, weight: Weight, around: &Around<'_>) -> Option<Habit> {
    let diags = table.diags();
    let start_with = table.or("startWith", StartWith::default());
    let mix = table.value("mix");
    let software = table.required::<String>("software");
    let at = table.value_at("software");
    let params = table.table("params", "the parameters of the software");
    let profiles = match table.value("profiles") {
        Some(value) => all_profiles(value, diags),
        None => Vec::new(),
    };
    table.finish();
    let (software, params) = (software?, params?);
    let whole = profiles.iter().all(Option::is_some);
    let (profiles, listed): (Vec<domains::Habit<'_>>, Vec<Listed>) = profiles.into_iter().flatten().unzip();
    let entry =
        domains::Entry { software: &software, software_at: &at, params: &params, profiles: &profiles };
    let domain = match Domain::of(&software, around) {
        Ok(domain) => domain,
        Err(meant) => {
            diags
                .error(&at, format!("there is no client program `{software}`"))
                .help(format!("did you mean `{meant}`?"));
            return None;
        }
    };
    let decoded = (domain.decode)(&entry, around, diags);
    if decoded.is_some() {
        params.finish();
    }
    let domains::Decoded { blueprint, profiles: described, mix: default_mix, no_turns } =
        decoded.filter(|_| whole)?;
    if let (Some(message), Some(mix)) = (no_turns, mix.filter(|mix| mix.as_str() != Some("together"))) {
        diags
            .error(&mix.at, message)
            .help("say `mix` = `together`, and put the others into a population of their own");
    }
    let (enabled, disabled): (Vec<_>, Vec<_>) =
        described.into_iter().zip(listed).partition(|(profile, _)| profile.enabled);
    let mix = mix_of(mix, default_mix, &enabled, (&value.at, diags))?;
    Some(Habit {
        title: blueprint.title(),
        software_name: blueprint.name(),
        at: value.at.clone(),
        weight,
        start_with,
        mix,
        blueprint,
        descriptions: enabled.iter().map(|(profile, _)| profile.title).collect(),
        hosts: enabled.iter().map(|(_, listed)| listed.hosts.clone()).collect(),
        profiles: enabled.into_iter().map(|(profile, _)| profile.profile).collect(),
        disabled: disabled.into_iter().map(|(profile, _)| profile.title).collect(),
    })
}

/// How the clients use their profiles: as `mix` says, or as the domain does.
fn mix_of(
    value: Option<&Value>,
    default: &str,
    enabled: &[(Described, Listed)],
    (at, diags): (&At, &Diagnostics),
) -> Option<ProfileMix> {
    let weights: Vec<f64> = enabled.iter().map(|(_, listed)| listed.weight.get()).collect();
    let word = match value {
        Some(value) => value.word("mix", &ProfileMix::WORDS.map(|word| (word, word)), diags)?,
        None => default,
    };
    match word {
        "choose" if weights.iter().sum::<f64>() <= 0.0 => {
            let at = value.map_or(at, |value| &value.at);
            diags.error(at, "there is no profile to choose: none is enabled with a weight above 0");
            None
        }
        "choose" => Some(ProfileMix::Choose(weights)),
        "once" => Some(ProfileMix::Once),
        _ => Some(ProfileMix::Together),
    }
}

/// What an entry of `profiles` says that is no business of a domain.
struct Listed {
    weight: Weight,
    hosts: Hosts,
}

/// Every profile; None: what it is cannot be told.
fn all_profiles<'a>(value: &'a Value, diags: &'a Diagnostics) -> Vec<Option<(domains::Habit<'a>, Listed)>> {
    let Kind::Array(list) = &value.kind else {
        return vec![value.mismatch("an array of profiles", diags)];
    };
    list.iter()
        .map(|value| {
            let table = Table::new(value, diags, "a profile")?;
            let class = table.required::<String>("class");
            let (class_at, params) = (table.value_at("class"), table.value("params"));
            let listed = Listed {
                weight: table.or("weight", Weight::default()),
                hosts: table.or("hosts", Hosts::default()),
            };
            table.finish();
            Some((domains::Habit { class: class?, class_at, params }, listed))
        })
        .collect()
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

    /// Whether they need the URL of a server.
    pub fn needs_url(&self) -> bool {
        self.blueprint.needs_url()
    }

    /// The services beside HTTP that they need of every server.
    pub fn services(&self) -> BTreeSet<&'static str> {
        self.blueprint.services()
    }

    /// Whether each of its clients holds a connection open for good.
    pub fn holds_open(&self) -> bool {
        self.blueprint.holds_open()
    }
}

impl Habits {
    /// The populations of which somebody comes: those with a weight above 0.
    pub fn coming(&self) -> impl Iterator<Item = &Habit> {
        self.entries.iter().filter(|entry| entry.weight.get() > 0.0)
    }

    /// Whether some who come look at pages.
    pub fn want_pages(&self) -> bool {
        self.coming().any(|entry| entry.blueprint.wants_pages())
    }

    /// The protocols that clients of these entries speak, beside HTTP: those of which they bring a step.
    pub fn protocols(&self) -> Vec<&'static Protocol> {
        let labels: BTreeSet<Label> = self.coming().flat_map(Habit::requests).collect();
        let all = domains::DOMAINS.iter().flat_map(|domain| domain.protocols);
        all.filter(|protocol| labels.iter().any(|label| protocol.has(*label))).collect()
    }

    /// The operations that last as long as somebody thinks.
    pub fn thoughtful(&self) -> BTreeSet<Label> {
        let profiles = self.coming().flat_map(|entry| &entry.profiles);
        profiles.flat_map(|profile| profile.thoughtful()).collect()
    }

    /// Which user gets which account where the config does not say: as all clients who come have it, or else each its own.
    pub fn usual_use(&self) -> Use {
        let mut uses = self.coming().map(|entry| entry.blueprint.usual_use(&entry.mix));
        let first = uses.next().unwrap_or(Use::Own);
        if uses.all(|other| other == first) { first } else { Use::Own }
    }

    /// Whether all clients leave once they have done what they came for.
    pub fn all_leave(&self) -> bool {
        self.coming().all(|entry| entry.mix == ProfileMix::Once)
    }

    /// Whether some clients learn before the run what they know from yesterday.
    pub fn learn(&self) -> bool {
        self.coming().any(|entry| entry.start_with != StartWith::Cold)
    }

    /// The populations of a worker, or of a process without workers, with software that speaks to each of these pods.
    ///
    /// # Errors
    /// What clients know cannot be kept where `serialization` says.
    pub fn populations(
        &self,
        pods: &[Pod],
        connector: &Rc<Connector>,
        serialization: Option<&Serialization>,
        worker: Option<&str>,
    ) -> Result<Vec<Population>, KeeperError> {
        let ground = Ground { connector, hub: Rc::default(), post: Rc::default(), serialization };
        let one = |entry: &Habit| {
            let software = |pod: &Pod| Ok((pod.name.clone(), entry.blueprint.software(pod, &ground)?));
            let all = pods.iter().map(software);
            let all: BTreeMap<_, _> = all.collect::<Result<_, KeeperError>>()?;
            let (title, name) = (entry.title.clone(), entry.software_name.clone());
            let (profiles, mix) = entry.lived(worker);
            let mut population = Population::new(title, name, all, profiles).mixed(&mix);
            population.start_with = entry.start_with;
            Ok(population)
        };
        self.entries.iter().map(one).collect()
    }

    /// The populations of a worker, or without workers, as they would be, for a description.
    pub fn outline(&self, worker: Option<&str>) -> Vec<Population> {
        let connector = Rc::new(Connector::network(std::time::Duration::from_secs(1)));
        let nowhere = Pod {
            name: "".into(),
            target: Target { tls: false, host: "localhost".into(), port: 9 },
            trust: Trust::Verify,
            principal_path_template: String::new(),
            services: Default::default(),
            amp_hosts: Vec::new(),
            monitors: Vec::new(),
        };
        // Without a folder there is nothing that can fail.
        self.populations(&[nowhere], &connector, None, worker).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Diagnostics, render};
    use crate::population::Use;
    use crate::scenario::{Options, Scenario, describe, resolve};

    /// The scenario of a config and clients, and what is said about them.
    fn resolved(config: &str, clients: &str) -> (Scenario, String) {
        let (config, clients) = (Some(config.into()), Some(clients.into()));
        let diags = Diagnostics::new();
        let scenario = resolve(&Options { config, clients, ..Options::default() }, &diags);
        let said = render(&diags);
        (scenario.unwrap_or_else(|| panic!("{said}")), said)
    }

    #[test]
    fn who_takes_turns_draws_an_account_for_each_unless_something_is_said() {
        let usage = |config: &str, clients: &str| resolved(config, clients).0.people.usage;
        assert_eq!(usage("config/mail.plist", "clients/mail.plist"), Use::Draw);
        assert_eq!(usage("config/mail.plist", "clients/mail-office.plist"), Use::Own);
        assert_eq!(usage("config/config.plist", "clients/demo.plist"), Use::Own);
        let check = |clients: &str| describe(&resolved("config/mail.plist", clients).0);
        assert!(check("clients/mail.plist").contains("accounts  50 (draw, the default of clients in turns)"));
        assert!(check("clients/mail-office.plist").contains("accounts  50 (own)"));

        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.plist").display().to_string();
        let says = |word: &str| {
            let text = std::fs::read_to_string("config/mail.plist").unwrap();
            let with = format!("<key>use</key><string>{word}</string><key>loader</key>");
            std::fs::write(&config, text.replace("<key>loader</key>", &with)).unwrap();
        };
        says("own");
        assert_eq!(usage(&config, "clients/mail.plist"), Use::Own);
        says("draw");
        let (scenario, said) = resolved(&config, "clients/mail-office.plist");
        assert_eq!(scenario.people.usage, Use::Draw);
        assert!(
            said.contains("clients of desk, phone have no turns") && said.contains("`use` = `own`"),
            "{said}"
        );
        let (_, said) = resolved(&config, "clients/mail.plist");
        assert!(!said.contains("have no turns"), "{said}");
    }

    #[test]
    fn protocols_are_those_that_clients_bring_steps_of() {
        let names = |config: &str, clients: &str| {
            let protocols = resolved(config, clients).0.habits.protocols();
            protocols.iter().map(|protocol| protocol.name).collect::<Vec<_>>()
        };
        assert_eq!(names("config/mail.plist", "clients/mail.plist"), ["SMTP", "POP3", "IMAP4"]);
        assert_eq!(names("config/mail.plist", "tests/servers/mixes/senders.plist"), ["SMTP"]);
        assert_eq!(names("config/config.plist", "clients/demo.plist"), [""; 0]);
    }
}
