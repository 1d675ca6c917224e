//! What servers said of themselves.

use serde::Serialize;

use super::bounds::{Few, name, sentence};
use super::faults::{Reason, texts};
use super::numbers::{counted, length, plain, time};
use crate::event::ServerFigures;
use crate::report::{Results, measure};

/// The most pods that are shown.
const MOST: usize = 30;

/// The last figures of one pod.
#[derive(Debug, Serialize)]
pub struct Pod {
    pub name: String,
    pub rate: String,
    pub response: String,
    pub slots: String,
    /// None in a rehearsal, where nothing takes time of a processor.
    pub cpu: Option<String>,
    pub window: String,
}

/// Why there were no figures of a pod.
#[derive(Debug, Serialize)]
pub struct Silence {
    pub name: String,
    pub reasons: Few<Reason>,
}

/// A figure that a monitor read, over the measured phase.
#[derive(Debug, Serialize)]
pub struct Gauge {
    pub monitor: String,
    pub name: String,
    pub mean: String,
    pub min: String,
    pub max: String,
    pub last: String,
}

/// What an embedded server counted, in a sentence.
#[derive(Debug, Serialize)]
pub struct Counted {
    pub name: String,
    pub text: String,
}

impl Pod {
    fn of(pod: &str, figures: &ServerFigures, rehearsed: bool) -> Pod {
        Pod {
            name: name(pod),
            rate: plain(figures.requests_per_s),
            response: time(figures.response_ms / 1e3),
            slots: plain(figures.slots),
            cpu: (!rehearsed).then(|| format!("{}\u{a0}%", plain(figures.cpu_percent))),
            window: length(figures.window_s),
        }
    }
}

pub fn pods(results: &Results) -> Few<Pod> {
    let rehearsed = results.run.rehearsed;
    Few::of(results.server.iter().map(|(pod, figures)| Pod::of(pod, figures, rehearsed)), MOST)
}

pub fn silences(results: &Results) -> Few<Silence> {
    let all = results.server_failures.iter();
    Few::of(all.map(|(pod, reasons)| Silence { name: name(pod), reasons: texts(reasons, 4) }), 8)
}

pub fn gauges(results: &Results) -> Few<Gauge> {
    let all = results.monitors.iter().flat_map(|(monitor, read)| {
        read.figures.iter().map(|(figure, gauge)| {
            let written = |value: f64| measure(gauge.unit, value, '\u{a0}');
            let known = |value: Option<f64>| value.map_or("\u{2013}".to_owned(), written);
            Gauge {
                monitor: name(monitor),
                name: name(figure),
                mean: known(gauge.mean),
                min: known(gauge.min),
                max: known(gauge.max),
                last: written(gauge.last),
            }
        })
    });
    Few::of(all, 20)
}

pub fn books(results: &Results) -> Few<Counted> {
    let all = results.monitors.iter().filter_map(|(who, read)| {
        let served = read
            .requests
            .map(|requests| format!("served {} in all", counted(requests, "request", "requests")));
        let text = sentence(&served.or(read.error.clone())?);
        Some(Counted { name: name(who), text })
    });
    Few::of(all, 10)
}
