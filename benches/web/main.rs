//! The web beside other programs on one nginx of its own, in one run on one machine: `wrk`, `h2load` and Tsung, each where
//! it is installed.
//!
//! `cargo bench --bench web [-- --part gets|thinking|memory] [--program PATH] [--rounds N] [--seconds S] [--users N]`
//!
//! | part | what is measured |
//! |---|---|
//! | `gets` | plain GETs, 64 connections, as fast as it goes: requests a second beside `wrk` and h2load |
//! | `thinking` | users who each make 10 requests and think for 1 s after each: CPU a request beside Tsung, and beside h2load with the same timing, which has no users; those who come one by one, so that nearly every request wakes its program, and those who come at once |
//! | `memory` | memory a user beside Tsung: busy, in that scenario, and idle, where everybody thinks for long |
//!
//! Without `--part` all of them. Programs take turns, `--rounds` times; ratios are of medians. Who is measured has a
//! processor of its own, the last, and nginx the first (with `taskset`, where there are two); in `memory` nobody is pinned. Requests are
//! counted by nginx. `--program` measures that program in place of the one that was built with the benchmark. Nothing leaves the machine. Debian's
//! packages are `nginx`, `wrk`, `nghttp2-client` and `tsung`. A run with a failure ends it with status 1; no time does.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command |
//! | `gets.rs`, `thinking.rs`, `memory.rs` | the parts |
//! | `rounds.rs` | what the rounds of a program come to |
//! | `ours.rs` | this program and its property lists |
//! | `others.rs` | `wrk` and h2load |
//! | `tsung.rs` | Tsung |
//! | `nginx.rs` | the server |
//! | `process.rs` | running one: where, and what it costs |

#![allow(clippy::disallowed_methods, reason = "a benchmark runs other programs in real time")]

#[path = "../shared/address.rs"]
mod address;
#[path = "../shared/figures.rs"]
mod figures;
mod gets;
mod memory;
mod nginx;
#[path = "../../tests/shared/nginx.rs"]
mod nginx_base;
mod others;
mod ours;
mod process;
#[path = "../shared/program.rs"]
mod program;
mod rounds;
mod thinking;
mod tsung;

use std::path::PathBuf;
use std::process::ExitCode;

/// What is measured.
pub struct Plan {
    part: Option<String>,
    /// This program.
    program: PathBuf,
    rounds: u32,
    /// How long each takes for plain GETs.
    seconds: u32,
    /// How many think.
    users: u32,
}

/// What users do: they come evenly, or by chance as often, and each makes requests and thinks after each.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub users: u32,
    /// Seconds within which they come; 0: all at once.
    pub ramp: u32,
    pub requests: u32,
    /// Seconds.
    pub think: u32,
}

impl Scenario {
    /// All requests.
    pub fn all(&self) -> u64 {
        u64::from(self.users) * u64::from(self.requests)
    }
}

fn main() -> ExitCode {
    match plan(std::env::args().skip(1)).and_then(|plan| measure(&plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn plan(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
    let program = env!("CARGO_BIN_EXE_populace").into();
    let mut plan = Plan { part: None, program, rounds: 3, seconds: 8, users: 1000 };
    while let Some(word) = words.next() {
        // Cargo says this to every benchmark.
        if word == "--bench" {
            continue;
        }
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        let number = || value.parse::<u32>().ok().filter(|number| *number > 0);
        let number = || number().ok_or(format!("{word} needs a number above 0"));
        match word.as_str() {
            "--part" => plan.part = Some(value),
            "--program" => plan.program = value.into(),
            "--rounds" => plan.rounds = number()?,
            "--seconds" => plan.seconds = number()?,
            "--users" => plan.users = number()?,
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(plan)
}

type Part = fn(&Plan) -> Result<(), String>;

const PARTS: [(&str, Part); 3] =
    [("gets", gets::measure), ("thinking", thinking::measure), ("memory", memory::measure)];

fn measure(plan: &Plan) -> Result<(), String> {
    let wanted = |name: &str| plan.part.as_deref().is_none_or(|part| part == name);
    if !PARTS.iter().any(|(name, _)| wanted(name)) {
        return Err(format!("there is no part {}", plan.part.as_deref().unwrap_or_default()));
    }
    PARTS.iter().filter(|(name, _)| wanted(name)).try_for_each(|(_, part)| part(plan))
}
