//! All that is counted under one label.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Blocks, Samples};
use crate::event::{Missed, OperationEnd, OperationStart, Response};

/// How long things took, of one outcome.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// From begun to the end.
    pub service: Samples,
    /// From due to the end.
    pub response: Samples,
}

impl Times {
    fn record(&mut self, service: Duration, response: Duration, limits: &[Duration]) {
        self.service.record(service, limits);
        self.response.record(response, limits);
    }

    fn merge(&mut self, other: &Times) {
        self.service.merge(&other.service);
        self.response.merge(&other.response);
    }
}

/// The requests or the operations of one label: successes and failures apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub ok: Times,
    pub failed: Times,
    /// How late they began; of operations only those that begin at planned times.
    pub lag: Samples,
    /// Occurrences that merged into one that was waiting already.
    pub late: u64,
    /// Occurrences that were never served.
    pub skipped: u64,
    /// Operations that the end of the run cut short.
    pub unfinished: u64,
    /// Requests that were sent and had no answer when the run ended.
    pub unanswered: u64,
    /// Bytes on the wire, of requests.
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// How those that came to an end lie in time: requests with their service times, operations with their response
    /// times. Only of labels, and of those that are judged.
    pub blocks: Blocks,
}

impl Tally {
    /// Takes a response; `auxiliary` is one that is no failure whatever its status.
    pub fn response(&mut self, response: &Response, auxiliary: bool, limits: &[Duration]) {
        self.bytes_sent = self.bytes_sent.saturating_add(response.bytes_sent);
        self.bytes_received = self.bytes_received.saturating_add(response.bytes_received);
        self.lag.record(response.lag(), &[]);
        if !response.ended() {
            self.unanswered += 1;
            return;
        }
        let good = response.success || (auxiliary && response.status.is_some());
        self.outcome(good).record(response.service(), response.response(), limits);
    }

    /// Takes the start of an operation: its lag, if it could be late at all.
    pub fn start(&mut self, start: &OperationStart) {
        if start.scheduled {
            self.lag.record(start.begun.saturating_sub(start.due), &[]);
        }
    }

    pub fn end(&mut self, end: &OperationEnd, limits: &[Duration]) {
        if end.unfinished {
            self.unfinished += 1;
            return;
        }
        let service = end.end.saturating_sub(end.begun);
        let response = end.end.saturating_sub(end.due);
        self.outcome(end.success).record(service, response, limits);
    }

    pub fn missed(&mut self, missed: &Missed) {
        self.late = self.late.saturating_add(missed.late);
        self.skipped = self.skipped.saturating_add(missed.skipped);
    }

    pub fn merge(&mut self, other: &Tally) {
        self.ok.merge(&other.ok);
        self.failed.merge(&other.failed);
        self.lag.merge(&other.lag);
        self.late = self.late.saturating_add(other.late);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.unfinished = self.unfinished.saturating_add(other.unfinished);
        self.unanswered = self.unanswered.saturating_add(other.unanswered);
        self.bytes_sent = self.bytes_sent.saturating_add(other.bytes_sent);
        self.bytes_received = self.bytes_received.saturating_add(other.bytes_received);
        self.blocks.merge(&other.blocks);
    }

    /// How many came to an end, well or not.
    pub fn count(&self) -> u64 {
        self.ok.service.count().saturating_add(self.failures())
    }

    pub fn successes(&self) -> u64 {
        self.ok.service.count()
    }

    pub fn failures(&self) -> u64 {
        self.failed.service.count()
    }

    /// How many took strictly longer to serve, well or not, than the limit at this place.
    pub fn over(&self, place: usize) -> u64 {
        self.ok.service.over(place).saturating_add(self.failed.service.over(place))
    }

    fn outcome(&mut self, good: bool) -> &mut Times {
        if good { &mut self.ok } else { &mut self.failed }
    }
}
