//! The results file: what `--json FILE` writes.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::checks::checks;
use super::errors::{alike, errors, habits, texts};
use super::groups::groups;
use super::notes::notes;
use super::rows::{self, TimelineRow};
use super::summary::aborted;
use super::{
    About, CheckFigures, DelayFigures, ErrorFigures, Figures, GroupFigures, Host, Judged, MonitorFigures,
    PhaseFigures, PopulationFigures, ProtocolFigures, Summary, Verdict, WorkerState,
};
use crate::event::{Phase, ServerFigures};
use crate::label::Label;
use crate::stats::{Period, Samples, Statistics, Tally};

/// The name of this form of the file; it changes when a reader would have to.
pub const SCHEMA: &str = "populace.results/1";

/// The JSON Schema of the file; a test holds it to what a rehearsal writes.
pub const RESULTS_SCHEMA: &str = include_str!("results.schema.json");

/// One run, as one JSON object. What may differ between two equal rehearsals stands only under
/// `host`. Times are seconds. Maps are in order of their keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Results {
    /// [`SCHEMA`].
    pub schema: String,
    /// What was run.
    pub run: About,
    pub seed: u64,
    /// The hash of all that was scheduled: the same for equal configurations and seeds.
    pub plan_hash: Option<String>,
    /// The hash of every event, only of a rehearsal.
    pub trace_hash: Option<String>,
    /// `pass`, `fail`, `incomplete` or `error`; null while it is not known, as in what plug-ins get.
    pub verdict: Option<Verdict>,
    /// Why it did not pass, one sentence each with what was measured, in the order of the report.
    pub failures: Vec<String>,
    /// What became of each threshold of the key `thresholds`, in their order.
    #[serde(default)]
    pub thresholds: Vec<Judged>,
    /// What makes the verdict mean less than it seems to.
    pub notes: Vec<String>,
    /// Somebody ended the run before its time.
    pub interrupted: bool,
    /// Users and clients that arrived.
    pub users: u64,
    pub clients: u64,
    /// Accounts there were to use.
    pub accounts: u64,
    /// How long it went, in a rehearsal in virtual time, and how long the measured phase was.
    pub run_time_s: f64,
    pub measured_time_s: f64,
    /// When the measured phase began, since the start of the run.
    #[serde(default)]
    pub measured_from_s: f64,
    /// Title of a population to who of it arrived.
    #[serde(default)]
    pub populations: BTreeMap<Rc<str>, PopulationFigures>,
    /// Users who did not come when they were due.
    #[serde(default)]
    pub delays: DelayFigures,
    /// Why clients gave up: reason to how many. Of reasons that are alike but for numbers, names and addresses the first stands
    /// for all.
    pub client_failures: BTreeMap<Rc<str>, u64>,
    /// What the simulation itself could not do: `label: reason` to how often.
    pub sim_failures: BTreeMap<Rc<str>, u64>,
    /// Label to figures, of what was due in the measured phase.
    pub requests: BTreeMap<Label, Figures>,
    pub operations: BTreeMap<Label, Figures>,
    /// The protocols that clients could speak, beside HTTP, with what their sessions were; measured phase. Absent where
    /// there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub protocols: Vec<ProtocolFigures>,
    /// What a person calls these operations, as far as that is known.
    #[serde(default)]
    pub words: BTreeMap<Label, Rc<str>>,
    /// The operations in which their users think, so that nobody waits for all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub thoughtful: BTreeSet<Label>,
    /// Why operations failed: label to reason to how often, alike ones as above; measured phase.
    pub reasons: BTreeMap<Label, BTreeMap<Rc<str>, u64>>,
    /// What was looked for in answers: label of the request to check to how often it was found; measured phase.
    #[serde(default)]
    pub checks: BTreeMap<Label, BTreeMap<Rc<str>, CheckFigures>>,
    /// Title of a population to the figures of all its labels together, without `CHALLENGE{..}`,
    /// `PROBE{..}` and `RESENT{..}`; measured phase.
    pub groups: BTreeMap<Rc<str>, GroupFigures>,
    /// Name of a profile to the same, of what was done for it. What a client program does by itself, as to start, to poll
    /// and to answer a push, is in none.
    #[serde(default)]
    pub profiles: BTreeMap<Rc<str>, GroupFigures>,
    /// Status to how often it came; measured phase.
    pub statuses: BTreeMap<u16, u64>,
    /// Kind of error to how often and the first example; measured phase.
    pub errors: BTreeMap<String, ErrorFigures>,
    /// Every phase in which something was due, with what is counted of it.
    pub phases: BTreeMap<Phase, PhaseFigures>,
    /// Requests of all phases that were answered, or failed in a way that is known. Those that found no connection
    /// (errors `name`, `connect`, `descriptors`, `addresses`, `connect-timeout`, `tls`) are among them; no server saw
    /// them. Those under `RESENT{METHOD}` met a connection that the server was closing: it may have seen them or not.
    pub answered: u64,
    /// Requests of all phases that had no answer when the run ended. With `answered` it is all that
    /// was sent.
    pub unanswered: u64,
    /// Connections that were closed, idle as they were, because all were taken and somebody else needed one.
    #[serde(default)]
    pub gave_way: u64,
    /// Profiles that are off because the server lacks what they need: profile to reason to clients.
    pub switched_off: BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>>,
    /// Profiles that had nothing to do: profile to reason to occurrences.
    pub idle: BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>>,
    /// Remarks for the person who runs this.
    pub notices: Vec<Rc<str>>,
    /// Pod to the server's own last figures; pods without any are in `server_failures`.
    pub server: BTreeMap<Rc<str>, ServerFigures>,
    /// Pod to why its figures could not be had, and how often.
    pub server_failures: BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>>,
    /// Requests that were made before the first user came: by `prepare`, and by clients to learn what they know from
    /// yesterday. They are in no other figure.
    #[serde(default)]
    pub prepared: u64,
    /// What the steps of `prepare` have made, by what it is (`requests`, `events`): without what was there already.
    #[serde(default)]
    pub made_beforehand: BTreeMap<String, u64>,
    /// What monitors read, by monitor; a statistics socket is under `server`. What the embedded server counted stands here, too.
    pub monitors: BTreeMap<Rc<str>, MonitorFigures>,
    /// What plug-ins said of the run, in their order: what a plug-in says may differ between two equal rehearsals.
    #[serde(default)]
    pub plugins: Vec<PluginText>,
    /// The rows in which something happened, but no last one in which nothing could any more.
    pub timeline: Vec<TimelineRow>,
    /// How long each row is.
    pub timeline_interval_s: f64,
    /// Id to what became of the worker.
    pub workers: BTreeMap<String, WorkerState>,
    pub host: Host,
}

