//! The signals that end a run.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::report::Exit;

/// Resolves when the system is told to end this process, with the exit code that it then has. A terminal that is closed, or a
/// connection to it that is lost (SIGHUP), ends a run as SIGTERM does.
pub async fn interruption() -> Exit {
    // Who was told not to mind, as by `nohup`, goes on.
    let mut hang_up = (!ignores_hang_up()).then(|| signal(SignalKind::hangup()).ok()).flatten();
    tokio::select! {
        biased;
        exit = again() => exit,
        () = received(hang_up.as_mut()) => Exit::Terminated,
    }
}

/// The same once a run is ending. A closed terminal is not counted: both the system and the shell tell of it.
pub async fn again() -> Exit {
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt()).ok(), signal(SignalKind::terminate()).ok());
    tokio::select! {
        biased;
        () = received(interrupt.as_mut()) => Exit::Interrupted,
        () = received(terminate.as_mut()) => Exit::Terminated,
    }
}

/// Resolves when the signal comes; without one never.
async fn received(signal: Option<&mut Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether whoever started this process made it ignore SIGHUP. Where the system does not say so in /proc, it did not.
fn ignores_hang_up() -> bool {
    ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default())
}

/// The same of the text of /proc/PID/status: SIGHUP is the lowest bit of `SigIgn`, which is hexadecimal.
fn ignored(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_says_what_is_ignored() {
        assert!(ignored("Name:\tpopulace\nSigIgn:\t0000000000001001\n"));
        assert!(!ignored("Name:\tpopulace\nSigIgn:\t0000000000001000\n"));
        assert!(!ignored(""));
    }
}
