//! The figures of a run as Prometheus reads them: a function of its results, and of how far it is.
//!
//! Counters and histograms are of the measured phase, as all that is judged; what is of all phases says so. They only
//! grow while a run goes on.
//!
//! # Layout
//!
//! - `mod.rs`: [`write`]: which families there are; `exposition.rs`: how they are written

mod exposition;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::exposition::{Exposition, Kind};
use crate::event::ServerFigures;
use crate::label::Label;
use crate::report::page::Progress;
use crate::report::{Distribution, Figures, Results, State};
use crate::stats::Histogram;

/// Where buckets end, in seconds. A bound counts to within the 0.1 % of our histograms.
const BOUNDS: [f64; 15] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The text for one fetch. Without progress the run has ended.
pub fn write(results: &Results, progress: Option<&Progress>) -> String {
    let mut out = Exposition::default();
    about(&mut out, results, progress);
    requests(&mut out, results);
    operations(&mut out, results);
    troubles(&mut out, results);
    servers(&mut out, &results.server);
    monitors(&mut out, results);
    generator(&mut out, results);
    thresholds(&mut out, results);
    out.text()
}

fn about(out: &mut Exposition, results: &Results, progress: Option<&Progress>) {
    let (seed, run) = (results.seed.to_string(), &results.run);
    let mode = if run.rehearsed { "rehearse" } else { "run" };
    out.family("populace_info", Kind::Gauge, "What is run; the value is always 1.").sample(
        &[
            ("version", &run.version),
            ("mode", mode),
            ("config", &run.config),
            ("clients", &run.clients),
            ("seed", &seed),
        ],
        1.0,
    );
    out.family(
        "populace_ended",
        Kind::Gauge,
        "1 when the run has ended, so that nothing changes any more, else 0.",
    )
    .sample(&[], f64::from(u8::from(progress.is_none())));
    if let Some(verdict) = results.verdict {
        out.family("populace_verdict", Kind::Gauge, "The verdict, once there is one; the value is always 1.")
            .sample(&[("verdict", verdict.as_str())], 1.0);
    }
    out.family(
        "populace_run_seconds",
        Kind::Gauge,
        "How long the run has gone on; in a rehearsal, in virtual time.",
    )
    .sample(&[], results.run_time_s);
    out.family("populace_measured_seconds", Kind::Gauge, "How long the phase that is judged has gone on.")
        .sample(&[], results.measured_time_s);
    out.family("populace_users", Kind::Gauge, "Users who have come.").sample(&[], results.users as f64);
    out.family("populace_users_planned", Kind::Gauge, "Users who are to come.")
        .sample(&[], results.run.planned_users as f64);
    out.family("populace_clients", Kind::Gauge, "Client programs that have come.")
        .sample(&[], results.clients as f64);
    let mut family = out.family(
        "populace_population_clients",
        Kind::Gauge,
        "Client programs that have come, by population.",
    );
    for (title, population) in &results.populations {
        family.sample(&[("population", title)], population.clients as f64);
    }
}

fn requests(out: &mut Exposition, results: &Results) {
    let requests = &results.requests;
    outcomes(out, "populace_requests_total", "Requests that came to an end, by label and outcome.", requests);
    let mut family = out.family(
        "populace_phase_requests_total",
        Kind::Counter,
        "Requests that came to an end, by the phase in which they were due, and outcome.",
    );
    for (phase, figures) in &results.phases {
        let good = figures.requests.saturating_sub(figures.requests_failed);
        family.sample(&[("phase", phase.as_str()), ("outcome", "ok")], good as f64);
        family.sample(&[("phase", phase.as_str()), ("outcome", "failed")], figures.requests_failed as f64);
    }
    let mut sum = |name, help, of: fn(&Figures) -> u64| {
        let mut family = out.family(name, Kind::Counter, help);
        for (label, figures) in requests {
            family.sample(&[("label", label.as_str())], of(figures) as f64);
        }
    };
    sum("populace_sent_bytes_total", "Bytes of requests on the wire.", |figures| figures.bytes_sent);
    sum("populace_received_bytes_total", "Bytes of answers on the wire.", |figures| figures.bytes_received);
    let help = "From sending a request to the last byte of its answer, of successes.";
    times(out, "populace_request_service_seconds", help, requests, |figures| &figures.service);
    let help = "From when a request was due to the last byte of its answer, of successes.";
    times(out, "populace_request_response_seconds", help, requests, |figures| &figures.response);
    let help = "How late requests began.";
    times(out, "populace_request_lag_seconds", help, requests, |figures| &figures.lag);
}