/// What one plug-in said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginText {
    /// Its program, without arguments and without what is set for it.
    pub name: String,
    /// Its part of the report, and what went wrong with it.
    pub text: String,
    /// Why the run failed in its eyes; these stand in `failures` too.
    pub failures: Vec<String>,
}

impl Results {
    /// The results of a run, still without verdict and failures.
    pub fn of(summary: &Summary) -> Results {
        Results::outline(summary).counted(summary.stats)
    }

    /// The same without what was counted: quickly made, and [`Results::counted`] puts it in.
    pub fn outline(summary: &Summary) -> Results {
        Results {
            schema: SCHEMA.to_owned(),
            run: summary.about.clone(),
            seed: summary.seed,
            plan_hash: summary.plan_hash.clone(),
            trace_hash: summary.trace_hash.clone(),
            verdict: None,
            failures: Vec::new(),
            thresholds: summary.thresholds.clone(),
            notes: notes(summary),
            interrupted: summary.interrupted,
            users: 0,
            clients: 0,
            accounts: summary.accounts,
            run_time_s: summary.run_time.as_secs_f64(),
            measured_time_s: summary.measured_time.as_secs_f64(),
            measured_from_s: summary.measured_from.as_secs_f64(),
            populations: BTreeMap::new(),
            delays: DelayFigures::default(),
            client_failures: BTreeMap::new(),
            sim_failures: BTreeMap::new(),
            requests: BTreeMap::new(),
            operations: BTreeMap::new(),
            protocols: summary.protocols.iter().copied().map(ProtocolFigures::outline).collect(),
            words: summary.words.iter().map(|(label, words)| (*label, Rc::from(*words))).collect(),
            thoughtful: summary.thoughtful.clone(),
            reasons: BTreeMap::new(),
            checks: BTreeMap::new(),
            groups: BTreeMap::new(),
            profiles: BTreeMap::new(),
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            phases: BTreeMap::new(),
            answered: 0,
            unanswered: 0,
            gave_way: 0,
            switched_off: BTreeMap::new(),
            idle: BTreeMap::new(),
            notices: Vec::new(),
            server: BTreeMap::new(),
            server_failures: BTreeMap::new(),
            prepared: summary.prepared,
            made_beforehand: summary
                .made_beforehand
                .iter()
                .map(|(what, n)| ((*what).to_owned(), *n))
                .collect(),
            monitors: summary.monitors.clone(),
            plugins: Vec::new(),
            timeline: Vec::new(),
            timeline_interval_s: 0.0,
            workers: summary.workers.clone(),
            host: summary.host.clone(),
        }
    }

