//! How fast a rehearsal is, and whether it is the same twice.
//!
//! `cargo bench --bench rehearse` rehearses a working day of the thousand users in `config.plist` and `clients.plist`
//! here, twice with one seed, and prints requests a client-hour, virtual requests a second of the machine's clock,
//! processor time a request and the two trace hashes. `-- --hours H` takes another length.
//!
//! `-- --steady` compares the memory after two hours with that after a day: the mix keeps the number of events steady.
//!
//! `-- --stall` shows what a server that holds all answers for 5 s of 60 s looks like (`stall.plist`).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

fn main() {
    // Cargo itself adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|given| given == word);
    let hours =
        words.iter().position(|word| word == "--hours").and_then(|at| words.get(at + 1)?.parse().ok());
    if has("--steady") {
        steady();
    } else if has("--stall") {
        stall();
    } else {
        day(hours.unwrap_or(8.0));
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rehearse")
}

/// Rehearses with these arguments and gives the results file.
fn rehearse(args: &[&str]) -> Value {
    let json = std::env::temp_dir().join(format!("populace-rehearse-{}.json", std::process::id()));
    let status = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["rehearse", "--seed", "1", "--json"])
        .arg(&json)
        .args(args)
        .current_dir(folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()), "the rehearsal did not pass");
    let text = std::fs::read_to_string(&json).unwrap_or_default();
    let _ = std::fs::remove_file(&json);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn mix(hours: f64) -> Value {
    let runtime = format!("{}", hours * 3600.0);
    rehearse(&["--config", "config.plist", "--clients", "clients.plist", "--runtime", &runtime])
}

fn day(hours: f64) {
    println!("{hours} h of a thousand users, rehearsed twice with one seed");
    let both = [mix(hours), mix(hours)];
    for results in &both {
        let requests = results["answered"].as_f64().unwrap_or(0.0);
        let clients = results["clients"].as_f64().unwrap_or(0.0);
        let host = |figure: &str| results["host"][figure].as_f64().unwrap_or(0.0);
        println!(
            "{requests} requests, {:.1} a client-hour; {:.2} s: {:.0} requests a second, {:.0} times real time; \
             {:.1} us of CPU a request; peak {:.1} MB",
            requests / clients / hours,
            host("wall_time_s"),
            requests / host("wall_time_s"),
            hours * 3600.0 / host("wall_time_s"),
            host("cpu_s") * 1e6 / requests,
            host("peak_rss_bytes") / 1e6,
        );
        println!("  trace_hash {}", results["trace_hash"]);
    }
    let equal = both[0]["trace_hash"] == both[1]["trace_hash"];
    println!("{}", if equal { "equal to the last event" } else { "DIFFERENT" });
}

fn steady() {
    println!("most memory that a rehearsal of a thousand users ever had");
    let [short, long] = [2.0, 24.0].map(|hours| {
        let peak = mix(hours)["host"]["peak_rss_bytes"].as_f64().unwrap_or(0.0);
        println!("  in {hours:>2} h: {:.1} MB", peak / 1e6);
        peak
    });
    println!("  ratio {:.3}", long / short);
}

fn stall() {
    let results = rehearse(&["--config", "stall.plist"]);
    let poll = &results["requests"]["REPORT{sync-home}"];
    println!(
        "200 planned requests a second for 60 s, all answers held once for 5 s: {} requests",
        poll["count"]
    );
    for time in ["response", "service"] {
        let figure = |name: &str| poll[time][name].as_f64().unwrap_or(0.0);
        println!(
            "  {time:<8} mean {:.0} ms, p50 {:.1} ms, p95 {:.2} s, p99 {:.2} s, max {:.2} s",
            figure("mean") * 1e3,
            figure("p50") * 1e3,
            figure("p95"),
            figure("p99"),
            figure("max")
        );
    }
}
