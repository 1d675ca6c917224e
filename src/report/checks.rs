//! What was looked for in answers, in the results file.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::label::Label;
use crate::stats::{Found, Period};

/// How often something was found in answers, and how often not.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CheckFigures {
    pub found: u64,
    pub not_found: u64,
}

/// Label of the request to check to how often it was found.
pub fn checks(period: &Period) -> BTreeMap<Label, BTreeMap<Rc<str>, CheckFigures>> {
    let figures = |of: &Found| CheckFigures { found: of.found, not_found: of.not_found };
    let each = |checks: &BTreeMap<Rc<str>, Found>| {
        checks.iter().map(|(name, found)| (name.clone(), figures(found))).collect()
    };
    period.checks.iter().map(|(label, checks)| (*label, each(checks))).collect()
}
