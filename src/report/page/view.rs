//! All that the template shows.

use serde::Serialize;

use super::bounds::{Few, name, sentence, short};
use super::course::{Stretch, course};
use super::curves::Charts;
use super::demands::{Demand, demands};
use super::faults::{Check, Fault, Reason, Status, checks, reasons, statuses, texts};
use super::headline::Headline;
use super::health::Health;
use super::labels::LabelTable;
use super::live::Progress;
use super::mix::{Deeds, Habit, Population, deeds, habits, populations};
use super::numbers::{length, moment, plain};
use super::protocols::{Protocols, protocols};
use super::server::{Counted, Gauge, Pod, Silence, books, gauges, pods, silences};
use super::{axis, faults, strip, words};
use crate::report::Results;

/// The most letters of all that plug-ins say.
const PLUGINS: usize = 16_000;

/// The page, text by text.
#[derive(Debug, Serialize)]
pub struct View {
    pub title: String,
    /// The page follows its run; and how far that is, as long as it goes on.
    pub live: bool,
    pub going: Option<String>,
    /// When the server's own figures will first be read, as long as nobody need wonder that there are none.
    pub first_reading: Option<String>,
    pub about: About,
    pub headline: Headline,
    pub demands: Few<Demand>,
    pub health: Health,
    pub charts: Charts,
    pub course: Vec<Stretch>,
    pub operations: LabelTable,
    pub requests: LabelTable,
    pub protocols: Protocols,
    pub populations: Few<Population>,
    pub deeds: Few<Deeds>,
    pub idle: Few<Habit>,
    pub switched_off: Few<Habit>,
    pub faults: Few<Fault>,
    /// Some requests were HTTP's, whose statuses are told in its words.
    pub http: bool,
    pub statuses: Few<Status>,
    pub reasons_of: Few<Reason>,
    pub checks: Few<Check>,
    pub client_failures: Few<Reason>,
    pub sim_failures: Few<Reason>,
    pub notices: Few<String>,
    pub pods: Few<Pod>,
    pub silences: Few<Silence>,
    pub gauges: Few<Gauge>,
    pub books: Few<Counted>,
    pub plugins: Few<Plugin>,
    /// The size of the drawings of distributions.
    pub strip_width: f64,
    pub strip_height: f64,
}

/// What was run.
#[derive(Debug, Serialize)]
pub struct About {
    pub version: String,
    pub rehearsed: bool,
    pub config: String,
    pub clients: String,
    pub servers: Vec<String>,
    pub started: String,
    pub run_time: String,
    pub measured_time: String,
    pub measured_from: String,
    /// Something came before or after the phase that is judged.
    pub other_phases: bool,
    pub interval: String,
    pub seed: String,
    pub plan_hash: Option<String>,
    pub trace_hash: Option<String>,
    pub schema: String,
    /// Requests a second, in the time that was measured.
    pub rate: String,
}

/// What a plug-in said.
#[derive(Debug, Serialize)]
pub struct Plugin {
    pub name: String,
    pub text: String,
    pub failures: Few<String>,
}

impl View {
    pub fn of(results: &Results) -> View {
        let headline = Headline::of(results);
        View {
            title: format!("{}: {}", headline.word, headline.whom),
            live: false,
            going: None,
            first_reading: None,
            about: About::of(results),
            headline,
            demands: demands(results),
            health: Health::of(results),
            charts: Charts::of(results),
            course: course(results),
            operations: LabelTable::of(&results.operations, &results.words, &results.thoughtful),
            requests: LabelTable::of(&results.requests, &Default::default(), &Default::default()),
            protocols: protocols(results),
            populations: populations(results),
            deeds: deeds(results),
            idle: habits(&results.idle),
            switched_off: habits(&results.switched_off),
            faults: faults::faults(results),
            http: words::speaks_http(results),
            statuses: statuses(results),
            reasons_of: reasons(results),
            checks: checks(results),
            client_failures: texts(&results.client_failures, faults::MOST),
            sim_failures: texts(&results.sim_failures, faults::MOST),
            notices: Few::of(results.notices.iter().map(|text| sentence(text)), 30),
            pods: pods(results),
            silences: silences(results),
            gauges: gauges(results),
            books: books(results),
            plugins: plugins(results),
            strip_width: axis::WIDTH,
            strip_height: strip::HEIGHT,
        }
    }

    /// The same for a page that follows its run.
    pub fn live(results: &Results, progress: Option<&Progress>) -> View {
        let view = View { live: true, ..View::of(results) };
        let Some(progress) = progress else { return view };
        let going = progress.words();
        View {
            title: going.clone(),
            headline: view.headline.going(),
            going: Some(going),
            first_reading: progress.first_reading(),
            ..view
        }
    }
}

impl About {
    fn of(results: &Results) -> About {
        let run = &results.run;
        let judged = results.requests.values().map(|figures| figures.count).fold(0, u64::saturating_add);
        About {
            version: name(&run.version),
            rehearsed: run.rehearsed,
            config: sentence(&run.config),
            clients: sentence(&run.clients),
            servers: run.servers.iter().take(20).map(|server| sentence(server)).collect(),
            started: results.host.started.format("%A %-d %B %Y, %H:%M").to_string(),
            run_time: length(results.run_time_s),
            measured_time: length(results.measured_time_s),
            measured_from: moment(results.measured_from_s),
            other_phases: results.phases.len() > 1,
            interval: length(results.timeline_interval_s),
            seed: results.seed.to_string(),
            plan_hash: results.plan_hash.as_deref().map(name),
            trace_hash: results.trace_hash.as_deref().map(name),
            schema: name(&results.schema),
            rate: plain(judged as f64 / results.measured_time_s.max(1e-3)),
        }
    }
}

fn plugins(results: &Results) -> Few<Plugin> {
    let each = PLUGINS / results.plugins.len().clamp(1, 10);
    let plugin = |said: &crate::report::PluginText| Plugin {
        name: name(&said.name),
        text: short(said.text.trim_matches('\n'), each),
        failures: Few::of(said.failures.iter().map(|text| sentence(text)), 5),
    };
    Few::of(results.plugins.iter().map(plugin), 10)
}
