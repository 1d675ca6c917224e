//! Observers and all that a run does with them.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::Rc;

use chrono::{DateTime, FixedOffset};

use super::{Kind, Needs, Output};
use crate::config::{Diagnostics, Kind as ValueKind, OwnFolder, Value, find};
use crate::event::Event;
use crate::report::{Outcome, Summary};
use crate::stats::Limits;

/// One who watches a run.
///
/// It is made when the configuration is read, without touching anything outside; it begins when the
/// run does, sees the events that it asked for, and says at the end what it found.
pub trait Observer {
    /// The registered name.
    fn name(&self) -> &'static str;

    /// The events it must see; none for those that only need the statistics at the end.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// The file that it writes while the run goes on, or at its end.
    fn file(&self) -> Option<&Path> {
        None
    }

    /// The folder in which it makes files, and removes those of an earlier run.
    fn folder(&self) -> Option<OwnFolder> {
        None
    }

    /// Adds the limits over which durations must be counted for it.
    fn limits(&self, _limits: &mut Limits) {}

    /// The run begins. An error says what it cannot do, and then nothing runs.
    fn begin(&mut self, _stage: &Stage) -> Result<(), String> {
        Ok(())
    }

    /// The first user may arrive: `at` is when, in the zone in which it shall be read.
    fn started(&mut self, _at: DateTime<FixedOffset>) {}

    /// Takes one event of those it asked for. It never waits and never fails.
    fn observe(&mut self, _event: &Event) {}

    /// The run is over.
    fn finish<'a>(&'a mut self, _summary: &'a Summary<'a>) -> Finished<'a> {
        said(Outcome::default())
    }
}

/// What an observer says at the end, when it has it.
pub type Finished<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// An outcome that is there already.
pub fn said<'a>(outcome: Outcome) -> Finished<'a> {
    Box::pin(std::future::ready(outcome))
}

/// Where a run takes place.
#[derive(Clone)]
pub struct Stage {
    /// Where live lines go.
    pub output: Output,
    /// The run waits for its observers instead of dropping what they cannot take: in a rehearsal.
    pub lossless: bool,
    /// The names of the monitors that will be asked, but for statistics sockets, whose five figures are a case of their own.
    pub monitors: Rc<[Rc<str>]>,
}

/// All observers of a run.
#[derive(Default)]
pub struct Watch {
    observers: Vec<(Needs, Box<dyn Observer>)>,
}

impl Watch {
    /// The observers of the array `observers` of a config: dicts with `type` and `params`.
    pub fn load(value: &Value, diags: &Diagnostics) -> Option<Watch> {
        let ValueKind::Array(items) = &value.kind else {
            return value.mismatch("an array of observers", diags);
        };
        // Every one is looked at, so that all faults are reported.
        let loaded: Vec<Option<Box<dyn Observer>>> = items.iter().map(|item| load(item, diags)).collect();
        Some(Watch::of(loaded.into_iter().collect::<Option<Vec<_>>>()?))
    }

    /// These observers.
    pub fn of(observers: Vec<Box<dyn Observer>>) -> Watch {
        let with_needs = |observer: Box<dyn Observer>| (observer.needs(), observer);
        Watch { observers: observers.into_iter().map(with_needs).collect() }
    }

    /// Has one more observer.
    pub fn add(&mut self, observer: Box<dyn Observer>) {
        self.observers.push((observer.needs(), observer));
    }

    /// The registered names in their order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.observers.iter().map(|(_, observer)| observer.name())
    }

    /// The files that are written, and the names of those who write them.
    pub fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let one = |(_, observer): &(Needs, Box<dyn Observer>)| {
            observer.file().map(|path| (observer.name(), path.to_owned()))
        };
        self.observers.iter().filter_map(one).collect()
    }

    /// The folders in which files are written, and the names of those who write them.
    pub fn folders(&self) -> Vec<(&'static str, OwnFolder)> {
        let one = |(_, observer): &(Needs, Box<dyn Observer>)| Some((observer.name(), observer.folder()?));
        self.observers.iter().filter_map(one).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.observers.is_empty()
    }

    /// What any of them needs.
    pub fn needs(&self) -> Needs {
        self.observers.iter().fold(Needs::default(), |all, (needs, _)| all.union(*needs))
    }

    /// The limits over which the statistics must count.
    pub fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        self.observers.iter().for_each(|(_, observer)| observer.limits(&mut limits));
        limits
    }

    /// Begins; the first error ends it.
    pub fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        let begin = |(_, observer): &mut (Needs, Box<dyn Observer>)| {
            let name = observer.name();
            observer.begin(stage).map_err(|error| format!("{name}: {error}"))
        };
        self.observers.iter_mut().try_for_each(begin)
    }

    /// Tells all that the first user may arrive.
    pub fn started(&mut self, at: DateTime<FixedOffset>) {
        self.observers.iter_mut().for_each(|(_, observer)| observer.started(at));
    }

    /// Gives an event to those who asked for it.
    pub fn observe(&mut self, event: &Event) {
        let kind = Kind::of(&event.what);
        for (needs, observer) in &mut self.observers {
            if needs.events.contains(kind) {
                observer.observe(event);
            }
        }
    }

    /// What each says at the end, in their order.
    pub async fn finish(&mut self, summary: &Summary<'_>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (_, observer) in &mut self.observers {
            outcomes.push(observer.finish(summary).await);
        }
        outcomes
    }
}

fn load(value: &Value, diags: &Diagnostics) -> Option<Box<dyn Observer>> {
    let table = crate::config::Table::new(value, diags, "the observer")?;
    let name = table.required::<String>("type");
    let params = table.table("params", "the observer's params");
    let type_at = table.value_at("type");
    table.finish();
    let name = name?;
    match find(super::ENTRIES, &name) {
        Ok(entry) => (entry.build)(params?),
        Err(help) => {
            diags.error(&type_at, format!("no observer is called `{name}`")).help(help);
            None
        }
    }
}
