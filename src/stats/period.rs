//! What is counted in one phase of a run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::mask::mask;
use super::{Alike, Limits, Sort, Tally, is_auxiliary, one_line};
use crate::event::{ErrorKind, Event, Response, What};
use crate::label::Label;

/// The requests and operations that were due in one phase.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Period {
    pub requests: BTreeMap<Label, Tally>,
    pub operations: BTreeMap<Label, Tally>,
    /// How much began that was planned, whether there was something to do or not, by the label of what did not begin: with
    /// `late` and `skipped` of these operations it is all that was planned.
    pub begun: BTreeMap<Label, u64>,
    /// The title of a population to the same, all labels together.
    pub groups: BTreeMap<Rc<str>, Group>,
    /// The name of a profile to the same. What a client program does by itself is in none.
    pub profiles: BTreeMap<Rc<str>, Group>,
    /// How often each status came.
    pub statuses: BTreeMap<u16, u64>,
    /// Why requests have no good answer.
    pub errors: BTreeMap<ErrorKind, Errors>,
    /// Why operations failed, by label.
    pub reasons: BTreeMap<Label, Alike>,
    /// What was looked for in answers, by request and check: there are as many as scripts have.
    pub checks: BTreeMap<Label, BTreeMap<Rc<str>, Found>>,
}

/// How often something was found in answers, and how often not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub found: u64,
    pub not_found: u64,
}

impl Found {
    fn add(&mut self, found: u64, not_found: u64) {
        self.found = self.found.saturating_add(found);
        self.not_found = self.not_found.saturating_add(not_found);
    }
}

/// All requests and all operations of one population or profile, without those that are not judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub requests: Tally,
    pub operations: Tally,
}

impl Group {
    pub fn merge(&mut self, other: &Group) {
        self.requests.merge(&other.requests);
        self.operations.merge(&other.operations);
    }
}

/// The errors of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    pub count: u64,
    /// The first, by time and then by text: when it was, and what was said.
    pub first: Option<(Duration, Rc<str>)>,
    /// By what was asked: those that are alike.
    pub alike: BTreeMap<Label, Alike>,
}

impl Errors {
    /// Counts one: who asked what and what came, and of which sort that is.
    fn add(&mut self, label: Label, sort: &str, first: (Duration, Rc<str>)) {
        self.count = self.count.saturating_add(1);
        self.alike.entry(label).or_default().add_as(sort, first.clone());
        self.see(Some(first));
    }

    fn merge(&mut self, other: &Errors) {
        self.count = self.count.saturating_add(other.count);
        for (label, theirs) in &other.alike {
            self.alike.entry(*label).or_default().merge(theirs);
        }
        self.see(other.first.clone());
    }

    fn see(&mut self, first: Option<(Duration, Rc<str>)>) {
        self.first = match (self.first.take(), first) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }

    /// Those that are alike, of whatever label, the most frequent first.
    pub fn sorts(&self) -> Vec<(Label, &Sort)> {
        let all = self
            .alike
            .iter()
            .flat_map(|(label, alike)| alike.sorts().into_iter().map(move |sort| (*label, sort)));
        let mut all: Vec<(Label, &Sort)> = all.collect();
        all.sort_by_key(|(_, sort)| std::cmp::Reverse(sort.count));
        all
    }
}

impl Period {
    /// All that is judged, of all populations together.
    pub fn all(&self) -> Group {
        let mut all = Group::default();
        self.groups.values().for_each(|group| all.merge(group));
        all
    }

    pub fn take(&mut self, event: &Event, limits: &Limits) {
        match &event.what {
            What::Response(response) => self.response(event.at, response, limits),
            What::OperationStart(start) => {
                self.operation(start.label, &start.who.title, &start.profile, |tally| tally.start(start));
            }
            What::OperationEnd(end) => {
                let limits = &limits.operations;
                let take = |tally: &mut Tally| tally.end(end, limits);
                let tally = self.operation(end.label, &end.who.title, &end.profile, take);
                if !end.unfinished {
                    tally.blocks.record(event.at, end.success.then(|| end.end.saturating_sub(end.due)));
                }
                if let (false, Some(reason)) = (end.success || end.unfinished, &end.reason) {
                    self.reasons.entry(end.label).or_default().add(event.at, reason);
                }
            }
            What::Missed(missed) => {
                let take = |tally: &mut Tally| tally.missed(missed);
                self.operation(missed.label, &missed.who.title, &missed.profile, take);
            }
            What::Checked(checked) => {
                let checks = self.checks.entry(checked.label).or_default();
                let found = u64::from(checked.found);
                match checks.get_mut(&checked.check) {
                    Some(check) => check.add(found, 1 - found),
                    None => checks.entry(checked.check.clone()).or_default().add(found, 1 - found),
                }
            }
            _ => {}
        }
    }