    /// The same with these counts.
    pub fn counted(mut self, stats: &Statistics) -> Results {
        let protocols = std::mem::take(&mut self.protocols);
        let mut words = std::mem::take(&mut self.words);
        let nothing = Period::default();
        let measured = stats.measured().unwrap_or(&nothing);
        words.retain(|label, _| measured.operations.contains_key(label));
        let mut thoughtful = std::mem::take(&mut self.thoughtful);
        thoughtful.retain(|label| measured.operations.contains_key(label));
        Results {
            words,
            thoughtful,
            users: stats.users(),
            clients: stats.clients(),
            populations: stats.crowds().iter().map(|(title, crowd)| (title.clone(), crowd.into())).collect(),
            delays: stats.delays().into(),
            client_failures: alike(stats.client_failures()),
            sim_failures: texts(stats.sim_failures()),
            requests: figures(&measured.requests, |tally| &tally.ok.service),
            operations: figures(&measured.operations, |tally| &tally.ok.response),
            protocols: protocols.into_iter().map(|one| one.counted(measured, self.measured_time_s)).collect(),
            reasons: measured.reasons.iter().map(|(label, reasons)| (*label, alike(reasons))).collect(),
            checks: checks(measured),
            groups: groups(&measured.groups),
            profiles: groups(&measured.profiles),
            statuses: measured.statuses.clone(),
            errors: errors(measured),
            phases: stats.periods().map(|(phase, period)| (phase, period.into())).collect(),
            answered: stats.answered(),
            unanswered: stats.unanswered(),
            gave_way: stats.gave_way(),
            switched_off: habits(stats.switched_off()),
            idle: habits(stats.idle()),
            notices: stats.notices().iter().map(|(text, _)| text.clone()).collect(),
            server: server(stats),
            server_failures: server_failures(stats),
            monitors: monitors(self.monitors, stats),
            timeline: rows::until(self.measured_from_s + self.measured_time_s, stats.timeline()),
            timeline_interval_s: stats.timeline().interval().as_secs_f64(),
            ..self
        }
    }

    /// Whether somebody ended the run before its time, or a threshold did.
    pub fn ended_early(&self) -> bool {
        self.interrupted || aborted(&self.thresholds)
    }

