//! Processes: how they are told to end, and how their end is waited for.

use std::fs;
use std::process::Command;
use std::time::Duration;

/// In this time a run that somebody ends is over, with some more for a machine that does other things too.
pub const LIMIT: Duration = Duration::from_millis(5_500);

pub fn send(signal: &str, pid: u32) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

/// Whether a process runs; a zombie does not.
pub fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

/// Waits until a process has ended, for a generous while.
pub fn ends(pid: u32) -> bool {
    for _ in 0..200 {
        if !lives(pid) {
            return true;
        }
        pause(Duration::from_millis(50));
    }
    false
}

/// Waits: what is waited for is another process, which has no clock but the machine's.
#[expect(clippy::disallowed_methods, reason = "a test of a process runs in real time")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
