//! What the rounds of a program come to.

use super::figures::median;

/// One round.
#[derive(Clone, Copy)]
pub struct Round {
    /// Requests that the server had of it.
    pub requests: u64,
    /// Processor time, seconds.
    pub cpu_s: f64,
    /// Requests a second, as the program tells them; 0 where that is no measure.
    pub rate: f64,
}

impl Round {
    /// Microseconds of processor time a request.
    pub fn cpu_us(&self) -> f64 {
        self.cpu_s * 1e6 / self.requests as f64
    }
}

/// A program and its rounds.
pub struct Rounds {
    pub name: &'static str,
    rounds: Vec<Round>,
}

impl Rounds {
    pub fn of(name: &'static str) -> Rounds {
        Rounds { name, rounds: Vec::new() }
    }

    /// Takes one more, and prints it.
    pub fn take(&mut self, round: Round) {
        let rate = if round.rate > 0.0 { format!("{:>9.0} a second", round.rate) } else { String::new() };
        println!(
            "  {:<9} {:>8} requests {rate} {:>7.1} us of CPU each",
            self.name,
            round.requests,
            round.cpu_us()
        );
        self.rounds.push(round);
    }

    /// The median of something; None without a round.
    pub fn median(&self, what: impl Fn(&Round) -> f64) -> Option<f64> {
        median(self.rounds.iter().map(what).collect())
    }
}
