//! Plain GETs, as fast as it goes.

use super::nginx::Nginx;
use super::ours::{self, Load};
use super::process::{is_installed, spent};
use super::rounds::{Round, Rounds};
use super::{Plan, others};

/// Connections at once.
const CONNECTIONS: u32 = 64;

/// Everybody in turns.
pub fn measure(plan: &Plan) -> Result<(), String> {
    println!("plain GETs of 1 KB, {CONNECTIONS} connections, on one processor, nginx on another");
    let nginx = Nginx::start(1)?;
    let (with_wrk, with_h2load) = (is_installed("wrk"), is_installed("h2load"));
    let [mut own, mut wrk, mut h2load] = ["populace", "wrk", "h2load"].map(Rounds::of);
    for _ in 0..plan.rounds {
        if with_wrk {
            wrk.take(one(&nginx, || others::wrk(&nginx, CONNECTIONS, plan.seconds))?);
        }
        own.take(one(&nginx, || populace(plan, &nginx))?);
        if with_h2load {
            h2load.take(one(&nginx, || others::h2load(&nginx, CONNECTIONS, plan.seconds))?);
        }
    }
    for other in [&wrk, &h2load] {
        let ratio = |what: fn(&Round) -> f64| Some(own.median(what)? / other.median(what)?);
        if let (Some(rate), Some(cpu)) = (ratio(|round| round.rate), ratio(Round::cpu_us)) {
            println!(
                "  populace to {}, medians: {rate:.2} times the rate{}, {cpu:.2} times the CPU a request",
                other.name,
                if other.name == "wrk" { " (goal: 0.75)" } else { "" }
            );
        }
    }
    Ok(())
}

fn one(nginx: &Nginx, run: impl FnOnce() -> Result<f64, String>) -> Result<Round, String> {
    let ((rate, cpu_s), requests) = nginx.during(|| spent(run))?;
    Ok(Round { requests, cpu_s, rate })
}

fn populace(plan: &Plan, nginx: &Nginx) -> Result<f64, String> {
    let load = Load::Gets { users: CONNECTIONS, seconds: plan.seconds };
    let results = ours::run(plan, nginx, &load)?;
    let number = |key: &str| results[key].as_f64().ok_or(format!("the results have no {key}"));
    Ok(number("answered")? / number("measured_time_s")?)
}
