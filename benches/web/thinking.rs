//! Users who think between their requests: what a request costs.

use super::nginx::Nginx;
use super::ours::{self, Load};
use super::process::{complete, is_installed, measured, spent};
use super::rounds::{Round, Rounds};
use super::{Plan, Scenario, others, tsung};

/// The scenario of the issue: 10 requests, and a second of thinking after each.
pub fn scenario(users: u32) -> Scenario {
    Scenario { users, ramp: 5, requests: 10, think: 1 }
}

/// Everybody in turns.
pub fn measure(plan: &Plan) -> Result<(), String> {
    let all = scenario(plan.users);
    println!(
        "{} users within {} s, each {} requests with {} s after each",
        all.users, all.ramp, all.requests, all.think
    );
    let nginx = Nginx::start(1)?;
    let (tsung, with_h2load) = (tsung::ready()?, is_installed("h2load"));
    let populace = |scenario| run(&nginx, scenario, || ours::run(plan, &nginx, &Load::Thinking(scenario)));
    let by_tsung = |ready: &tsung::Ready, scenario| {
        run(&nginx, scenario, || {
            let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
            complete(&mut ready.complete(measured("tsung"), (&nginx, scenario), folder.path())?)
        })
    };
    let [mut own, mut theirs, mut bare] = ["populace", "tsung", "h2load"].map(Rounds::of);
    for _ in 0..plan.rounds {
        own.take(populace(all)?);
        if let Some(ready) = &tsung {
            theirs.take(by_tsung(ready, all)?);
        }
        if with_h2load {
            bare.take(run(&nginx, all, || others::h2load_timed(&nginx, all))?);
        }
    }
    // To begin and to end, as a single user shows it, is no cost of requests.
    let single = Scenario { users: 1, ramp: 1, ..all };
    let start = populace(single)?.cpu_s;
    let start_of_tsung = tsung.as_ref().map(|ready| by_tsung(ready, single)).transpose()?;
    let start_of_tsung = start_of_tsung.map_or(0.0, |round| round.cpu_s);
    println!("  with a single user: populace {start:.2} s of CPU, tsung {start_of_tsung:.2} s");
    compare(&own, start, (&theirs, start_of_tsung), "at most 0.20");
    compare(&own, start, (&bare, 0.0), "2.00; and 34 us");
    Ok(())
}

fn run<T>(
    nginx: &Nginx,
    scenario: Scenario,
    run: impl FnOnce() -> Result<T, String>,
) -> Result<Round, String> {
    let ((_, cpu_s), requests) = nginx.during(|| spent(run))?;
    match requests == scenario.all() {
        true => Ok(Round { requests, cpu_s, rate: 0.0 }),
        false => Err(format!("the server had {requests} requests, not {}", scenario.all())),
    }
}

/// The medians, as they are and without the start of the programs.
fn compare(own: &Rounds, start: f64, (other, its_start): (&Rounds, f64), goal: &str) {
    let cost = |rounds: &Rounds, start: f64| {
        rounds.median(|round| Round { cpu_s: round.cpu_s - start, ..*round }.cpu_us())
    };
    let (Some(whole), Some(its_whole)) = (cost(own, 0.0), cost(other, 0.0)) else { return };
    println!(
        "  populace to {}, medians: {whole:.1} to {its_whole:.1} us of CPU a request, {:.2} times (goal: {goal})",
        other.name,
        whole / its_whole
    );
    if let (Some(bare), Some(its_bare)) = (cost(own, start), cost(other, its_start)) {
        println!(
            "    without what a single user costs: {bare:.1} to {its_bare:.1} us, {:.2} times",
            bare / its_bare
        );
    }
}
