//! What a client at rest consists of: the program once more, within this process, whose allocations are counted.

use std::io::Write;
use std::time::Duration;

use crate::counting;
use crate::process::{Server, State, pause, program, ticks};

/// The word that makes this program be the one under measurement; the number of clients follows.
const WORD: &str = "--within";

/// How many clients.
const CLIENTS: u32 = 1_000;

/// Whether this process is the one under measurement; then it runs, tells what it holds, and ends.
pub fn is_it() -> bool {
    std::env::var_os(WORD).is_some_and(|_| {
        std::thread::spawn(tell);
        populace::cli::main();
        true
    })
}

/// Waits until everybody rests, and tells.
fn tell() {
    until_rest();
    let sizes = counting::by_size();
    let all: i64 = sizes.iter().enumerate().map(|(size, count)| size as i64 * i64::from(*count)).sum();
    println!("at rest without a connection: {} bytes in", all / i64::from(CLIENTS));
    counting::print_pieces(&vec![0; sizes.len()], &sizes, CLIENTS as usize);
    let _ = std::io::stdout().flush();
    std::process::exit(0);
}

fn until_rest() {
    let pid = std::process::id();
    let (mut quiet, mut before) = (0, 0);
    while quiet < 4 || before == 0 {
        pause(Duration::from_secs(1));
        let now = ticks(pid);
        quiet = if now - before <= 1 { quiet + 1 } else { 0 };
        before = now;
    }
}

pub fn print() {
    let server = Server::start(State::AtRest, CLIENTS);
    let folder = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let mut child = program(&this, &server, State::AtRest, CLIENTS, folder.path());
    child.env(WORD, "").stderr(std::process::Stdio::null()).status().unwrap();
}
