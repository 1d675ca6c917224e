//! Two results files against each other: is B worse than A, and how sure is that?
//!
//! # Method
//!
//! Of every label that both runs have, the percentiles of what succeeded (requests: service time, operations: response
//! time) and the part that failed are compared, each with an interval.
//!
//! 1. *How much a run knows.* Samples of one run are not independent: one slow minute makes a thousand samples slow. So
//!    they are taken by blocks, up to 64 stretches of the run ([`crate::stats::Blocks`]). A percentile parts the samples
//!    of each block in two; from how these parts scatter over the blocks follows how many independent samples the run
//!    is worth: the ratio estimator over clusters of unequal size, with its design effect and the payment for few blocks
//!    (Korn and Graubard 1998, Survey Methodology 24). Slow changes make neighbouring blocks alike; the same with blocks
//!    of double length, twice, four times ... is done as long as sixteen of them are left, and the smallest number is
//!    believed (batch means, where more than one batch size is tried).
//! 2. *The interval of a percentile* (Woodruff 1952, JASA 47): a bound on the part of samples below the percentile, read
//!    off the histogram. The bound is the exact one of the binomial distribution for so many independent samples, so
//!    nothing is assumed of the shape of the times, and where they are too few to bound a p99 that is said.
//! 3. *The interval of the change*: from both intervals, on a logarithmic scale (Zou and Donner 2008, Statistics in
//!    Medicine 27); of failures, from Wilson's intervals (Newcombe 1998, Statistics in Medicine 17).
//! 4. *Many figures at once.* A comparison looks at a hundred figures. All intervals hold together with the confidence
//!    asked for (99 %): each is made for a part of the error, equal for all (Bonferroni), which is right whatever
//!    depends on what. So of a hundred pairs of equal runs one has a figure that is called different, at most.
//!
//! A change is *sure* when its interval leaves zero out. It fails the comparison when the whole interval is beyond
//! `--max-regression`. Between these it is called slower, and allowed. Improvements never fail. That more requests fail,
//! for sure, is worse however little it is. That B failed (verdict `fail` or `error`) where A passed is worse whatever the
//! figures say. When no time of any label has an interval, nothing can be told, which is not the same as no difference;
//! nor can anything of a run and a rehearsal, whose times are of different kinds.
//!
//! # What it cannot see
//!
//! What is one and the same for a whole run: a cold cache, a busy neighbour of the machine, a server that happened to be
//! placed badly. Two runs of one server on two days may differ for such a reason, and no figure within either says so.
//! Chance that lasts longer than an eighth of the run, as a load that grows by itself, is seen in part only. Under equal
//! seeds both runs share their plan; that makes the intervals wider than need be, never narrower. Percentiles that the
//! block histograms cannot part (all samples within 6 %) are taken for as many samples as there are blocks.
//!
//! # Layout
//!
//! - `label.rs`: one label in both runs
//! - `effective.rs`: how many independent samples dependent ones are worth
//! - `interval.rs`: intervals of percentiles, rates, and of how they change
//! - `special.rs`: the functions of probability for these
//! - `kinds.rs`: whether both runs are of one kind
//! - `text.rs`, `markdown.rs`, `page.rs`: the comparison, written; `words.rs`: what all of them say; `assets/`: the
//!   template of the page

mod effective;
mod interval;
mod kinds;
mod label;
mod markdown;
mod page;
mod special;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::collections::BTreeSet;

use serde::Serialize;

use super::page::PageError;
use super::{Exit, Results};
use crate::label::Label;
use crate::stats::is_auxiliary;

pub use label::{Change, Compared, Finding};

/// What is asked of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// By which part a time may be longer: 0.1 is a tenth.
    pub max_regression: f64,
    /// How sure all intervals together shall be, between 0 and 1.
    pub confidence: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { max_regression: 0.0, confidence: 0.99 }
    }
}

/// What came of it, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every figure is the same.
    Equal,
    /// Nothing differs for sure.
    NoDifference,
    /// Something is better for sure, and nothing is worse.
    Better,
    /// Something is slower for sure, but nothing for sure by more than is allowed.
    Slower,
    /// Something is slower for sure by more than is allowed, or fails more, or B failed and A passed.
    Worse,
    /// Nothing differs, but of no time is it known how it changed: too few samples, or no label in both. Or the two are not to
    /// be compared.
    CannotTell,
}

/// What counts requests and what counts operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Request,
    Operation,
}

/// One of both runs.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The file.
    pub name: String,
    /// One line about the run.
    pub about: String,
}

