//! Processes in groups of their own, stopped whatever happens.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::keeper::Keeper;

/// A process in the foreground and its children. `Drop` ends them all.
pub struct Group {
    leader: Child,
    signal: &'static str,
}

impl Group {
    /// Starts `command` with its output going to the end of `log`. `signal` asks the program to end at once, but in
    /// good order.
    pub fn spawn(
        command: &mut Command,
        log: &Path,
        signal: &'static str,
        keeper: &mut Keeper,
    ) -> Result<Group, String> {
        let output =
            || -> io::Result<Stdio> { Ok(File::options().create(true).append(true).open(log)?.into()) };
        let mut start = || -> io::Result<Child> {
            command.stdin(Stdio::null()).stdout(output()?).stderr(output()?).process_group(0).spawn()
        };
        let leader = start().map_err(|error| format!("{command:?} does not start: {error}"))?;
        let group = Group { leader, signal };
        keeper.guard(signal, group.number()).map_err(|error| format!("the keeper is gone: {error}"))?;
        Ok(group)
    }

    /// The number of the group, which is the one of its first process.
    pub fn number(&self) -> u32 {
        self.leader.id()
    }

    /// Whether the first process still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.leader.try_wait(), Ok(None))
    }

    /// Ends the processes without asking them.
    pub fn kill(mut self) {
        kill("KILL", &format!("-{}", self.number()));
        let _ = self.leader.wait();
    }

    fn stop(&mut self) {
        // The leader alone is asked: it knows in which order its children are to end.
        kill(self.signal, &self.number().to_string());
        let leader = &mut self.leader;
        wait_until(Duration::from_secs(5), || !matches!(leader.try_wait(), Ok(None)));
        kill("KILL", &format!("-{}", self.number()));
        let _ = self.leader.wait();
        let number = self.number();
        wait_until(Duration::from_secs(5), || group_members(number).is_empty());
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Sends a signal to a process, or to a group if `target` begins with "-". That it is gone already is no error.
fn kill(signal: &str, target: &str) {
    let _ = Command::new("/bin/sh").args(["-c", r#"kill -s "$0" -- "$1" 2>&-"#, signal, target]).status();
}

/// Looks at `condition` until it holds (true) or `limit` is over (false).
pub fn wait_until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() > end {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// One living process, from /proc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: u32,
    parent: u32,
    group: u32,
    /// Clock ticks from the start of the machine: tells a process from a later one of the same number.
    started: u64,
    name: String,
}

/// All processes that are not dead and waiting to be collected.
fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| process(&fs::read_to_string(entry.path().join("stat")).ok()?))
        .collect()
}

/// Reads a line of /proc/PID/stat (proc(5)); `None` for a dead process.
fn process(stat: &str) -> Option<Process> {
    // The name is in parentheses and may hold spaces and parentheses itself.
    let (id, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    Some(Process {
        id: id.parse().ok()?,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
        name: name.to_owned(),
    })
}

/// The living processes of a group.
pub fn group_members(number: u32) -> Vec<Process> {
    processes().into_iter().filter(|process| process.group == number).collect()
}

/// A process and everything that descends from it, in whatever group.
pub fn family(leader: u32) -> Vec<Process> {
    let all = processes();
    let mut found: Vec<Process> = all.iter().filter(|process| process.id == leader).cloned().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.id) {
        found.extend(all.iter().filter(|process| process.parent == parent).cloned());
        next += 1;
    }
    found
}

/// Those of `before` that still live.
pub fn survivors(before: &[Process]) -> Vec<Process> {
    let now = processes();
    before
        .iter()
        .filter(|old| now.iter().any(|new| new.id == old.id && new.started == old.started))
        .cloned()
        .collect()
}

/// Runs a program of the set-up to its end; its output becomes the error.
pub fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{command:?} does not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&text)))
}

/// The end of a log file, for an error message.
pub fn log_tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// A program in one of the folders of system programs (which a user's PATH may lack).
pub fn program(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|p| p.exists())
}

/// A program that does not wait for the disk at every change, where `eatmydata` is installed: servers of mail start in a few
/// seconds then, and not in twenty.
pub fn hasty(program_path: &str) -> Command {
    match program("eatmydata") {
        Some(eatmydata) => {
            let mut command = Command::new(eatmydata);
            command.arg(program_path);
            command
        }
        None => Command::new(program_path),
    }
}

/// The Python that has `module` from PyPI, where `tests/servers/install` puts it.
pub fn python(module: &str) -> Option<PathBuf> {
    let chosen = std::env::var_os("POPULACE_SERVERS").map(PathBuf::from);
    let places = [
        chosen.unwrap_or_else(|| PathBuf::from("/opt/populace-servers")),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/servers"),
    ];
    places
        .iter()
        .map(|place| place.join("venv/bin"))
        .find(|bin| bin.join(module).exists())
        .map(|bin| bin.join("python"))
}

/// The numbers (user, group) of a user of the system.
pub fn system_user(name: &str) -> Option<(u32, u32)> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

/// Whether this process may become another user.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

#[test]
fn a_stat_line_is_read_to_the_last_parenthesis() {
    let line = "42 (a (b) c) S 7 40 40 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 12345 0";
    let expected = Process { id: 42, parent: 7, group: 40, started: 12345, name: "a (b) c".to_owned() };
    assert_eq!(process(line), Some(expected));
    assert_eq!(process(&line.replace(" S ", " Z ")), None);
}
