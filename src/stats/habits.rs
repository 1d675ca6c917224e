//! Why profiles did not do what they are there for.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Texts;

/// A profile's name to reasons and how often each was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits(BTreeMap<Rc<str>, Texts>);

impl Habits {
    pub fn add(&mut self, profile: &Rc<str>, reason: &Rc<str>) {
        self.0.entry(profile.clone()).or_default().add(reason, 1);
    }

    pub fn merge(&mut self, other: &Habits) {
        for (profile, reasons) in &other.0 {
            self.0.entry(profile.clone()).or_default().merge(reasons);
        }
    }

    /// In order of the profiles' names.
    pub fn iter(&self) -> impl Iterator<Item = (&Rc<str>, &Texts)> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
