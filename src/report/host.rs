//! What a run cost the machine that it ran on.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, Local};
use serde::{Deserialize, Serialize};

/// What may differ between two rehearsals that are otherwise equal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// When the run began by the machine's clock.
    pub started: DateTime<FixedOffset>,
    /// How long it took by the machine's clock, seconds.
    pub wall_time_s: f64,
    /// Processor time of this process in its own code, seconds.
    pub cpu_user_s: f64,
    /// Processor time of this process in the system, seconds.
    pub cpu_system_s: f64,
    /// The sum of the two.
    pub cpu_s: f64,
    /// The most memory that this process had, bytes.
    pub peak_rss_bytes: u64,
    /// The machine: system, architecture and processors.
    pub machine: String,
    /// Id to what each worker cost its machine; of those that told it.
    #[serde(default)]
    pub workers: BTreeMap<String, Cost>,
}

/// What a process cost the machine that it ran on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Processor time of the process, seconds.
    pub cpu_s: f64,
    /// The most memory that it had, bytes.
    pub peak_rss_bytes: u64,
}

impl Cost {
    /// Reads the figures of this process; what the system does not tell is zero.
    pub fn measure() -> Cost {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let (user, system) = cpu_times(&stat).unwrap_or((0.0, 0.0));
        Cost { cpu_s: user + system, peak_rss_bytes: peak_rss(&status).unwrap_or(0) }
    }
}

/// The machine's own clock, which in a rehearsal goes another way than that of the run.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    started: DateTime<FixedOffset>,
    begun: std::time::Instant,
}

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "what the run cost the machine is not part of the run")]
    pub fn start() -> Stopwatch {
        Stopwatch { started: Local::now().fixed_offset(), begun: std::time::Instant::now() }
    }

    /// Time by the machine's clock since the start.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Host {
    /// Reads the figures of this process; what the system does not tell is zero.
    pub fn measure(since: &Stopwatch) -> Host {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let (cpu_user_s, cpu_system_s) = cpu_times(&stat).unwrap_or((0.0, 0.0));
        Host {
            started: since.started,
            wall_time_s: since.elapsed().as_secs_f64(),
            cpu_user_s,
            cpu_system_s,
            cpu_s: cpu_user_s + cpu_system_s,
            peak_rss_bytes: peak_rss(&status).unwrap_or(0),
            machine: machine(),
            workers: BTreeMap::new(),
        }
    }
}

/// Seconds in user and system mode from `/proc/self/stat` (proc(5)); the unit there is 1/100 s on
/// every Linux, whatever the kernel's own tick.
fn cpu_times(stat: &str) -> Option<(f64, f64)> {
    // The program's name may hold spaces and parentheses, so the fields count from the last one.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut seconds = || Some(fields.next()?.parse::<f64>().ok()? / 100.0);
    Some((seconds()?, seconds()?))
}

/// Bytes from the line `VmHWM` of `/proc/self/status`.
fn peak_rss(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} {}, {processors} processors", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_process_are_found() {
        let stat = "42 (a (b) c) S 1 1 1 0 -1 4194560 1 2 3 4 3147 218 9 9 20 0 1 0";
        assert_eq!(cpu_times(stat), Some((31.47, 2.18)));
        assert_eq!(cpu_times("nonsense"), None);
        assert_eq!(peak_rss("Name:\tx\nVmHWM:\t    5248 kB\n"), Some(5_373_952));
        assert_eq!(peak_rss(""), None);
    }
}
