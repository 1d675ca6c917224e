//! The figures of one label in the results file.

use serde::{Deserialize, Serialize};

use super::BlockFigures;
use crate::stats::{Samples, Tally};

/// The requests or the operations of one label. Times are those of successes, unless said otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// How many came to an end, well or not.
    pub count: u64,
    /// How many of these did not succeed.
    pub failed: u64,
    /// Operations: occurrences that merged into one that was waiting already.
    pub late: u64,
    /// Operations: occurrences that were never served.
    pub skipped: u64,
    /// Operations that the end of the run cut short; not in `count`.
    pub unfinished: u64,
    /// Requests that had no answer when the run ended; not in `count`.
    pub unanswered: u64,
    /// Requests: bytes on the wire.
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// From the beginning to the end, whole body read.
    pub service: Distribution,
    /// From due to the end: what the user waited.
    pub response: Distribution,
    /// How late they began, successes and failures; under 1 ms it is the timer's grain. Of operations
    /// only those that were planned.
    pub lag: Distribution,
    /// As `service`, of failures; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_service: Option<Distribution>,
    /// As `response`, of failures; absent without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_response: Option<Distribution>,
    /// How the samples lie in time: of requests those of `service`, of operations those of `response`. Absent without
    /// any, and where it is not one label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<BlockFigures>,
}

/// Durations in seconds; all but `count` and `histogram` are null without samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many samples.
    pub count: u64,
    /// Exact.
    pub mean: Option<f64>,
    /// Exact, of these samples.
    pub stddev: Option<f64>,
    /// The upper median; it and the percentiles have three digits.
    pub p50: Option<f64>,
    pub p90: Option<f64>,
    pub p95: Option<f64>,
    pub p99: Option<f64>,
    pub p999: Option<f64>,
    /// Exact.
    pub max: Option<f64>,
    /// HdrHistogram V2, deflated, in base64; microseconds; empty without samples.
    pub histogram: String,
}

impl Figures {
    /// The figures of one label whose blocks are those of these samples.
    pub fn with_blocks(tally: &Tally, of: fn(&Tally) -> &Samples) -> Figures {
        let blocks = BlockFigures::of(&tally.blocks, of(tally));
        let any = !blocks.succeeded.0.is_empty();
        Figures { blocks: any.then_some(blocks), ..tally.into() }
    }
}

impl From<&Tally> for Figures {
    fn from(tally: &Tally) -> Figures {
        let failed = |samples: &Samples| (samples.count() > 0).then(|| Distribution::from(samples));
        Figures {
            count: tally.count(),
            failed: tally.failures(),
            late: tally.late,
            skipped: tally.skipped,
            unfinished: tally.unfinished,
            unanswered: tally.unanswered,
            bytes_sent: tally.bytes_sent,
            bytes_received: tally.bytes_received,
            service: (&tally.ok.service).into(),
            response: (&tally.ok.response).into(),
            lag: (&tally.lag).into(),
            failed_service: failed(&tally.failed.service),
            failed_response: failed(&tally.failed.response),
            blocks: None,
        }
    }
}

impl Distribution {
    /// The percentile of this name, one of [`super::PERCENTILES`], in seconds.
    pub fn percentile(&self, name: &str) -> Option<f64> {
        match name {
            "p50" => self.p50,
            "p90" => self.p90,
            "p95" => self.p95,
            "p99" => self.p99,
            "p999" => self.p999,
            _ => None,
        }
    }
}

impl From<&Samples> for Distribution {
    fn from(samples: &Samples) -> Distribution {
        let quantile = |quantile| samples.quantile(quantile).map(|time| time.as_secs_f64());
        Distribution {
            count: samples.count(),
            mean: samples.mean(),
            stddev: samples.stddev(),
            p50: samples.median().map(|time| time.as_secs_f64()),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: (samples.count() > 0).then(|| samples.max().as_secs_f64()),
            histogram: samples.histogram().to_base64(),
        }
    }
}
