//! What went wrong, in the results file: errors by kind, and reasons as texts with counts.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::label::Label;
use crate::stats::{Alike, Errors, Habits, Period, Sort, Texts};

/// The errors of one kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ErrorFigures {
    pub count: u64,
    /// Who asked what and what came, of the first.
    pub first: Option<Rc<str>>,
    /// When the first came, since the start of the run.
    #[serde(default)]
    pub first_at_s: Option<f64>,
    /// Those that are alike but for numbers, names and addresses, the most frequent first; what is missing to `count` was of
    /// further sorts.
    #[serde(default)]
    pub alike: Vec<AlikeFigures>,
}

/// Errors of one kind and label that are alike.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlikeFigures {
    pub label: Label,
    pub count: u64,
    /// Who asked what and what came, of the first of them, and when that was, since the start of the run.
    pub first: Rc<str>,
    pub first_at_s: f64,
}

/// Texts and how often each came.
pub fn texts(texts: &Texts) -> BTreeMap<Rc<str>, u64> {
    counted(texts.iter().map(|(text, n)| (text.clone(), n)), texts.others())
}

/// The first of the reasons that are alike, and how many there are of each sort.
pub fn alike(alike: &Alike) -> BTreeMap<Rc<str>, u64> {
    counted(alike.sorts().into_iter().map(|sort| (sort.text().clone(), sort.count)), alike.others())
}

/// Reasons and counts; those that were not kept stand together under `(others)`.
fn counted(reasons: impl Iterator<Item = (Rc<str>, u64)>, others: u64) -> BTreeMap<Rc<str>, u64> {
    let others = (others > 0).then(|| ("(others)".into(), others));
    let mut counts = BTreeMap::new();
    for (reason, count) in reasons.chain(others) {
        *counts.entry(reason).or_insert(0) += count;
    }
    counts
}

/// Profile to reason to how often.
pub fn habits(habits: &Habits) -> BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>> {
    habits.iter().map(|(profile, reasons)| (profile.clone(), texts(reasons))).collect()
}

/// The most sorts of errors of one kind that the file has.
const MOST_ALIKE: usize = 100;

fn alike_figures((label, sort): (Label, &Sort)) -> AlikeFigures {
    let (at, text) = &sort.first;
    AlikeFigures { label, count: sort.count, first: text.clone(), first_at_s: at.as_secs_f64() }
}

/// The errors of each kind.
pub fn errors(period: &Period) -> BTreeMap<String, ErrorFigures> {
    let figures = |errors: &Errors| ErrorFigures {
        count: errors.count,
        first: errors.first.as_ref().map(|(_, text)| text.clone()),
        first_at_s: errors.first.as_ref().map(|(at, _)| at.as_secs_f64()),
        alike: errors.sorts().into_iter().take(MOST_ALIKE).map(alike_figures).collect(),
    };
    period.errors.iter().map(|(kind, errors)| (kind.as_str().to_owned(), figures(errors))).collect()
}
