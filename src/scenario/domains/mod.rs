//! The domains: each makes the clients of its own software.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | [`Domain`], [`Blueprint`], and [`DOMAINS`]: the registry |
//! | `calendar.rs` | the calendar domain |
//! | `events.rs` | its step `events` of `prepare` |
//! | `mail.rs` | the mail domain |
//! | `messages.rs`, `broadcast.rs` | its steps `messages` and `broadcast` |
//! | `web.rs` | the web domain |

mod broadcast;
mod calendar;
mod events;
mod mail;
mod messages;
mod web;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::pods::Pod;
use super::prepare::StepKind;
use super::serialization::Serialization;
use crate::calendar::Hub;
use crate::calendar::model::Library;
use crate::calendar::state::KeeperError;
use crate::client::{Profile, Software};
use crate::config::{self, At, Diagnostics, Files, Table, Value, is_named, nearest};
use crate::label::Label;
use crate::mail::post::Post;
use crate::population::Use;
use crate::report::Protocol;
use crate::simulation::ProfileMix;
use crate::transport::Connector;

use calendar::place;

/// A domain as the scenario knows it.
pub struct Domain {
    /// What its software is called together.
    pub title: &'static str,
    /// Its software with names, help and parameters, but for that which lies in folders. Its constructor decodes the parameters,
    /// to say what is wrong with them.
    pub software: &'static [config::Entry<fn(&Table<'_>)>],
    /// Whether there is a folder of this name in which software of its kind lies.
    pub knows: fn(&str, &Around<'_>) -> bool,
    /// Its profiles, and what decodes one by its name, to say what is wrong with its parameters.
    pub profiles: fn() -> Vec<config::Entry<()>>,
    pub decode_profile: fn(&str, &Value, &Diagnostics),
    /// The labels that its clients can bring: of operations, and of requests.
    pub operations: fn() -> BTreeSet<Label>,
    pub requests: fn() -> BTreeSet<Label>,
    /// What a person calls these operations.
    pub words: &'static [(Label, &'static str)],
    /// The protocols beside HTTP that they speak, as reports show them.
    pub protocols: &'static [Protocol],
    /// The kinds of steps of `prepare` that it brings.
    pub steps: &'static [StepKind],
    /// Makes what an entry of `clients` describes; what is wrong with it goes to the diagnostics.
    pub decode: fn(&Entry<'_>, &Around<'_>, &Diagnostics) -> Option<Decoded>,
}

/// All domains. The first one gets what nobody knows, and says so: a client program of one's own is a folder there.
pub static DOMAINS: &[Domain] = &[calendar::DOMAIN, mail::DOMAIN, web::DOMAIN];

/// The profiles of a registry.
fn plain<B>(profiles: &[config::Entry<B>]) -> Vec<config::Entry<()>> {
    profiles.iter().map(config::Entry::plain).collect()
}

impl Domain {
    /// The domain of this software. Err: it is a misspelt name of a domain's; says which may be meant.
    pub fn of(software: &str, around: &Around<'_>) -> Result<&'static Domain, &'static str> {
        let named = |domain: &&Domain| domain.software.iter().any(|entry| is_named(software, entry.name));
        let found = DOMAINS.iter().find(named);
        if let Some(found) = found.or_else(|| DOMAINS.iter().find(|domain| (domain.knows)(software, around)))
        {
            return Ok(found);
        }
        let names = DOMAINS.iter().flat_map(|domain| domain.software).map(|entry| entry.name);
        nearest(software, names).map_or(Ok(&DOMAINS[0]), Err)
    }
}

/// What a person calls the operations of all domains.
pub fn words() -> BTreeMap<Label, &'static str> {
    DOMAINS.iter().flat_map(|domain| domain.words).copied().collect()
}

/// What the entries depend on beside themselves.
pub struct Around<'a> {
    pub library: &'a Library,
    /// The config has `servers`: the defaults are those of the ancestor's later state.
    pub servers: bool,
    /// The files that entries name.
    pub files: &'a Files,
}

/// What an entry of `clients` says of its software.
pub struct Entry<'a> {
    pub software: &'a str,
    pub software_at: &'a At,
    /// The parameters of the software; the domain takes all keys that it knows.
    pub params: &'a Table<'a>,
    pub profiles: &'a [Habit<'a>],
}

/// What it says of a profile.
pub struct Habit<'a> {
    pub class: String,
    pub class_at: At,
    pub params: Option<&'a Value>,
}

/// Software and profiles as an entry describes them.
pub struct Decoded {
    pub blueprint: Box<dyn Blueprint>,
    /// In the order of the entry.
    pub profiles: Vec<Described>,
    /// How clients use their profiles if nothing is said: one of [`crate::simulation::ProfileMix::WORDS`].
    pub mix: &'static str,
    /// Why clients cannot use these profiles in turns, as a sentence; None: they can.
    pub no_turns: Option<&'static str>,
}

/// A profile as its parameters describe it.
pub struct Described {
    pub profile: Rc<dyn Profile>,
    /// Whether it is lived; one that is not is checked only.
    pub enabled: bool,
    /// The name for `populace check`, which also tells the variant where there are several.
    pub title: &'static str,
}

/// Client software with its parameters, before it knows a server.
pub trait Blueprint {
    /// The title of its clients in reports.
    fn title(&self) -> Rc<str>;

    /// The registered name, as `OS_X_10_7`.
    fn name(&self) -> Rc<str>;

    /// The labels of the operations of its clients, who live these profiles.
    fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label>;

    /// The same of their requests.
    fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label>;

    /// Whether each of its clients holds a connection open for good.
    fn holds_open(&self) -> bool;

    /// Whether its clients look at pages, which the embedded server has only if it shall.
    fn wants_pages(&self) -> bool {
        false
    }

    /// Which user gets which account where the config does not say.
    fn usual_use(&self, _mix: &ProfileMix) -> Use {
        Use::Own
    }

    /// Whether its clients need the URL of a server.
    fn needs_url(&self) -> bool {
        true
    }

    /// The services beside HTTP that its clients need of every server, by name.
    fn services(&self) -> BTreeSet<&'static str> {
        BTreeSet::new()
    }

    /// The software as it speaks to one server.
    ///
    /// # Errors
    /// What clients know cannot be kept where `clientDataSerialization` says.
    fn software(&self, pod: &Pod, ground: &Ground<'_>) -> Result<Rc<dyn Software>, KeeperError>;
}

/// What all software of a process stands on.
pub struct Ground<'a> {
    pub connector: &'a Rc<Connector>,
    /// The pushes of calendar servers.
    pub hub: Rc<Hub>,
    /// The messages of mail on their way.
    pub post: Rc<Post>,
    /// Where clients keep what they know.
    pub serialization: Option<&'a Serialization>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_words_and_no_two_domains_contradict() {
        let mut known = BTreeMap::new();
        for domain in DOMAINS {
            let own: BTreeMap<Label, &str> = domain.words.iter().copied().collect();
            assert_eq!(own.keys().copied().collect::<BTreeSet<_>>(), (domain.operations)());
            for (label, words) in own {
                assert_eq!(*known.entry(label).or_insert(words), words, "{label}");
            }
        }
    }
}
