//! The figures of a protocol.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Protocol;
use crate::label::Label;
use crate::stats::{Period, Tally};

/// One protocol: what its sessions were and what they brought over, in the measured phase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProtocolFigures {
    /// As people call it.
    pub name: Rc<str>,
    /// The label of the step that opens a connection.
    pub connection_step: Label,
    /// The labels of the steps each of which, done well, brings one message over.
    pub message_steps: Vec<Label>,
    #[serde(flatten)]
    pub sums: Sums,
    /// Its steps in the order in which they come; the counts of one that nobody took are zero.
    pub steps: Vec<StepFigures>,
    /// What the codes of its replies mean; one digit stands for all codes that begin with it and are not here themselves.
    pub statuses: BTreeMap<u16, Rc<str>>,
}

/// What came of the sessions of one protocol, or of several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// How often a connection was tried and that came to an end, well or not.
    pub connections: u64,
    /// How many of these did not come about.
    pub connections_failed: u64,
    /// Messages that were brought over.
    pub messages: u64,
    /// Bytes on the wire, of all steps.
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Messages for each connection that came about; null without any.
    pub messages_per_connection: Option<f64>,
    /// The same, each a second of the measured phase.
    pub connections_per_s: f64,
    pub messages_per_s: f64,
    pub bytes_sent_per_s: f64,
    pub bytes_received_per_s: f64,
}

/// One step of a protocol. Times are service times of those that succeeded, in seconds; null without any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepFigures {
    pub label: Label,
    /// How many came to an end, well or not.
    pub count: u64,
    /// How many of these did not succeed.
    pub failed: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
    /// Exact.
    pub mean: Option<f64>,
    /// To three digits, as percentiles are.
    pub min: Option<f64>,
    /// Exact.
    pub max: Option<f64>,
    /// Exact, of these samples.
    pub stddev: Option<f64>,
}

impl ProtocolFigures {
    /// A protocol of which nothing is counted yet.
    pub fn outline(protocol: &Protocol) -> ProtocolFigures {
        let step = |label: &Label| StepFigures::of(*label, &Tally::default());
        let status = |(code, words): &(u16, &'static str)| (*code, Rc::from(*words));
        ProtocolFigures {
            name: protocol.name.into(),
            connection_step: protocol.connection,
            message_steps: protocol.messages.to_vec(),
            sums: Sums::default(),
            steps: protocol.steps.iter().map(step).collect(),
            statuses: protocol.statuses.iter().map(status).collect(),
        }
    }

    /// The same with what was counted in a phase of so many seconds.
    pub fn counted(mut self, period: &Period, seconds: f64) -> ProtocolFigures {
        for step in &mut self.steps {
            if let Some(tally) = period.requests.get(&step.label) {
                *step = StepFigures::of(step.label, tally);
            }
        }
        let all = |of: fn(&StepFigures) -> u64| self.steps.iter().map(of).fold(0, u64::saturating_add);
        let connections = self.steps.iter().find(|step| step.label == self.connection_step);
        let messages = self.steps.iter().filter(|step| self.message_steps.contains(&step.label));
        let sums = Sums {
            connections: connections.map_or(0, |step| step.count),
            connections_failed: connections.map_or(0, |step| step.failed),
            messages: messages.map(StepFigures::succeeded).fold(0, u64::saturating_add),
            bytes_sent: all(|step| step.bytes_sent),
            bytes_received: all(|step| step.bytes_received),
            ..Sums::default()
        };
        self.sums = sums.over(seconds);
        self
    }

    /// Whether this is one of its steps.
    pub fn has(&self, label: Label) -> bool {
        self.steps.iter().any(|step| step.label == label)
    }

    /// What a code of its replies means.
    pub fn status(&self, code: u16) -> Option<&str> {
        self.statuses.get(&code).or_else(|| self.statuses.get(&(code / 100))).map(|words| &**words)
    }
}

impl Sums {
    /// Those of all protocols together; None of one alone, which says it itself.
    pub fn total(protocols: &[ProtocolFigures], seconds: f64) -> Option<Sums> {
        let all =
            |of: fn(&Sums) -> u64| protocols.iter().map(|one| of(&one.sums)).fold(0, u64::saturating_add);
        let total = Sums {
            connections: all(|sums| sums.connections),
            connections_failed: all(|sums| sums.connections_failed),
            messages: all(|sums| sums.messages),
            bytes_sent: all(|sums| sums.bytes_sent),
            bytes_received: all(|sums| sums.bytes_received),
            ..Sums::default()
        };
        (protocols.len() > 1).then(|| total.over(seconds))
    }

    /// The same with what follows from the counts in so many seconds.
    fn over(self, seconds: f64) -> Sums {
        let rate = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        let made = self.connections.saturating_sub(self.connections_failed);
        Sums {
            messages_per_connection: (made > 0).then(|| self.messages as f64 / made as f64),
            connections_per_s: rate(self.connections),
            messages_per_s: rate(self.messages),
            bytes_sent_per_s: rate(self.bytes_sent),
            bytes_received_per_s: rate(self.bytes_received),
            ..self
        }
    }
}

impl StepFigures {
    fn of(label: Label, tally: &Tally) -> StepFigures {
        let times = &tally.ok.service;
        StepFigures {
            label,
            count: tally.count(),
            failed: tally.failures(),
            bytes_sent: tally.bytes_sent,
            bytes_received: tally.bytes_received,
            mean: times.mean(),
            min: times.quantile(0.0).map(|time| time.as_secs_f64()),
            max: (times.count() > 0).then(|| times.max().as_secs_f64()),
            stddev: times.stddev(),
        }
    }

