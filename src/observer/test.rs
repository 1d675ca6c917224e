//! Observers from property lists over made-up events, for tests.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::output::tests::Written;
use super::{Output, Stage, Watch};
use crate::config::{Diagnostics, read_bytes};
use crate::event::{Event, Said, What};
use crate::report::{Outcome, summary_of};
use crate::stats::test::statistics;

/// The observers of an array with one element; or what is wrong with it.
pub fn load(name: &str, params: &str) -> Result<Watch, Vec<String>> {
    let text = format!(
        "<plist><array><dict><key>type</key><string>{name}</string>\
         <key>params</key><dict>{params}</dict></dict></array></plist>"
    );
    let diags = Diagnostics::new();
    let value = read_bytes("config.plist", text.as_bytes(), &diags).unwrap();
    let loaded = Watch::load(&value, &diags);
    let faults: Vec<String> = diags.all().iter().map(ToString::to_string).collect();
    loaded.filter(|_| faults.is_empty()).ok_or(faults)
}

/// The monitors that say something in these events.
fn monitors(events: &[Event]) -> Rc<[Rc<str>]> {
    let of = |event: &Event| match &event.what {
        What::ServerFigures { pod, figures: Said::Figures(_) } => Some(pod.clone()),
        _ => None,
    };
    events.iter().filter_map(of).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What one observer prints while these events happen, and what it says at the end.
pub fn run(name: &str, params: &str, events: &[Event]) -> (String, Outcome) {
    run_with(monitors(events), name, params, events)
}

/// The same, in a run with these monitors.
pub fn run_with(monitors: Rc<[Rc<str>]>, name: &str, params: &str, events: &[Event]) -> (String, Outcome) {
    let mut watch = load(name, params).unwrap();
    let written = Written::default();
    let stage = Stage { output: Output::direct(written.clone()), lossless: true, monitors };
    watch.begin(&stage).unwrap();
    watch.started(summary_of(&statistics(watch.limits(), &[])).started);
    events.iter().for_each(|event| watch.observe(event));
    let stats = statistics(watch.limits(), events);
    let summary = summary_of(&stats);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let outcomes = runtime.block_on(watch.finish(&summary));
    (written.text(), outcomes.into_iter().next().unwrap())
}

/// The sentences of its failures.
pub fn judged(name: &str, params: &str, events: &[Event]) -> Vec<String> {
    run(name, params, events).1.failures.into_iter().map(|failure| failure.sentence).collect()
}

pub fn report(name: &str, params: &str, events: &[Event]) -> String {
    run(name, params, events).1.text
}

pub fn live(name: &str, params: &str, events: &[Event]) -> String {
    run(name, params, events).0
}
