//! What went wrong: errors by kind, statuses, reasons; and what answers were looked through for.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Serialize;

use super::bounds::{Few, name, sentence};
use super::numbers::{count, moment, share};
use super::words;
use crate::report::{AlikeFigures, CheckFigures, ErrorFigures, Results};

/// The most reasons that are shown, and half of the most statuses.
pub const MOST: usize = 25;

/// The most sorts of one kind of error.
const MOST_SORTS: usize = 10;

/// The errors of one kind.
#[derive(Debug, Serialize)]
pub struct Fault {
    pub kind: String,
    pub words: &'static str,
    pub count: String,
    pub first: Option<String>,
    pub first_at: Option<String>,
    /// Those that are alike; empty where all are.
    pub sorts: Few<Sort>,
}

/// Errors of one kind that are alike.
#[derive(Debug, Serialize)]
pub struct Sort {
    pub count: String,
    pub first: String,
    pub first_at: String,
}

/// A status, and how often it came.
#[derive(Debug, Serialize)]
pub struct Status {
    pub code: u16,
    pub words: String,
    pub count: String,
    pub share: String,
}

/// A reason, what it is about, and how often it was given.
#[derive(Debug, Serialize)]
pub struct Reason {
    pub about: String,
    pub text: String,
    pub count: String,
}

/// What was looked for in the answers to a request, and how often it was there.
#[derive(Debug, Serialize)]
pub struct Check {
    pub label: String,
    pub text: String,
    pub found: String,
    pub not_found: String,
    pub share: String,
}

/// The errors of the phase that is judged, the most frequent first.
pub fn faults(results: &Results) -> Few<Fault> {
    let mut kinds: Vec<_> = results.errors.iter().collect();
    kinds.sort_by_key(|(_, errors)| std::cmp::Reverse(errors.count));
    Few::of(kinds.into_iter().map(|(kind, errors)| fault(kind, errors, results)), MOST)
}

/// The first error of all, of which it is known when it was.
pub fn first(results: &Results) -> Option<Fault> {
    // What had no answer when the run ended is no failure.
    let known = results.errors.iter().filter(|(kind, _)| kind.as_str() != "unanswered");
    let known = known.filter_map(|(kind, errors)| Some((errors.first_at_s?, kind, errors)));
    let (_, kind, errors) = known.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(fault(kind, errors, results))
}

fn fault(kind: &str, errors: &ErrorFigures, results: &Results) -> Fault {
    let sort = |alike: &AlikeFigures| Sort {
        count: count(alike.count),
        first: sentence(&alike.first),
        first_at: moment(alike.first_at_s),
    };
    let several = if errors.alike.len() > 1 { errors.alike.as_slice() } else { &[] };
    Fault {
        kind: name(kind),
        words: words::error(kind, results),
        count: count(errors.count),
        first: errors.first.as_deref().map(sentence),
        first_at: errors.first_at_s.map(moment),
        sorts: Few::of(several.iter().map(sort), MOST_SORTS),
    }
}

/// The statuses, in their order.
pub fn statuses(results: &Results) -> Few<Status> {
    let all = results.statuses.values().fold(0, |all: u64, count| all.saturating_add(*count));
    let status = |(code, times): (&u16, &u64)| Status {
        code: *code,
        words: words::status(*code, results),
        count: count(*times),
        share: share(*times, all),
    };
    Few::of(results.statuses.iter().map(status), 2 * MOST)
}

/// Why operations failed, the most frequent first.
pub fn reasons(results: &Results) -> Few<Reason> {
    let mut all: Vec<_> =
        results.reasons.iter().flat_map(|(label, reasons)| reasons.iter().map(move |r| (label, r))).collect();
    all.sort_by_key(|(_, (_, times))| std::cmp::Reverse(**times));
    let reason = |(label, (text, times)): (&crate::label::Label, (&Rc<str>, &u64))| Reason {
        about: name(results.called(label)),
        text: sentence(text),
        count: count(*times),
    };
    Few::of(all.into_iter().map(reason), MOST)
}

/// What was looked for in answers.
pub fn checks(results: &Results) -> Few<Check> {
    let all =
        results.checks.iter().flat_map(|(label, checks)| checks.iter().map(move |check| (label, check)));
    let check = |(label, (text, times)): (&crate::label::Label, (&Rc<str>, &CheckFigures))| Check {
        label: name(label.as_str()),
        text: name(text),
        found: count(times.found),
        not_found: count(times.not_found),
        share: share(times.found, times.found.saturating_add(times.not_found)),
    };
    Few::of(all.map(check), MOST / 2)
}

/// Texts with their counts, the most frequent first: why clients gave up, what the simulation could not do.
pub fn texts(texts: &BTreeMap<Rc<str>, u64>, most: usize) -> Few<Reason> {
    let mut all: Vec<_> = texts.iter().collect();
    all.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    let reason = |(text, times): (&Rc<str>, &u64)| Reason {
        about: String::new(),
        text: sentence(text),
        count: count(*times),
    };
    Few::of(all.into_iter().map(reason), most)
}
