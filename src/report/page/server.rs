//! What servers said of themselves.

use serde::Serialize;

use super::bounds::{Few, name, short};
use super::faults::{Reason, texts};
use super::numbers::{length, plain, time};
use crate::event::ServerFigures;
use crate::report::Results;

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

/// What a monitor read, as JSON.
#[derive(Debug, Serialize)]
pub struct Monitor {
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

pub fn monitors(results: &Results) -> Few<Monitor> {
    let text = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let all = results.monitors.iter();
    Few::of(all.map(|(monitor, value)| Monitor { name: name(monitor), text: short(&text(value), 3000) }), 10)
}