fn operations(out: &mut Exposition, results: &Results) {
    let operations = &results.operations;
    outcomes(
        out,
        "populace_operations_total",
        "Operations that came to an end, by label and outcome.",
        operations,
    );
    let mut family = out.family(
        "populace_operations_missed_total",
        Kind::Counter,
        "Planned operations that merged into one that was waiting (late), or never began (skipped).",
    );
    for (label, figures) in operations {
        family.sample(&[("label", label.as_str()), ("how", "late")], figures.late as f64);
        family.sample(&[("label", label.as_str()), ("how", "skipped")], figures.skipped as f64);
    }
    let help = "From when an operation was due to its end, of successes: what users waited.";
    times(out, "populace_operation_response_seconds", help, operations, |figures| &figures.response);
    let help = "How late planned operations began.";
    times(out, "populace_operation_lag_seconds", help, operations, |figures| &figures.lag);
}

fn outcomes(out: &mut Exposition, name: &'static str, help: &str, all: &BTreeMap<Label, Figures>) {
    let mut family = out.family(name, Kind::Counter, help);
    for (label, figures) in all {
        let good = figures.count.saturating_sub(figures.failed);
        family.sample(&[("label", label.as_str()), ("outcome", "ok")], good as f64);
        family.sample(&[("label", label.as_str()), ("outcome", "failed")], figures.failed as f64);
    }
}

fn times(
    out: &mut Exposition,
    name: &'static str,
    help: &str,
    all: &BTreeMap<Label, Figures>,
    of: fn(&Figures) -> &Distribution,
) {
    let mut family = out.family(name, Kind::Histogram, help);
    for (label, figures) in all {
        let times = of(figures);
        let histogram = Histogram::of_base64(&times.histogram).unwrap_or_default();
        let sum = times.mean.unwrap_or(0.0) * times.count as f64;
        family.histogram(&[("label", label.as_str())], &histogram, times.count, sum, &BOUNDS);
    }
}

fn troubles(out: &mut Exposition, results: &Results) {
    let mut family = out.family("populace_responses_total", Kind::Counter, "Answers, by status.");
    for (status, count) in &results.statuses {
        family.sample(&[("status", &status.to_string())], *count as f64);
    }
    let mut family = out.family(
        "populace_errors_total",
        Kind::Counter,
        "Requests without a good answer, by kind of error.",
    );
    for (kind, error) in &results.errors {
        family.sample(&[("kind", kind)], error.count as f64);
    }
    let sum = |texts: &BTreeMap<std::rc::Rc<str>, u64>| {
        texts.values().fold(0, |sum: u64, n| sum.saturating_add(*n))
    };
    out.family(
        "populace_client_failures_total",
        Kind::Counter,
        "Client programs that gave up, in all phases.",
    )
    .sample(&[], sum(&results.client_failures) as f64);
    out.family(
        "populace_sim_failures_total",
        Kind::Counter,
        "What the simulation could not do, in all phases.",
    )
    .sample(&[], sum(&results.sim_failures) as f64);
}

/// What a server says of itself.
type OfServer = (&'static str, &'static str, fn(&ServerFigures) -> f64);

fn servers(out: &mut Exposition, servers: &BTreeMap<std::rc::Rc<str>, ServerFigures>) {
    let families: [OfServer; 4] = [
        ("populace_server_requests_per_second", "Requests a second, as the server says.", |one| {
            one.requests_per_s
        }),
        ("populace_server_response_seconds", "Mean time to answer, as the server says.", |one| {
            one.response_ms / 1e3
        }),
        ("populace_server_slots", "Requests in progress, as the server says.", |one| one.slots),
        (
            "populace_server_cpu_ratio",
            "Share of its machine's processors in use, as the server says.",
            |one| one.cpu_percent / 100.0,
        ),
    ];
    for (name, help, of) in families {
        let mut family = out.family(name, Kind::Gauge, help);
        for (server, figures) in servers {
            family.sample(&[("server", server)], of(figures));
        }
    }
}

fn monitors(out: &mut Exposition, results: &Results) {
    let help = "What monitors of the server read last, in the unit that `unit` names.";
    let mut family = out.family("populace_monitor", Kind::Gauge, help);
    for (monitor, read) in &results.monitors {
        for (figure, gauge) in &read.figures {
            let labels = [("monitor", &**monitor), ("figure", figure), ("unit", gauge.unit.as_str())];
            family.sample(&labels, gauge.last);
        }
    }
}

fn generator(out: &mut Exposition, results: &Results) {
    let host = &results.host;
    out.family("populace_cpu_seconds_total", Kind::Counter, "Processor time of this process.")
        .sample(&[], host.cpu_s);
    out.family("populace_peak_resident_bytes", Kind::Gauge, "The most memory that this process had.")
        .sample(&[], host.peak_rss_bytes as f64);
}

fn thresholds(out: &mut Exposition, results: &Results) {
    let mut family = out.family(
        "populace_threshold_broken",
        Kind::Gauge,
        "1 for a threshold that is broken as far as the run has come, 0 for one that holds; absent if it cannot be judged.",
    );
    for judged in &results.thresholds {
        let broken = match judged.state {
            State::Failed => 1.0,
            State::Passed => 0.0,
            _ => continue,
        };
        family.sample(&[("expression", &judged.expression)], broken);
    }
}