/// Two runs, compared. Parts are parts of one: 0.1 is 10 %.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// The name of this form.
    pub schema: &'static str,
    pub a: Side,
    pub b: Side,
    #[serde(flatten)]
    pub settings: Settings,
    pub outcome: Outcome,
    /// That B failed where A passed, in a few words; it is worse then, whatever the figures say.
    pub failed: Option<&'static str>,
    /// Why the two are not to be compared, a sentence: then nothing is found of any figure.
    pub incomparable: Option<&'static str>,
    /// How many figures have an interval: the error is shared among these.
    pub figures: usize,
    /// How both runs are not of one kind, a sentence each.
    pub unlike: Vec<String>,
    /// Why the comparison means little, a sentence each; then it does not pass.
    pub incomplete: Vec<String>,
    /// The mean over the labels of requests of how much longer the mean service time is: the ancestor's quality of
    /// service with A as the benchmark, where A is 1 and less is better.
    pub quality: Option<f64>,
    /// Labels that both runs have.
    pub labels: Vec<Compared>,
    /// Labels that only one has.
    pub only_a: Vec<(Kind, Label)>,
    pub only_b: Vec<(Kind, Label)>,
}

/// The form of a comparison as JSON.
pub const SCHEMA: &str = "populace.comparison/1";

/// Compares two runs; `names` are those of their files.
pub fn compare(names: [&str; 2], a: &Results, b: &Results, settings: Settings) -> Comparison {
    let pairs = label::pairs(a, b);
    let figures = pairs.iter().map(label::Both::figures).sum::<usize>();
    let tail = (1.0 - settings.confidence) / figures.max(1) as f64 / 2.0;
    let incomparable = kinds::incomparable(a, b);
    let mut labels: Vec<_> = pairs.iter().map(|both| both.compare(tail, settings.max_regression)).collect();
    if incomparable.is_some() {
        labels.iter_mut().for_each(Compared::unjudged);
    }
    let qualities: Vec<f64> = labels.iter().filter_map(|label| label.quality).collect();
    let failed = kinds::failed(a, b).filter(|_| incomparable.is_none());
    let side = |name: &str, results| Side { name: name.to_owned(), about: kinds::about(results) };
    Comparison {
        schema: SCHEMA,
        a: side(names[0], a),
        b: side(names[1], b),
        settings,
        outcome: match (incomparable, failed) {
            (Some(_), _) => Outcome::CannotTell,
            (None, Some(_)) => Outcome::Worse,
            (None, None) => outcome(a, b, &labels),
        },
        failed,
        incomparable,
        figures,
        unlike: kinds::unlike(a, b),
        // That nothing worked in B is told as what is worse.
        incomplete: if failed.is_some() { Vec::new() } else { kinds::incomplete(a, b) },
        quality: (!qualities.is_empty()).then(|| qualities.iter().sum::<f64>() / qualities.len() as f64),
        labels,
        only_a: only(a, b),
        only_b: only(b, a),
    }
}

fn outcome(a: &Results, b: &Results, labels: &[Compared]) -> Outcome {
    if a.requests == b.requests && a.operations == b.operations && !a.requests.is_empty() {
        return Outcome::Equal;
    }
    let any =
        |finding| labels.iter().flat_map(Compared::changes).any(|(_, change)| change.finding == finding);
    let times = || labels.iter().flat_map(|label| &label.percentiles);
    match () {
        () if any(Finding::Worse) => Outcome::Worse,
        () if any(Finding::Slower) => Outcome::Slower,
        () if any(Finding::Better) => Outcome::Better,
        // Failures that are alike say nothing of times.
        () if times().all(|(_, change)| change.finding == Finding::TooFew) => Outcome::CannotTell,
        () => Outcome::NoDifference,
    }
}

/// The labels of `one` that the other has not.
fn only(one: &Results, other: &Results) -> Vec<(Kind, Label)> {
    let (ours, theirs): (BTreeSet<_>, BTreeSet<_>) = (labels(one).collect(), labels(other).collect());
    ours.difference(&theirs).copied().collect()
}

/// The labels of which something came to an end, and that are judged.
fn labels(results: &Results) -> impl Iterator<Item = (Kind, Label)> {
    let all = [(Kind::Request, &results.requests), (Kind::Operation, &results.operations)];
    all.into_iter().flat_map(|(kind, figures)| {
        let judged = figures.iter().filter(|(label, figures)| !is_auxiliary(**label) && figures.count > 0);
        judged.map(move |(label, _)| (kind, *label))
    })
}

impl Comparison {
    /// How the program ends.
    pub fn exit(&self) -> Exit {
        let exit = match self.outcome {
            Outcome::Worse => Exit::Fail,
            Outcome::CannotTell => Exit::Incomplete,
            _ => Exit::Pass,
        };
        if self.incomplete.is_empty() { exit } else { exit.or(Exit::Incomplete) }
    }

    /// The comparison as text.
    pub fn text(&self) -> String {
        text::write(self)
    }

    /// The same for a pull request.
    pub fn markdown(&self) -> String {
        markdown::write(self)
    }

    /// The same as a page for a browser.
    ///
    /// # Errors
    /// Only when the template does not fit what it is given.
    pub fn html(&self) -> Result<String, PageError> {
        page::write(self)
    }
}
