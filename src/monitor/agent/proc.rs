//! What the kernel tells of a machine and of its processes, under `/proc` (Linux, proc(5)).

/// CPU time since the machine's start, in ticks: busy and all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ticks {
    pub busy: u64,
    pub all: u64,
}

/// How many ticks the kernel tells for a second, on every platform (USER_HZ).
pub const TICKS: f64 = 100.0;

/// The ticks of all CPUs together and the number of CPUs, of `/proc/stat`.
pub fn stat(text: &str) -> (Ticks, Option<u32>) {
    let line = text.lines().find(|line| line.starts_with("cpu ")).unwrap_or_default();
    let fields: Vec<u64> =
        line.split_ascii_whitespace().skip(1).filter_map(|field| field.parse().ok()).collect();
    // Guest time is counted in user time already.
    let all: u64 = fields.iter().take(8).sum();
    let idle: u64 = fields.iter().skip(3).take(2).sum();
    let is_cpu = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    let cpus = text.lines().filter(is_cpu).count();
    (Ticks { busy: all - idle.min(all), all }, u32::try_from(cpus).ok().filter(|cpus| *cpus > 0))
}

/// Memory in use and in all, bytes, of `/proc/meminfo`.
pub fn memory(text: &str) -> Option<(u64, u64)> {
    let (total, available) = (kilobytes(text, "MemTotal:")?, kilobytes(text, "MemAvailable:")?);
    Some((total.saturating_sub(available), total))
}

/// The bytes of a line such as `VmRSS:   1234 kB`.
pub fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The load over the last minute, of `/proc/loadavg`.
pub fn load(text: &str) -> Option<f64> {
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// Bytes received and sent by all interfaces but the loopback, of `/proc/net/dev`.
pub fn network(text: &str) -> Option<(u64, u64)> {
    let line = |line: &str| {
        let (name, counts) = line.split_once(':').filter(|(name, _)| name.trim() != "lo")?;
        let counts: Vec<u64> =
            counts.split_ascii_whitespace().filter_map(|count| count.parse().ok()).collect();
        (!name.is_empty()).then_some((*counts.first()?, *counts.get(8)?))
    };
    let add = |sum: (u64, u64), one: (u64, u64)| (sum.0.saturating_add(one.0), sum.1.saturating_add(one.1));
    text.lines().filter_map(line).reduce(add)
}

/// A process, of `/proc/PID/stat`. Times are user and system, in ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub name: String,
    pub parent: u32,
    /// What it has used itself.
    pub own: u64,
    /// What its children had used that have ended and that it has waited for, with theirs.
    pub waited: u64,
    /// When it began, since the machine's start: tells it from another that gets its number later.
    pub started: u64,
}

impl Process {
    pub fn parse(text: &str) -> Option<Process> {
        // The name is in parentheses and may hold spaces and parentheses itself.
        let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // The numbers of the manual begin with 1, and the first one here is 3.
        let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
        Some(Process {
            name: name.to_owned(),
            parent: u32::try_from(number(4)?).ok()?,
            own: number(14)?.saturating_add(number(15)?),
            waited: number(16)?.saturating_add(number(17)?),
            started: number(22)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read() {
        let (ticks, cpus) = stat("cpu  130 0 130 930 10 0 0 0 7 0\ncpu0 1 1\ncpu1 1 1\nintr 5\n");
        assert_eq!((ticks, cpus), (Ticks { busy: 260, all: 1200 }, Some(2)));
        assert_eq!(stat(""), (Ticks::default(), None));
        let text = "MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    750 kB\n";
        assert_eq!(memory(text), Some((256_000, 1_024_000)));
        let dev = "Inter-| Receive\n face |bytes\n    lo: 5 1 0 0 0 0 0 0 5 1\n  eth0: 10 1 0 0 0 0 0 0 20 1 0\n wl0:1 1 0 0 0 0 0 0 2 1\n";
        assert_eq!((network(dev), network("    lo: 5 1 0 0 0 0 0 0 5 1\n")), (Some((11, 22)), None));
        assert_eq!(load("0.25 0.5 1 2/3 4"), Some(0.25));
        let line = "42 (a (b) c) S 7 40 40 0 -1 0 0 0 0 0 30 12 5 1 20 0 1 0 12345 0";
        let name = "a (b) c".to_owned();
        let found = Process { name, parent: 7, own: 42, waited: 6, started: 12345 };
        assert_eq!((Process::parse(line), Process::parse("42 (a")), (Some(found), None));
    }
}
