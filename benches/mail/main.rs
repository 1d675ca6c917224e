//! Messages a second and CPU a message beside other programs that send mail: Postfix's `smtp-source`, and `postal` where it is
//! installed, each against Postfix's `smtp-sink` and against a Postfix that takes messages and throws them away.
//!
//! `cargo bench --bench mail [-- --sessions N] [--size BYTES] [--seconds S] [--rounds N]`
//!
//! All send messages of one size, so many at once, each on a connection of its own, to the same server in the same minutes, in
//! turns; neither server offers PIPELINING, which the others do not speak. Postfix's own processes share the processors with who is measured, so
//! that beside the rate the CPU a message of the client counts. Nothing leaves the machine. It needs Debian's package `postfix`; without root there is no
//! Postfix, and smtp-sink only. A run with a failure ends it with status 1.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command, and what it prints |
//! | `clients.rs` | who sends: this program and the others |
//! | `servers.rs` | who takes: smtp-sink and Postfix |

#![allow(clippy::disallowed_methods, reason = "a benchmark runs other programs in real time")]

#[path = "../shared/address.rs"]
mod address;
mod clients;
#[path = "../shared/figures.rs"]
mod figures;
#[path = "../../tests/shared/postfix.rs"]
mod postfix;
#[path = "../shared/program.rs"]
mod program;
mod servers;

use std::process::ExitCode;

use clients::Measured;
use figures::median;
use servers::Server;

/// What is sent.
#[derive(Clone, Copy)]
pub struct Plan {
    /// How many send at once.
    sessions: u32,
    /// Bytes of a body.
    size: u32,
    /// How long each takes about.
    seconds: u32,
    rounds: u32,
}

fn main() -> ExitCode {
    let done = plan(std::env::args().skip(1)).and_then(|plan| {
        let sink = Server::sink(None)?;
        beside(&plan, "smtp-sink", &sink)?;
        match Server::postfix()? {
            Some(postfix) => beside(&plan, "Postfix", &postfix),
            None => {
                println!("Postfix: left out, as only root starts it");
                Ok(())
            }
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn plan(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan = Plan { sessions: 20, size: 2048, seconds: 8, rounds: 3 };
    while let Some(word) = words.next() {
        let mut number =
            || words.next().and_then(|text| text.parse::<u32>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--sessions" => plan.sessions = number()?,
            "--size" => plan.size = number()?,
            "--seconds" => plan.seconds = number()?,
            "--rounds" => plan.rounds = number()?,
            // Cargo says this to every benchmark.
            "--bench" => {}
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(plan)
}

/// Everybody against one server, in turns, and their figures.
fn beside(plan: &Plan, name: &str, server: &Server) -> Result<(), String> {
    println!("{name}: {} at once, a body of {} bytes, one message a connection", plan.sessions, plan.size);
    let (mut ours, mut source, mut postal) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let one = clients::ours(plan, server)?;
        // As many messages for the others.
        let count = one.messages;
        ours.push(one);
        source.push(clients::smtp_source(plan, server, count)?);
        // It is no fault of this program if that one crashes, as version 0.76 does.
        match clients::postal(plan, server, count) {
            Ok(found) => postal.extend(found),
            Err(why) => println!("  {why}"),
        }
    }
    let own = shown("populace", &ours).ok_or("nothing was measured")?;
    for (name, found) in [("smtp-source", &source), ("postal", &postal)] {
        match shown(name, found) {
            Some(other) => println!(
                "  populace to {name}, medians: {:.2} times the rate, {:.2} times the CPU a message",
                own.rate / other.rate,
                own.cpu_us / other.cpu_us
            ),
            None => println!("  {name}: not measured"),
        }
    }
    Ok(())
}

/// What the rounds of a client come to.
struct Medians {
    rate: f64,
    cpu_us: f64,
}

/// Prints every round, and gives the medians.
fn shown(name: &str, rounds: &[Measured]) -> Option<Medians> {
    for round in rounds {
        println!(
            "  {name:<12} {:>7} messages in {:>6.2} s: {:>7.0} a second, {:>6.1} us of CPU each",
            round.messages,
            round.seconds,
            round.rate(),
            round.cpu_us()
        );
    }
    let rate = median(rounds.iter().map(Measured::rate).collect())?;
    Some(Medians { rate, cpu_us: median(rounds.iter().map(Measured::cpu_us).collect())? })
}
