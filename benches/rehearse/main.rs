//! How fast a rehearsal is, whether it is the same twice, what memory it holds, and what a stalled server looks like.
//!
//! `cargo bench --bench rehearse` rehearses a working day of the thousand users in `config.plist` and `clients.plist`
//! here, twice with one seed, and prints requests a client-hour, virtual requests a second of the machine's clock,
//! processor time a request and the two trace hashes, which must be equal. `-- --hours H` takes another length.
//!
//! `-- --steady` compares, in one rehearsal of a day (or of `--hours H`), the resident memory after two hours with that
//! at the end, which must be within 5 %. Its mix is that of `steady.plist`, whose calendars and inboxes are as full after
//! an hour as they will ever be.
//!
//! `-- --stall` shows what a server that holds all answers for 5 s of 60 s looks like (`stall.plist`), with the figure
//! that arithmetic says beside each, from which it must be within 2 %.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command, and the working day |
//! | `program.rs` | the rehearsals under measurement |
//! | `steady.rs` | the memory of a long rehearsal |
//! | `stall.rs` | a server that holds its answers |

#[path = "../shared/histogram.rs"]
mod histogram;
mod program;
#[path = "../shared/program.rs"]
mod shared;
mod stall;
mod steady;

use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|given| given == word);
    let after = |word: &str| words.iter().position(|given| given == word).and_then(|at| words.get(at + 1));
    let hours = after("--hours").and_then(|hours| hours.parse().ok());
    let shown = if let Some(file) = after(steady::PLUG_IN) {
        steady::plug_in(file)
    } else if has("--steady") {
        steady::show(hours.unwrap_or(24.0))
    } else if has("--stall") {
        stall::show()
    } else {
        day(hours.unwrap_or(8.0))
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn day(hours: f64) -> Result<(), String> {
    println!("{hours} h of a thousand users, rehearsed twice with one seed");
    let day = || program::mix("config.plist", "clients.plist", hours);
    let both = [day()?, day()?];
    both.iter().for_each(|results| print(results, hours));
    match (both[0]["trace_hash"].as_str(), both[1]["trace_hash"].as_str()) {
        (Some(one), Some(other)) if one == other => {
            println!("equal to the last event");
            Ok(())
        }
        (Some(_), Some(_)) => Err("DIFFERENT: one seed gave two traces".to_owned()),
        _ => Err("a rehearsal has no trace hash".to_owned()),
    }
}

fn print(results: &Value, hours: f64) {
    let requests = results["answered"].as_f64().unwrap_or(0.0);
    let clients = results["clients"].as_f64().unwrap_or(0.0);
    let host = |figure: &str| results["host"][figure].as_f64().unwrap_or(0.0);
    println!(
        "{requests} requests, {:.1} a client-hour; {:.2} s: {:.0} requests a second, {:.0} times real time; {:.1} us of \
         CPU a request; peak {:.1} MB",
        requests / clients / hours,
        host("wall_time_s"),
        requests / host("wall_time_s"),
        hours * 3600.0 / host("wall_time_s"),
        host("cpu_s") * 1e6 / requests,
        host("peak_rss_bytes") / 1e6,
    );
    println!("  trace_hash {}", results["trace_hash"]);
}
