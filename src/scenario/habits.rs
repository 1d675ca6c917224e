//! The entries of `clients`: software, profiles, weights (spec 1.5).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::documents::Documents;
use super::pods::Pod;
use crate::client::{Profile, Software};
use crate::config::{Table, Value};
use crate::population::{Mix, Weight};
use crate::simulation::Population;
use crate::transport::Connector;

/// Makes a software that speaks to one pod.
pub type MakeSoftware = Box<dyn Fn(&Pod, &Rc<Connector>) -> Rc<dyn Software>>;

/// What the clients are, and in which proportions they come.
pub struct Habits {
    pub entries: Vec<Habit>,
    pub mix: Mix,
}

/// One entry of `clients`.
pub struct Habit {
    pub title: Rc<str>,
    pub software_name: Rc<str>,
    pub weight: Weight,
    pub make: MakeSoftware,
    /// The enabled profiles.
    pub profiles: Vec<Rc<dyn Profile>>,
    /// A name for each of them, which says which variant was chosen.
    pub descriptions: Vec<String>,
    /// The names of those with `enabled` false.
    pub disabled: Vec<String>,
}
