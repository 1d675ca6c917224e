//! Profiles by name.

use std::rc::Rc;

use super::script;
use crate::client::Profile;
use crate::client::habit::Habit;
use crate::config::{At, Diagnostics, Entry, Files, Named, Value};
use crate::web::params::{Params, Pause};
use crate::web::script::{Names, Script, decode};

/// A profile as its parameters describe it.
pub struct Built {
    pub profile: Rc<dyn Profile>,
    /// Whether it is lived; one that is not is checked only.
    pub enabled: bool,
    pub title: &'static str,
    pub names: Names,
}

/// What every profile is made of.
pub struct Ready {
    pub habit: Habit,
    pub interval: Pause,
    pub script: Rc<Script>,
}

/// How a profile is made of its parameters.
pub type Build = fn(Ready) -> Rc<dyn Profile>;

/// Every profile of the web domain.
pub static PROFILES: &[Entry<Build>] = &[script::ENTRY];

/// The profile that `class` names, with the dict `params` (or none) over what the population has; what is sent and read
/// is among the `files`. Unknown names, unknown keys and bad values are errors at their places; then the answer is None.
pub fn build(
    class: &str,
    class_at: &At,
    params: Option<&Value>,
    base: &Params,
    files: &Files,
    diags: &Diagnostics,
) -> Option<Built> {
    let named = Named { sort: "profile", of: Some("the web"), name: class, at: class_at, params };
    named.build(PROFILES, diags, |entry, table| {
        let (habit, interval) = (Habit::decode(table, entry.name), table.or("interval", Pause::default()));
        let own = base.with(table);
        let script = decode(table.required_value("steps")?, &own, files, diags)?;
        let (names, enabled) = (script.names.clone(), habit.enabled);
        let profile = (entry.build)(Ready { habit, interval, script: Rc::new(script) });
        Some(Built { profile, enabled, title: entry.name, names })
    })
}
