//! What is read from the results, and printed.

use std::process::ExitStatus;

use hdrhistogram::Histogram;
use serde_json::Value;

use super::{Plan, histogram};

/// Prints everything; gives the requests a second of the workers' processor time, which is no number without workers.
pub fn print(plan: &Plan, results: &Value) -> Result<f64, String> {
    let answered = number(&results["answered"]);
    println!(
        "{} clients within {} s, then {} s: {answered} requests, {:.0} a second; {} failed, {} unanswered",
        plan.clients,
        plan.ramp,
        plan.after,
        answered / number(&results["run_time_s"]),
        failed(results, "requests"),
        results["unanswered"],
    );
    println!("  operations: {} failed", failed(results, "operations"));
    for kind in ["requests", "operations"] {
        lag(results, kind)?;
    }
    let host = &results["host"];
    println!(
        "  {}: {:.1} s of CPU ({:.0} us a request), peak {:.0} MB ({:.1} KB a client)",
        if plan.workers.is_some() { "the manager" } else { "the program" },
        number(&host["cpu_s"]),
        number(&host["cpu_s"]) * 1e6 / answered,
        number(&host["peak_rss_bytes"]) / 1e6,
        number(&host["peak_rss_bytes"]) / 1e3 / f64::from(plan.clients),
    );
    let cpu = workers(host);
    if cpu > 0.0 {
        println!(
            "  {:.0} requests a second of the workers' CPU; the manager takes {:.1} % of theirs",
            answered / cpu,
            number(&host["cpu_s"]) / cpu * 100.0
        );
    }
    Ok(answered / cpu)
}

/// An error unless the run passed without any failure.
pub fn judge(results: &Value, status: ExitStatus) -> Result<(), String> {
    let count = failed(results, "requests") + failed(results, "operations");
    let gave_up = of(results, "client_failures").count();
    if status.success() && count == 0 && gave_up == 0 && number(&results["answered"]) > 0.0 {
        return Ok(());
    }
    Err(format!(
        "the run is no measure ({status}): {count} failed; errors {}; reasons {}; client failures {}; {}",
        results["errors"], results["reasons"], results["client_failures"], results["failures"]
    ))
}

/// Lag over all labels together, and the label where it is worst.
fn lag(results: &Value, kind: &str) -> Result<(), String> {
    let mut all = Histogram::new(3).map_err(|why| why.to_string())?;
    let (mut worst, mut longest) = ((0.0, ""), 0.0_f64);
    for (label, figures) in of(results, kind) {
        let lag = &figures["lag"];
        all.add(histogram::of(lag)?).map_err(|why| why.to_string())?;
        // The longest is exact there.
        longest = longest.max(number(&lag["max"]));
        if number(&lag["p99"]) > worst.0 {
            worst = (number(&lag["p99"]), label);
        }
    }
    let at = |quantile| all.value_at_quantile(quantile) as f64 / 1e3;
    println!(
        "  lag of {kind}: p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, max {:.1} ms; worst p99 of a label {:.1} ms ({})",
        at(0.5),
        at(0.99),
        at(0.999),
        longest * 1e3,
        worst.0 * 1e3,
        worst.1
    );
    Ok(())
}

/// Prints what each worker cost; gives their processor time, seconds.
fn workers(host: &Value) -> f64 {
    let mut cpu = 0.0;
    for (id, cost) in of(host, "workers") {
        cpu += number(&cost["cpu_s"]);
        println!(
            "  worker {id}: {:.1} s of CPU, peak {:.0} MB",
            number(&cost["cpu_s"]),
            number(&cost["peak_rss_bytes"]) / 1e6
        );
    }
    cpu
}

fn failed(results: &Value, kind: &str) -> u64 {
    of(results, kind).filter_map(|(_, figures)| figures["failed"].as_u64()).sum()
}

/// What the object under a key holds.
fn of<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    value[key].as_object().into_iter().flatten()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0)
}
