//! Whether the machine that made the load can be believed.

use serde::Serialize;

use super::bounds::{Few, name, short};
use super::numbers::{count, plain, time};
use crate::clock::GRAIN;
use crate::report::{Distribution, Figures, Results, WorkerState};
use crate::stats::Histogram;

/// The share of one processor, in percent, from which on a process may itself be what was slow.
const BUSY: f64 = 85.0;

/// Seconds that 99 of 100 requests may begin late in any run; and, within this, which part of what 95 of 100 took, or
/// so many seconds where that is less: timers are no finer.
const LATE: f64 = 0.1;
const LATE_PART: f64 = 0.1;
const LATE_LEAST: f64 = 0.01;

/// The generator: lag, processor, memory, workers.
#[derive(Debug, Serialize)]
pub struct Health {
    /// `good`, `doubtful` or `bad`.
    pub state: &'static str,
    /// What that means, in a word or two and in sentences.
    pub word: &'static str,
    pub why: Vec<String>,
    /// How late requests began, and whose time that is where it is known; empty without requests.
    pub lateness: String,
    pub lag_p50: String,
    pub lag_p95: String,
    pub lag_p99: String,
    /// How many users came late, and by how much; empty if nobody did.
    pub late_users: String,
    pub cpu: String,
    pub memory: String,
    pub machine: String,
    pub wall: String,
    /// Empty if no connection gave way.
    pub gave_way: String,
    pub workers: Few<Worker>,
}

/// One worker.
#[derive(Debug, Serialize)]
pub struct Worker {
    pub id: String,
    pub requests: String,
    /// What is judged: how many requests, how many of them failed, and their response times.
    pub measured: String,
    pub failed: String,
    pub p50: String,
    pub p95: String,
    pub p99: String,
    pub cpu: String,
    pub memory: String,
    pub state: String,
    pub lost: bool,
}

impl Health {
    pub fn of(results: &Results) -> Health {
        let host = &results.host;
        let lag = all(results, |figures| &figures.lag);
        let quantile = |quantile| time(lag.quantile(quantile).map(|time| time.as_secs_f64()));
        let late = late(results, &lag);
        let (state, word, why) = judge(results, late);
        Health {
            state,
            word,
            why,
            lateness: lateness(results, &lag),
            lag_p50: quantile(0.5),
            lag_p95: quantile(0.95),
            lag_p99: quantile(0.99),
            late_users: late_users(results),
            cpu: time(host.cpu_s),
            memory: megabytes(host.peak_rss_bytes),
            machine: name(&host.machine),
            wall: time(host.wall_time_s),
            gave_way: if results.gave_way > 0 { count(results.gave_way) } else { String::new() },
            workers: Few::of(results.workers.iter().map(|(id, worker)| Worker::of(id, worker, results)), 32),
        }
    }
}

impl Worker {
    fn of(id: &str, worker: &WorkerState, results: &Results) -> Worker {
        let cost = results.host.workers.get(id);
        let lost = worker.is_lost();
        let measured = worker.measured.as_ref().map(|measured| &measured.requests);
        Worker {
            id: name(id),
            requests: count(worker.requests),
            measured: measured.map(|requests| count(requests.count)).unwrap_or_default(),
            failed: measured.map(|requests| count(requests.failed)).unwrap_or_default(),
            p50: time(measured.and_then(|requests| requests.response.p50)),
            p95: time(measured.and_then(|requests| requests.response.p95)),
            p99: time(measured.and_then(|requests| requests.response.p99)),
            cpu: time(cost.map(|cost| cost.cpu_s)),
            memory: cost.map(|cost| megabytes(cost.peak_rss_bytes)).unwrap_or_default(),
            state: if lost { format!("lost: {}", short(&worker.state, 120)) } else { "done".to_owned() },
            lost,
        }
    }
}

fn late_users(results: &Results) -> String {
    let Some(lag) = &results.delays.lag else { return String::new() };
    format!("{}; {} on average, {} at most", count(lag.count), time(lag.mean), time(lag.max))
}