    pub fn succeeded(&self) -> u64 {
        self.count.saturating_sub(self.failed)
    }

    /// Whether it was taken at all; one that only began says what it sent.
    pub fn any(&self) -> bool {
        self.count > 0 || self.bytes_sent > 0 || self.bytes_received > 0
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::report::{RESULTS_SCHEMA, Results, summary_of};
    use crate::stats::test::{response, statistics};
    use crate::stats::{Limits, Statistics};

    const STEPS: [Label; 3] = [Label::of("TALK{dial}"), Label::of("TALK{say}"), Label::of("TALK{hear}")];

    /// A protocol that no domain has.
    pub static TALK: Protocol = Protocol {
        name: "TALK",
        connection: STEPS[0],
        messages: &[STEPS[1], STEPS[2]],
        steps: &STEPS,
        statuses: &[(200, "heard"), (5, "hung up")],
    };

    /// Another.
    pub static WAVE: Protocol = Protocol {
        name: "WAVE",
        connection: Label::of("WAVE{look}"),
        messages: &[],
        steps: &[Label::of("WAVE{look}")],
        statuses: &[],
    };

    /// Three connections, one of which failed, and five messages of which one did.
    pub fn talked() -> Statistics {
        let dialled =
            [(0.1, true), (0.3, true), (9.0, false)].map(|(s, good)| response(0, "TALK{dial}", s, good));
        let said = [true, true, true, true, false].map(|good| response(0, "TALK{say}", 0.5, good));
        let other = [response(1, "GET{event}", 1.0, true), response(1, "WAVE{look}", 1.0, true)];
        statistics(Limits::default(), dialled.iter().chain(&said).chain(&other))
    }

    fn figures() -> Vec<ProtocolFigures> {
        let stats = talked();
        let period = stats.measured().unwrap();
        [&TALK, &WAVE].map(|of| ProtocolFigures::outline(of).counted(period, 10.0)).into()
    }

    #[test]
    fn figures_are_those_of_the_labels() {
        let all = figures();
        let sums = &all[0].sums;
        assert_eq!((sums.connections, sums.connections_failed, sums.messages), (3, 1, 4));
        assert_eq!((sums.bytes_sent, sums.bytes_received), (800, 8000));
        assert_eq!(sums.messages_per_connection, Some(2.0));
        assert_eq!((sums.connections_per_s, sums.messages_per_s), (0.3, 0.4));
        assert_eq!((sums.bytes_sent_per_s, sums.bytes_received_per_s), (80.0, 800.0));
        let dial = &all[0].steps[0];
        assert_eq!((dial.count, dial.failed, dial.bytes_sent), (3, 1, 300));
        // The one that failed is in none of the times.
        let times = [dial.mean, dial.min, dial.max, dial.stddev].map(Option::unwrap);
        for (time, expected) in times.iter().zip([0.2, 0.1, 0.3, 0.1]) {
            assert!((time - expected).abs() < 1e-3 * expected, "{times:?}");
        }
        let hear = &all[0].steps[2];
        assert_eq!((hear.count, hear.any(), hear.mean, hear.min, hear.max), (0, false, None, None, None));
    }

    #[test]
    fn the_total_is_that_of_all() {
        let all = figures();
        let total = Sums::total(&all, 10.0).unwrap();
        assert_eq!((total.connections, total.messages, total.bytes_sent), (4, 4, 900));
        assert_eq!((total.connections_per_s, total.messages_per_connection), (0.4, Some(4.0 / 3.0)));
        assert_eq!(Sums::total(&all[..1], 10.0), None);
        // Before the phase has begun there is no rate.
        assert_eq!(Sums::total(&all, 0.0).unwrap().connections_per_s, 0.0);
    }

    #[test]
    fn codes_have_the_words_of_their_protocol() {
        let all = figures();
        assert_eq!([200, 550, 404].map(|code| all[0].status(code)), [Some("heard"), Some("hung up"), None]);
    }

    #[test]
    fn the_results_file_has_them_as_its_schema_says_and_only_where_there_are_any() {
        let stats = talked();
        let mut summary = summary_of(&stats);
        assert!(!serde_json::to_string(&Results::of(&summary)).unwrap().contains("\"protocols\""));
        summary.protocols = vec![&TALK, &WAVE];
        let results = Results::of(&summary);
        let json = serde_json::to_value(&results).unwrap();
        let schema: serde_json::Value = serde_json::from_str(RESULTS_SCHEMA).unwrap();
        let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let protocol = &json["protocols"][0];
        for (def, value) in [("ProtocolFigures", protocol), ("StepFigures", &protocol["steps"][0])] {
            let def = &schema["$defs"][def];
            assert_eq!(keys(value), keys(&def["properties"]));
            assert_eq!(def["required"].as_array().unwrap().len(), keys(value).len());
        }
        assert_eq!(json["protocols"][0]["messages"], 4);
        // There and back: live pages and `populace report` read it.
        let read: Results = serde_json::from_value(json).unwrap();
        assert_eq!(read.protocols, results.protocols);
        let outline: Results =
            serde_json::from_str(&serde_json::to_string(&Results::outline(&summary)).unwrap()).unwrap();
        assert_eq!(outline.counted(&stats).protocols, results.protocols);
    }
}
