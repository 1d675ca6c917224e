//! CPU and memory in use on this machine, from `/proc` (Linux; elsewhere nothing is known).
use super::Meter;
use crate::monitor::agent::proc::{self, Ticks};
use std::rc::Rc;
use std::time::Duration;

/// What the machine has in use.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Machine {
    /// Number of CPUs, -1 when not known, as CalendarServer has it.
    pub cpus: i32,
    /// CPU in use over the last second: percent of all CPUs together.
    pub cpu_percent: f64,
    /// Memory in use in bytes.
    pub memory_bytes: u64,
    /// Memory in use in percent.
    pub memory_percent: f64,
}

/// Tells the meter every second what the machine has in use, for ever. For a server process of its own; not
/// where time is simulated, as a real machine's use cannot be repeated.
pub async fn watch(meter: Rc<Meter>) {
    let mut before = Ticks::default();
    loop {
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let (ticks, cpus) = parse_stat(&stat);
        meter.set_machine(machine(before, ticks, cpus, &memory));
        before = ticks;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn machine(before: Ticks, now: Ticks, cpus: i32, memory: &str) -> Machine {
    let (busy, all) = (now.busy.saturating_sub(before.busy), now.all.saturating_sub(before.all));
    let (used, total) = proc::memory(memory).unwrap_or_default();
    Machine {
        cpus,
        cpu_percent: percent(busy, all),
        memory_bytes: used,
        memory_percent: percent(used, total),
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 }
}

/// The ticks of all CPUs together and the number of CPUs.
fn parse_stat(stat: &str) -> (Ticks, i32) {
    let (ticks, cpus) = proc::stat(stat);
    (ticks, cpus.and_then(|cpus| i32::try_from(cpus).ok()).unwrap_or(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_the_busy_part_of_the_ticks_between() {
        let before = parse_stat("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1\ncpu1 1 1\nintr 5\n");
        let now = parse_stat("cpu  130 0 130 930 10 0 0 0 0 0\ncpu0 1 1\ncpu1 1 1\n");
        let memory = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    750 kB\n";
        let machine = machine(before.0, now.0, now.1, memory);
        assert_eq!(
            machine,
            Machine { cpus: 2, cpu_percent: 30.0, memory_bytes: 256_000, memory_percent: 25.0 }
        );
        assert_eq!(parse_stat("").1, -1);
    }
}
