//! `wrk` and h2load.

use super::nginx::Nginx;
use super::{Scenario, process};

/// Requests a second by `wrk`, as it tells them.
pub fn wrk(nginx: &Nginx, connections: u32, seconds: u32) -> Result<f64, String> {
    let mut command = process::measured("wrk");
    command.args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), &nginx.url()]);
    let output = process::complete(&mut command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrk: {text}"));
    }
    let rate = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).ok_or(format!("wrk tells no rate: {text}"))
}

/// The same by h2load.
pub fn h2load(nginx: &Nginx, connections: u32, seconds: u32) -> Result<f64, String> {
    h2load_with(nginx, &[format!("-c{connections}"), format!("-D{seconds}")])
}

/// As many connections as there are users, opened as these come, with a request every second each, which is as often as they
/// make theirs.
pub fn h2load_timed(nginx: &Nginx, scenario: Scenario) -> Result<f64, String> {
    let Scenario { users, ramp, .. } = scenario;
    let mut words = vec![format!("-c{users}"), format!("-n{}", scenario.all()), "--rps=1".to_owned()];
    if ramp > 0 {
        // What it opens at once stays together for ever: so few at a time as can be said.
        let period = (1000 * ramp / users).max(1);
        let rate = (users * period / (1000 * ramp)).max(1);
        words.extend([format!("--rate={rate}"), format!("--rate-period={period}ms")]);
    }
    h2load_with(nginx, &words)
}

fn h2load_with(nginx: &Nginx, words: &[String]) -> Result<f64, String> {
    let mut command = process::measured("h2load");
    command.args(["--h1", "-t1"]).args(words).arg(nginx.url());
    let output = process::complete(&mut command)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find(|line| line.starts_with("finished in")).unwrap_or_default();
    let rate = line.split(", ").nth(1).and_then(|rate| rate.strip_suffix(" req/s"));
    let good = text.contains(" 0 failed, 0 errored, 0 timeout");
    let rate = rate.filter(|_| good).and_then(|rate| rate.parse().ok());
    rate.ok_or_else(|| format!("h2load: {text}"))
}
