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
    h2load_with(nginx, &["-c", &connections.to_string(), "-D", &seconds.to_string()])
}

/// As many connections as there are users, opened as they come, with a request as often as one of theirs; nobody waits for an
/// answer.
pub fn h2load_timed(nginx: &Nginx, scenario: Scenario) -> Result<f64, String> {
    let words =
        [scenario.users.into(), scenario.arrivals().into(), scenario.all()].map(|word| word.to_string());
    let [users, arrivals, all] = &words;
    // A request every second is all that it can say without a file of times.
    h2load_with(nginx, &["-c", users, "-r", arrivals, "-n", all, "--rps", "1"])
}

fn h2load_with(nginx: &Nginx, words: &[&str]) -> Result<f64, String> {
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
