//! What a server that holds all answers once looks like.

use std::time::Duration;

use serde_json::Value;

use crate::{histogram, program};

/// How far a figure may be from what arithmetic says.
const TOLERANCE: f64 = 0.02;

/// What takes longer was held.
const HELD: Duration = Duration::from_millis(10);

/// 200 requests a second for 60 s are 12,000; 1,000 of them are due within the 5 s and wait from 5 s down to nothing:
/// 2.5 s x 1,000 / 12,000 = 208 ms in the mean, 2 s at the 600th of the longest, 4.4 s at the 120th. The rest takes the
/// 2 ms of `stall.plist`.
const GOALS: [(&str, f64); 4] = [("mean", 0.208), ("p95", 2.0), ("p99", 4.4), ("max", 5.0)];
const PLANNED: f64 = 12_000.0;
const LONG: f64 = 1_000.0;
const SERVICE: f64 = 0.002;

pub fn show() -> Result<(), String> {
    let results = program::rehearse(&["--config", "stall.plist"])?;
    let poll = &results["requests"]["REPORT{sync-home}"];
    println!("200 planned requests a second for 60 s, all answers held once for 5 s");
    println!("{:<24} {:>10} {:>10} {:>10}", "", "figure", "goal", "deviation");
    let figure = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let mut far = 0;
    let mut line = |what: &str, figure: f64, goal: f64, unit: &str| {
        let deviation = figure / goal - 1.0;
        println!("{what:<24} {figure:>10.4} {goal:>10.4} {:>+8.2} % {unit}", deviation * 100.0);
        // A figure that is missing is no number, and far from everything.
        far += u32::from(deviation.is_nan() || deviation.abs() > TOLERANCE);
    };
    for (name, goal) in GOALS {
        line(&format!("response time, {name}"), figure(&poll["response"][name]), goal, "s");
    }
    line("service time, p50", figure(&poll["service"]["p50"]), SERVICE, "s");
    let response = histogram::of(&poll["response"])?;
    let held = response.len() - response.count_between(0, HELD.as_micros() as u64);
    line("planned", figure(&poll["count"]), PLANNED, "requests");
    line("held", held as f64, LONG, "requests");
    if far == 0 { Ok(()) } else { Err(format!("{far} figures are more than 2 % from their goal")) }
}
