//! Profiles by name.

use std::rc::Rc;

use super::{imap_reader, imap4, pop3, sender, smtp};
use crate::client::habit::Habit;
use crate::client::{Memory, Pace, Profile, Timer, Trouble};
use crate::config::{At, Diagnostics, Entry, Files, Named, Value};
use crate::mail::params::{Params, Sessions};
use crate::mail::post::Post;
use crate::mail::software::{Grounds, MailMemory};
use crate::mail::wire::Service;

/// A profile as its parameters describe it.
pub struct Built {
    pub profile: Rc<dyn Profile>,
    /// Whether it is lived; one that is not is checked only.
    pub enabled: bool,
    pub title: &'static str,
    /// The service that it asks for.
    pub service: &'static str,
    /// Whether its clients hold a connection open for good.
    pub holds_open: bool,
    /// Whether it runs by itself, beside others: a habit of the whole day.
    pub all_day: bool,
}

/// What every profile is made of.
pub struct Ready {
    pub habit: Habit,
    pub params: Params,
}

/// How a profile is made of its parameters, and the service that it asks for.
pub struct Build {
    pub make: fn(Ready) -> Rc<dyn Profile>,
    pub service: &'static str,
}

/// Every profile of the mail domain, in the order in which help lists them.
pub static PROFILES: &[Entry<Build>] =
    &[smtp::ENTRY, pop3::ENTRY, imap4::ENTRY, imap_reader::ENTRY, sender::ENTRY];

/// The profile that `class` names, with the dict `params` (or none) over what the population has; bodies of
/// messages are among the `files`. Unknown names, unknown
/// keys and bad values are errors at their places; then the answer is None.
pub fn build(
    class: &str,
    class_at: &At,
    params: Option<&Value>,
    base: &Params,
    files: &Files,
    diags: &Diagnostics,
) -> Option<Built> {
    let named = Named { sort: "profile", of: Some("mail"), name: class, at: class_at, params };
    named.build(PROFILES, diags, |entry, table| {
        let ready = Ready { habit: Habit::decode(table, entry.name), params: base.with(table, files) };
        let service = match entry.build.service {
            "smtp" if ready.params.authenticate => "submission",
            service => service,
        };
        let enabled = ready.habit.enabled;
        let holds_open = entry.name == imap_reader::ENTRY.name && ready.params.sessions == Sessions::Open;
        let all_day = [imap_reader::ENTRY.name, sender::ENTRY.name].contains(&entry.name);
        let profile = (entry.build.make)(ready);
        Some(Built { profile, enabled, title: entry.name, service, holds_open, all_day })
    })
}

impl Ready {
    /// The pace of its turns: a turn takes the throttle at least (row 25).
    pub fn timer(&self) -> Option<Timer> {
        let interval = self.params.throttle;
        (!interval.is_zero()).then_some(Timer { pace: Pace::Every { interval }, pacing: self.habit.pacing })
    }

    /// The service of this name at the client's server.
    pub fn service(&self, memory: &mut dyn Memory, name: &str) -> Result<Rc<Service>, Trouble> {
        let service = grounds(memory)?.services.get(name).cloned();
        let service =
            service.ok_or_else(|| Trouble::Content(format!("the server has no service `{name}`")))?;
        // Nearly always the population's: then it is shared.
        match self.params.timeout {
            timeout if timeout == service.timeout => Ok(service),
            timeout => Ok(Rc::new(Service { timeout, ..Service::clone(&service) })),
        }
    }

    /// The messages on their way.
    pub fn post(&self, memory: &mut dyn Memory) -> Result<Rc<Post>, Trouble> {
        Ok(grounds(memory)?.post.clone())
    }
}

fn grounds(memory: &mut dyn Memory) -> Result<&Grounds, Trouble> {
    match MailMemory::of(memory) {
        Some(memory) => Ok(&memory.grounds),
        None => Err(Trouble::Content("a profile of mail needs the software Mail".into())),
    }
}
