//! CPU a request of the client process: the usual mix against the embedded server in a process of its own, over real
//! connections on loopback.
//!
//! `cargo bench --bench cpu -- [--users N] [--seconds S] [--faster F] [--small]`
//!
//! The mix is clients/clients.plist with every time divided by F, so that a minute has enough requests. The calendars
//! have a description of 9 KB, which makes the listing of a home as long as in the recordings of the ancestor's server
//! (45 to 51 KB; there indentation and time zones are what makes it long); `--small` leaves it out.
//!
//! It is measured twice. At real speed a client polls every 15 minutes and closes an idle connection after one, so that
//! each poll opens a connection; the time to that end is divided by F as well. With kept connections the minute stays a
//! minute, and requests alone are measured. A run that does not pass or has failures is no measure: status 1.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command, and what it prints |
//! | `inputs.rs` | the property lists of the run |

mod inputs;
#[path = "../shared/program.rs"]
mod program;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

/// What is run, and how the mix is changed for it.
struct Plan {
    users: u32,
    seconds: u32,
    faster: f64,
    large: bool,
}

fn main() -> ExitCode {
    let plan = match plan(std::env::args().skip(1)) {
        Ok(plan) => plan,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    match measure(&plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn plan(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan = Plan { users: 200, seconds: 30, faster: 100.0, large: true };
    while let Some(word) = words.next() {
        let mut number =
            || words.next().and_then(|text| text.parse::<f64>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--users" => plan.users = number()? as u32,
            "--seconds" => plan.seconds = number()? as u32,
            "--faster" => plan.faster = number()?,
            "--small" => plan.large = false,
            // Cargo says this to every benchmark.
            "--bench" => {}
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(plan)
}

/// What becomes of idle connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connections {
    /// They are closed before the next poll, as the programs do it.
    AsAtRealSpeed,
    /// They stay open.
    Kept,
}

fn measure(plan: &Plan) -> Result<(), String> {
    for connections in [Connections::AsAtRealSpeed, Connections::Kept] {
        println!(
            "{}",
            match connections {
                Connections::AsAtRealSpeed => "each poll opens a connection, as at real speed",
                Connections::Kept => "connections are kept",
            }
        );
        let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
        print(&run(plan, connections, folder.path())?)?;
    }
    Ok(())
}

fn run(plan: &Plan, connections: Connections, folder: &Path) -> Result<Value, String> {
    inputs::write(plan, connections, folder)?;
    let file = |name: &str| folder.join(name);
    let (results, output) = program::results(
        Command::new(env!("CARGO_BIN_EXE_populace"))
            .args(["run", "--seed", "1", "--runtime", &plan.seconds.to_string()])
            .arg("--config")
            .arg(file("config.plist"))
            .arg("--clients")
            .arg(file("clients.plist"))
            .stdout(Stdio::null()),
    )?;
    match output.status.success() {
        true => Ok(results),
        false => Err(format!("the run did not pass: {}: {}", output.status, program::said(&output))),
    }
}

fn print(results: &Value) -> Result<(), String> {
    let requests = results["requests"].as_object().ok_or("no requests")?;
    let sum = |key: &str| requests.values().filter_map(|label| label[key].as_f64()).sum::<f64>();
    let count = sum("count").max(1.0);
    let mean = |label: &str| {
        let of = |key: &str| requests.get(label).and_then(|found| found[key].as_f64()).unwrap_or(0.0);
        of("bytes_received") / of("count").max(1.0)
    };
    let seconds = |key: &str| results["host"][key].as_f64().unwrap_or(0.0);
    println!("  requests                  {count:>10.0}");
    println!("  bytes received a request  {:>10.0}", sum("bytes_received") / count);
    println!("    PROPFIND{{home}}          {:>10.0}", mean("PROPFIND{home}"));
    println!("    REPORT{{sync-home}}       {:>10.0}", mean("REPORT{sync-home}"));
    println!("  CPU of the client process {:>10.2} s", seconds("cpu_s"));
    println!("    user                    {:>10.2} s", seconds("cpu_user_s"));
    println!("    system                  {:>10.2} s", seconds("cpu_system_s"));
    println!("  CPU a request             {:>10.1} us (goal: 45)", seconds("cpu_s") / count * 1e6);
    if sum("failed") > 0.0 || sum("count") == 0.0 {
        return Err(format!("{} requests failed: {}", sum("failed"), results["errors"]));
    }
    Ok(())
}