    /// What a person calls an operation; where nobody has said that, its label.
    pub fn called<'a>(&'a self, label: &'a Label) -> &'a str {
        self.words.get(label).map_or(label.as_str(), |words| words)
    }

    /// The same with how it ended.
    pub fn concluded(mut self, verdict: Verdict, failures: Vec<String>, plugins: Vec<PluginText>) -> Results {
        self.verdict = Some(verdict);
        self.failures = failures;
        self.plugins = plugins;
        self
    }
}

fn figures(tallies: &BTreeMap<Label, Tally>, of: fn(&Tally) -> &Samples) -> BTreeMap<Label, Figures> {
    tallies.iter().map(|(label, tally)| (*label, Figures::with_blocks(tally, of))).collect()
}

fn server(stats: &Statistics) -> BTreeMap<Rc<str>, ServerFigures> {
    let figures = |server: &crate::stats::Server| server.figures.map(|reading| reading.figures);
    stats.servers().iter().filter_map(|(pod, server)| Some((pod.clone(), figures(server)?))).collect()
}

/// What monitors read, beside what is known already.
fn monitors(
    mut known: BTreeMap<Rc<str>, MonitorFigures>,
    stats: &Statistics,
) -> BTreeMap<Rc<str>, MonitorFigures> {
    for (name, server) in stats.servers().iter().filter(|(_, server)| !server.gauges.is_empty()) {
        let figures = server.gauges.iter().map(|(name, gauge)| (name.clone(), gauge.into())).collect();
        known.entry(name.clone()).or_default().figures = figures;
    }
    known
}

fn server_failures(stats: &Statistics) -> BTreeMap<Rc<str>, BTreeMap<Rc<str>, u64>> {
    let failed = stats.servers().iter().filter(|(_, server)| !server.failures.is_empty());
    failed.map(|(pod, server)| (pod.clone(), texts(&server.failures))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary_of;
    use crate::stats::Limits;
    use crate::stats::test::{end, response, start, statistics};

    #[test]
    fn the_file_says_what_was_counted() {
        let events = [
            response(0, "GET{event}", 0.25, true),
            response(1, "GET{event}", 0.5, false),
            start(0, "invite", 0.002),
            end(0, "invite", 1.0, Some("no room")),
        ];
        let stats = statistics(Limits::default(), &events);
        let summary = summary_of(&stats);
        let results = Results::of(&summary).concluded(Verdict::Fail, vec!["why".into()], Vec::new());
        let json = serde_json::to_value(&results).unwrap();
        assert_eq!(json["schema"], "populace.results/1");
        assert_eq!(json["verdict"], "fail");
        let get = &json["requests"]["GET{event}"];
        assert_eq!((&get["count"], &get["failed"]), (&2.into(), &1.into()));
        assert_eq!(get["service"]["mean"], 0.25);
        assert_eq!(get["failed_service"]["max"], 0.5);
        assert_eq!((&get["blocks"]["succeeded"], &get["blocks"]["failed"]), (&"1".into(), &"1".into()));
        assert!(get["response"]["histogram"].as_str().unwrap().starts_with("HISTFAA"));
        assert_eq!(json["operations"]["invite"]["lag"]["max"], 0.002);
        assert_eq!(json["reasons"]["invite"]["no room"], 1);
        assert_eq!(json["errors"]["status"]["count"], 1);
        let alike = &json["errors"]["status"]["alike"][0];
        assert_eq!((&alike["label"], &alike["count"]), (&"GET{event}".into(), &1.into()));
        assert_eq!(alike["first"], json["errors"]["status"]["first"]);
        assert_eq!(json["statuses"]["500"], 1);
        assert_eq!(json["groups"]["main"]["requests"]["count"], 2);
        assert_eq!(json["phases"]["measured"]["requests"], 2);
        assert_eq!(json["timeline"][0]["requests"], 2);
        assert_eq!(json["host"]["cpu_s"], 33.65);
    }
}