    fn response(&mut self, at: Duration, response: &Response, limits: &Limits) {
        let auxiliary = is_auxiliary(response.label);
        let tally = self.requests.entry(response.label).or_default();
        tally.response(response, auxiliary, &limits.requests);
        if !auxiliary {
            if response.ended() {
                tally.blocks.record(at, response.success.then(|| response.service()));
            }
            for group in self.groups_of(&response.who.title, &response.profile) {
                group.requests.response(response, false, &limits.requests);
            }
        }
        if let Some(status) = response.status {
            *self.statuses.entry(status).or_insert(0) += 1;
        }
        let harmless = response.success || (auxiliary && response.status.is_some());
        if let (false, Some(kind)) = (harmless, response.error) {
            let said = said(response);
            let example =
                one_line(&format!("{} {} {}: {said}", response.who.uid, response.label, response.url));
            let sort = mask(&said);
            self.errors.entry(kind).or_default().add(response.label, &sort, (at, example.into()));
        }
    }

    /// The population and the profile that something counts for.
    fn groups_of(&mut self, title: &Rc<str>, profile: &Option<Rc<str>>) -> impl Iterator<Item = &mut Group> {
        let profiles = &mut self.profiles;
        let profile = profile.as_ref().map(|name| profiles.entry(name.clone()).or_default());
        std::iter::once(self.groups.entry(title.clone()).or_default()).chain(profile)
    }

    /// Counts it under its label, which is given, and for its population and profile.
    fn operation(
        &mut self,
        label: Label,
        title: &Rc<str>,
        profile: &Option<Rc<str>>,
        take: impl Fn(&mut Tally),
    ) -> &mut Tally {
        self.groups_of(title, profile).for_each(|group| take(&mut group.operations));
        let tally = self.operations.entry(label).or_default();
        take(tally);
        tally
    }

    pub fn merge(&mut self, other: &Period) {
        for (label, tally) in &other.requests {
            self.requests.entry(*label).or_default().merge(tally);
        }
        for (label, tally) in &other.operations {
            self.operations.entry(*label).or_default().merge(tally);
        }
        for (label, count) in &other.begun {
            let sum = self.begun.entry(*label).or_insert(0);
            *sum = sum.saturating_add(*count);
        }
        for (ours, theirs) in [(&mut self.groups, &other.groups), (&mut self.profiles, &other.profiles)] {
            for (name, theirs) in theirs {
                ours.entry(name.clone()).or_default().merge(theirs);
            }
        }
        for (status, count) in &other.statuses {
            let sum = self.statuses.entry(*status).or_insert(0);
            *sum = sum.saturating_add(*count);
        }
        for (kind, errors) in &other.errors {
            self.errors.entry(*kind).or_default().merge(errors);
        }
        for (label, texts) in &other.reasons {
            self.reasons.entry(*label).or_default().merge(texts);
        }
        for (label, checks) in &other.checks {
            let ours = self.checks.entry(*label).or_default();
            for (check, theirs) in checks {
                ours.entry(check.clone()).or_default().add(theirs.found, theirs.not_found);
            }
        }
    }

    /// How many requests were answered, well or not.
    pub fn answered(&self) -> u64 {
        sum(self.requests.values().map(Tally::count))
    }

    /// How many requests had no answer when the run ended.
    pub fn unanswered(&self) -> u64 {
        sum(self.requests.values().map(|tally| tally.unanswered))
    }

    /// How many requests that count for themselves were answered as they should.
    pub fn successes(&self) -> u64 {
        let judged = self.requests.iter().filter(|(label, _)| !is_auxiliary(**label));
        sum(judged.map(|(_, tally)| tally.successes()))
    }
}

/// A worker may say anything; a sum that is too large stays where it is.
fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

/// What came instead of a good answer.
fn said(response: &Response) -> Cow<'_, str> {
    match (&response.detail, response.status) {
        (Some(detail), _) => Cow::Borrowed(&**detail),
        (None, Some(status)) => Cow::Owned(format!("status {status}")),
        (None, None) => Cow::Borrowed("no answer"),
    }
}
