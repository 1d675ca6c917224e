//! Users who think between their requests: what a request costs.

use super::nginx::Nginx;
use super::ours::{self, Load};
use super::process::{complete, is_installed, measured, spent};
use super::rounds::{Round, Rounds};
use super::{Plan, Scenario, others, tsung};

/// 10 requests, and a second of thinking after each.
pub fn scenario(users: u32) -> Scenario {
    Scenario { users, ramp: 5, requests: 10, think: 1 }
}

/// Everybody in turns.
pub fn measure(plan: &Plan) -> Result<(), String> {
    let nginx = Nginx::start(1)?;
    let by = By { plan, nginx: &nginx, tsung: tsung::ready()?, h2load: is_installed("h2load") };
    let starts = by.starts(scenario(plan.users))?;
    let Scenario { users, ramp, requests, think } = scenario(plan.users);
    println!("{users} users one by one within {ramp} s, each {requests} requests with {think} s after each");
    by.take_turns(scenario(plan.users), &starts, "2.00")?;
    println!(
        "the same users all at once, with Tsung as fast as it launches them: their requests stay together"
    );
    by.take_turns(Scenario { ramp: 0, ..scenario(plan.users) }, &starts, "2.00; and 34 us")
}

/// Who can be measured, and with what.
struct By<'a> {
    plan: &'a Plan,
    nginx: &'a Nginx,
    tsung: Option<tsung::Ready>,
    h2load: bool,
}

/// What it costs to begin and to end, seconds of processor time.
struct Starts {
    own: f64,
    tsung: f64,
}

impl By<'_> {
    /// To begin and to end, as a single user shows it, is no cost of requests.
    fn starts(&self, all: Scenario) -> Result<Starts, String> {
        let single = Scenario { users: 1, ramp: 1, ..all };
        let own = self.populace(single)?.cpu_s;
        let tsung = self.tsung.as_ref().map(|ready| self.tsung(ready, single)).transpose()?;
        let tsung = tsung.map_or(0.0, |round| round.cpu_s);
        println!("a single user: populace {own:.2} s of CPU, tsung {tsung:.2} s");
        Ok(Starts { own, tsung })
    }

    fn take_turns(&self, all: Scenario, starts: &Starts, beside_h2load: &str) -> Result<(), String> {
        let [mut own, mut theirs, mut bare] = ["populace", "tsung", "h2load"].map(Rounds::of);
        for _ in 0..self.plan.rounds {
            own.take(self.populace(all)?);
            if let Some(ready) = &self.tsung {
                theirs.take(self.tsung(ready, all)?);
            }
            if self.h2load {
                bare.take(self.h2load(all)?);
            }
        }
        compare((&own, starts.own), (&theirs, starts.tsung), "at most 0.20");
        compare((&own, starts.own), (&bare, 0.0), beside_h2load);
        Ok(())
    }

    fn populace(&self, scenario: Scenario) -> Result<Round, String> {
        self.run(scenario, || ours::run(self.plan, self.nginx, &Load::Thinking(scenario)))
    }

    fn tsung(&self, ready: &tsung::Ready, scenario: Scenario) -> Result<Round, String> {
        self.run(scenario, || {
            let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
            complete(&mut ready.complete(measured("tsung"), (self.nginx, scenario), folder.path())?)
        })
    }

    fn h2load(&self, scenario: Scenario) -> Result<Round, String> {
        self.run(scenario, || others::h2load_timed(self.nginx, scenario))
    }

    fn run<T>(&self, scenario: Scenario, run: impl FnOnce() -> Result<T, String>) -> Result<Round, String> {
        let ((_, cpu_s), requests) = self.nginx.during(|| spent(run))?;
        match requests == scenario.all() {
            true => Ok(Round { requests, cpu_s, rate: 0.0 }),
            false => Err(format!("the server had {requests} requests, not {}", scenario.all())),
        }
    }
}

/// The medians of two programs, as they are and without what it costs them to begin and to end, seconds.
fn compare((own, start): (&Rounds, f64), (other, its_start): (&Rounds, f64), goal: &str) {
    let cost = |rounds: &Rounds, start: f64| {
        rounds.median(|round| Round { cpu_s: round.cpu_s - start, ..*round }.cpu_us())
    };
    let (Some(whole), Some(its_whole)) = (cost(own, 0.0), cost(other, 0.0)) else { return };
    println!(
        "  populace to {}, medians: {whole:.1} to {its_whole:.1} us of CPU a request, {:.2} times (goal: {goal})",
        other.name,
        whole / its_whole
    );
    let (Some(bare), Some(its_bare)) = (cost(own, start), cost(other, its_start)) else { return };
    if start > 0.0 {
        println!(
            "    without what a single user costs: {bare:.1} to {its_bare:.1} us, {:.2} times",
            bare / its_bare
        );
    }
}
