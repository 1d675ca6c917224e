//! Whether the machine that made the load can be believed.

use serde::Serialize;

use super::bounds::{Few, name, short};
use super::numbers::{count, plain, time};
use crate::report::{Results, WorkerState};
use crate::stats::Histogram;

/// The share of one processor, in percent, from which on a process may itself be what was slow.
const BUSY: f64 = 85.0;

/// The generator: lag, processor, memory, workers.
#[derive(Debug, Serialize)]
pub struct Health {
    /// `good`, `doubtful` or `bad`.
    pub state: &'static str,
    /// What that means, in a word or two and in sentences.
    pub word: &'static str,
    pub why: Vec<String>,
    pub lag_p50: String,
    pub lag_p95: String,
    pub lag_p99: String,
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
    pub cpu: String,
    pub memory: String,
    pub state: String,
    pub lost: bool,
}

impl Health {
    pub fn of(results: &Results) -> Health {
        let host = &results.host;
        let lag = lags(results);
        let quantile = |quantile| time(lag.quantile(quantile).map(|time| time.as_secs_f64()));
        let (state, why) = judge(results);
        Health {
            state,
            word: match state {
                "good" => "Healthy",
                "doubtful" => "Look here",
                _ => "Not all was measured",
            },
            why,
            lag_p50: quantile(0.5),
            lag_p95: quantile(0.95),
            lag_p99: quantile(0.99),
            cpu: time(host.cpu_s),
            memory: megabytes(host.peak_rss_bytes),
            machine: name(&host.machine),
            wall: time(host.wall_time_s),
            gave_way: if results.gave_way > 0 { count(results.gave_way) } else { String::new() },
            workers: Few::of(results.workers.iter().map(|(id, worker)| Worker::of(id, worker, results)), 64),
        }
    }
}

impl Worker {
    fn of(id: &str, worker: &WorkerState, results: &Results) -> Worker {
        let cost = results.host.workers.get(id);
        let lost = worker.state != WorkerState::DONE;
        Worker {
            id: name(id),
            requests: count(worker.requests),
            cpu: time(cost.map(|cost| cost.cpu_s)),
            memory: cost.map(|cost| megabytes(cost.peak_rss_bytes)).unwrap_or_default(),
            state: if lost { format!("lost: {}", short(&worker.state, 120)) } else { "done".to_owned() },
            lost,
        }
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{}\u{a0}MB", plain(bytes as f64 / 1e6))
}

/// The lags of all requests of the phase that is judged.
fn lags(results: &Results) -> Histogram {
    let mut all = Histogram::default();
    for figures in results.requests.values() {
        if let Some(lags) = Histogram::of_base64(&figures.lag.histogram) {
            all.merge(&lags);
        }
    }
    all
}

fn judge(results: &Results) -> (&'static str, Vec<String>) {
    let lost = results.workers.values().filter(|worker| worker.state != WorkerState::DONE).count();
    let mut why = Vec::new();
    if lost > 0 {
        why.push(format!("{lost} of {} workers were lost.", results.workers.len()));
    }
    let busy = busiest(results);
    let busy_enough = busy.as_ref().is_some_and(|(_, percent)| *percent >= BUSY);
    if let Some((who, percent)) = busy {
        let word = if busy_enough { "Times may be its own: " } else { "" };
        why.push(format!("{word}{who} used {percent:.0}\u{a0}% of one processor."));
    } else {
        why.push("In virtual time the machine cannot be late, however slow it is.".to_owned());
    }
    match (lost > 0, busy_enough) {
        (true, _) => ("bad", why),
        (false, true) => ("doubtful", why),
        (false, false) => ("good", why),
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
