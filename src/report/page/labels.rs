//! Tables by label.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Serialize;

use super::axis::Axis;
use super::bounds::{Few, name};
use super::numbers::{count, share, time};
use super::strip::Strip;
use crate::label::Label;
use crate::report::Figures;
use crate::stats::{Histogram, is_auxiliary};

/// The most labels of a table.
const MOST: usize = 70;

/// The requests or the operations of a run.
#[derive(Debug, Serialize)]
pub struct LabelTable {
    pub axis: Axis,
    pub rows: Few<LabelRow>,
}

/// One label. Times are responses of successes: from due to the end.
#[derive(Debug, Serialize)]
pub struct LabelRow {
    pub label: String,
    /// What a person would call it.
    pub words: Option<String>,
    /// Its user thinks in it.
    pub thoughtful: bool,
    /// It only prepares another request and is not judged.
    pub auxiliary: bool,
    pub count: String,
    pub failed: String,
    pub failed_share: String,
    pub any_failed: bool,
    /// Planned, and merged into another or never begun.
    pub unserved: String,
    pub any_unserved: bool,
    pub p50: String,
    pub p95: String,
    pub p99: String,
    pub max: String,
    /// From the beginning to the end, 95 of 100.
    pub service: String,
    /// How late 95 of 100 began at most.
    pub lag: String,
    pub strip: Option<Strip>,
}

impl LabelTable {
    /// What is judged first, and of that the most frequent first.
    pub fn of(
        figures: &BTreeMap<Label, Figures>,
        words: &BTreeMap<Label, Rc<str>>,
        thoughtful: &BTreeSet<Label>,
    ) -> LabelTable {
        let mut labels: Vec<(&Label, &Figures)> = figures.iter().collect();
        labels.sort_by_key(|(label, figures)| (is_auxiliary(**label), std::cmp::Reverse(figures.count)));
        let rows = Few::of(labels, MOST);
        // A histogram that cannot be read is not drawn.
        let read = |(_, figures): &(&Label, &Figures)| Histogram::of_base64(&figures.response.histogram);
        let histograms: Vec<Histogram> = rows.shown.iter().map(|row| read(row).unwrap_or_default()).collect();
        let ends = histograms.iter().flat_map(|times| [times.quantile(0.01), times.quantile(1.0)]);
        let axis = Axis::over(ends.flatten().map(|time| time.as_secs_f64()));
        let shown = rows.shown.iter().zip(&histograms);
        let shown = shown
            .map(|((label, figures), times)| LabelRow {
                words: words.get(label).map(|words| name(words)),
                thoughtful: thoughtful.contains(label),
                ..LabelRow::of(**label, figures, times, &axis)
            })
            .collect();
        LabelTable { rows: Few { shown, more: rows.more }, axis }
    }
}

impl LabelRow {
    fn of(label: Label, figures: &Figures, times: &Histogram, axis: &Axis) -> LabelRow {
        let unserved = figures.late.saturating_add(figures.skipped);
        let response = &figures.response;
        LabelRow {
            label: name(label.as_str()),
            words: None,
            thoughtful: false,
            auxiliary: is_auxiliary(label),
            count: count(figures.count),
            failed: count(figures.failed),
            failed_share: share(figures.failed, figures.count),
            any_failed: figures.failed > 0,
            unserved: count(unserved),
            any_unserved: unserved > 0,
            p50: time(response.p50),
            p95: time(response.p95),
            p99: time(response.p99),
            max: time(response.max),
            service: time(figures.service.p95),
            lag: time(figures.lag.p95),
            strip: Strip::of(response, times, axis),
        }
    }
}
