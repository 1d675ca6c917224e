//! Tables of protocols and of the steps of their sessions.

use serde::Serialize;

use super::bounds::{Few, name};
use super::numbers::{bytes, count, plain, share, time};
use crate::report::{ProtocolFigures, Results, StepFigures, Sums};

/// The most steps of all protocols.
const MOST: usize = 70;

/// All that the part of the page about protocols shows.
#[derive(Debug, Serialize)]
pub struct Protocols {
    pub rows: Few<Spoken>,
    pub total: Option<Spoken>,
    pub steps: Few<Step>,
}

/// What the sessions of one protocol were, or of all.
#[derive(Debug, Serialize)]
pub struct Spoken {
    pub name: String,
    pub connections: String,
    pub failed: String,
    pub failed_share: String,
    pub any_failed: bool,
    pub connections_per_s: String,
    pub messages: String,
    pub messages_per_s: String,
    pub messages_per_connection: String,
    pub sent: String,
    pub sent_per_s: String,
    pub received: String,
    pub received_per_s: String,
}

/// One step.
#[derive(Debug, Serialize)]
pub struct Step {
    pub label: String,
    pub count: String,
    pub failed: String,
    pub failed_share: String,
    pub any_failed: bool,
    pub sent: String,
    pub received: String,
    pub mean: String,
    pub min: String,
    pub max: String,
    pub stddev: String,
}

/// Every protocol that clients could speak, beside HTTP.
pub fn protocols(results: &Results) -> Protocols {
    let all = &results.protocols;
    let steps = all.iter().flat_map(|one| &one.steps).filter(|step| step.any());
    Protocols {
        rows: Few::of(all.iter().map(|one: &ProtocolFigures| Spoken::of(name(&one.name), &one.sums)), 10),
        total: Sums::total(all, results.measured_time_s).map(|total| Spoken::of("Together".into(), &total)),
        steps: Few::of(steps.map(Step::of), MOST),
    }
}

impl Spoken {
    fn of(name: String, sums: &Sums) -> Spoken {
        Spoken {
            name,
            connections: count(sums.connections),
            failed: count(sums.connections_failed),
            failed_share: share(sums.connections_failed, sums.connections),
            any_failed: sums.connections_failed > 0,
            connections_per_s: plain(sums.connections_per_s),
            messages: count(sums.messages),
            messages_per_s: plain(sums.messages_per_s),
            messages_per_connection: plain(sums.messages_per_connection.unwrap_or(f64::NAN)),
            sent: bytes(sums.bytes_sent as f64),
            sent_per_s: bytes(sums.bytes_sent_per_s),
            received: bytes(sums.bytes_received as f64),
            received_per_s: bytes(sums.bytes_received_per_s),
        }
    }
}

impl Step {
    fn of(step: &StepFigures) -> Step {
        Step {
            label: name(step.label.as_str()),
            count: count(step.count),
            failed: count(step.failed),
            failed_share: share(step.failed, step.count),
            any_failed: step.failed > 0,
            sent: bytes(step.bytes_sent as f64),
            received: bytes(step.bytes_received as f64),
            mean: time(step.mean),
            min: time(step.min),
            max: time(step.max),
            stddev: time(step.stddev),
        }
    }
}