fn megabytes(bytes: u64) -> String {
    format!("{}\u{a0}MB", plain(bytes as f64 / 1e6))
}

/// The times of one sort of all requests of the phase that is judged.
fn all(results: &Results, of: fn(&Figures) -> &Distribution) -> Histogram {
    let mut all = Histogram::default();
    for figures in results.requests.values() {
        if let Some(times) = Histogram::of_base64(&of(figures).histogram) {
            all.merge(&times);
        }
    }
    all
}

/// That requests began so late that their times may not be those of the server, and what to do; never in a rehearsal,
/// where the machine cannot be late.
fn late(results: &Results, lag: &Histogram) -> Option<String> {
    let lag = lag.quantile(0.99)?.as_secs_f64();
    let response = all(results, |figures| &figures.response).quantile(0.95);
    let part = response.map_or(LATE, |response| response.as_secs_f64() * LATE_PART);
    let late = !results.run.rehearsed && lag > part.clamp(LATE_LEAST, LATE);
    late.then(|| {
        "Requests began late: if the server was not that slow, this machine could not keep up; take more workers, \
         a quieter machine or fewer users."
            .to_owned()
    })
}

/// How late requests began. In virtual time nothing is late but who waits for the server; by the clock nobody knows which
/// part of it is the machine's.
fn lateness(results: &Results, lag: &Histogram) -> String {
    let Some(late) = lag.quantile(0.99) else { return String::new() };
    let late_by = format!("99 of 100 requests began at most {} late", time(late.as_secs_f64()));
    match results.run.rehearsed {
        true if late < GRAIN => "99 of 100 requests began when they were due.".to_owned(),
        true => format!(
            "{late_by}: their clients still waited for answers or for a connection, so that this is the server\u{2019}s \
             time, and not this machine\u{2019}s."
        ),
        false => format!("{late_by}."),
    }
}

/// `good`, `doubtful` or `bad`, that in a word or two, and why.
fn judge(results: &Results, late: Option<String>) -> (&'static str, &'static str, Vec<String>) {
    let lost = results.workers.values().filter(|worker| worker.is_lost()).count();
    let mut why = Vec::new();
    if lost > 0 {
        why.push(format!("{lost} of {} workers were lost.", results.workers.len()));
    }
    let busy = busiest(results);
    let busy_enough = busy.as_ref().is_some_and(|(_, percent)| *percent >= BUSY);
    if let Some((who, percent)) = busy {
        let word = if busy_enough { "Times may be its own: " } else { "" };
        let used = if percent < 0.5 { "below 1".to_owned() } else { format!("{percent:.0}") };
        why.push(format!("{word}{who} used {used}\u{a0}% of one processor."));
    } else {
        why.push("In virtual time the machine cannot be late, however slow it is.".to_owned());
    }
    let is_late = late.is_some();
    why.extend(late);
    match (lost > 0, is_late, busy_enough) {
        (true, ..) => ("bad", "Not all was measured", why),
        (_, true, _) => ("doubtful", "Late", why),
        (_, _, true) => ("doubtful", "Look here", why),
        _ => ("good", "Healthy", why),
    }
}

/// The busiest process of those that made the load, and how many percent of a processor it used; none in a rehearsal.
fn busiest(results: &Results) -> Option<(String, f64)> {
    let host = &results.host;
    if results.run.rehearsed || host.wall_time_s <= 0.0 {
        return None;
    }
    let percent = |seconds: f64| seconds * 100.0 / host.wall_time_s;
    let worker = host.workers.iter().max_by(|a, b| a.1.cpu_s.total_cmp(&b.1.cpu_s));
    let manager = ("The process".to_owned(), percent(host.cpu_s));
    Some(worker.map_or(manager, |(id, cost)| (format!("Worker {}", name(id)), percent(cost.cpu_s))))
}
