//! The program under measurement, from outside.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What a client is when its memory is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Without a connection.
    AtRest,
    /// With an idle connection.
    IdlePlain,
    /// With an idle connection within TLS.
    IdleTls,
}

impl State {
    pub fn title(self) -> &'static str {
        match self {
            State::AtRest => "at rest without a connection",
            State::IdlePlain => "with an idle plain connection",
            State::IdleTls => "with an idle TLS connection",
        }
    }

    /// KB.
    pub fn goal(self) -> u32 {
        match self {
            State::AtRest => 4,
            State::IdlePlain => 8,
            State::IdleTls => 24,
        }
    }
}

/// An embedded server; it ends with this.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    /// Starts one with an account for each user.
    pub fn start(state: State, users: u32) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_populace"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--until-stdin-closes", "--users"]);
        command.arg(users.to_string());
        if state == State::IdleTls {
            command.arg("--tls");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.next().unwrap().unwrap();
        let url = said.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        Server { url: url.trim_end_matches('/').to_owned(), child }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Users a second that arrive: few enough to be served at once, as memory that many starts at the same time have taken
/// stays with the process.
const ARRIVALS: u32 = 50;

const RESULTS: &str = "results.json";

/// How many seconds the arrivals take.
fn ramp(clients: u32) -> u32 {
    clients / ARRIVALS
}

/// The command that brings so many clients to a server; what it leaves goes into the folder.
pub fn program(binary: &Path, server: &Server, state: State, clients: u32, folder: &Path) -> Command {
    let config = folder.join("config.plist");
    std::fs::write(&config, configuration(&server.url, state, clients, ramp(clients))).unwrap();
    let mut command = Command::new(binary);
    command.args(["run", "--insecure", "--runtime", "1h", "--seed", "1", "--config"]).arg(&config);
    command.arg("--json").arg(folder.join(RESULTS)).stdin(Stdio::null());
    command
}

/// KB of memory that the program has of its own when all its clients are there and rest.
pub fn resident(server: &Server, state: State, clients: u32) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_populace"));
    let mut command = program(binary, server, state, clients, folder.path());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    pause(Duration::from_secs(u64::from(ramp(clients))));
    until_quiet(child.id());
    let memory = own_memory(child.id());
    let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    child.wait().unwrap();
    check(&std::fs::read_to_string(folder.path().join(RESULTS)).unwrap(), clients);
    memory
}

/// A population in which something failed is not the one that was to be measured.
fn check(results: &str, clients: u32) {
    let results: serde_json::Value = serde_json::from_str(results).unwrap();
    let started = &results["operations"]["startup"];
    assert_eq!(
        (&started["count"], &started["failed"]),
        (&clients.into(), &0.into()),
        "{}",
        results["errors"]
    );
}

fn configuration(url: &str, state: State, clients: u32, ramp: u32) -> String {
    let idle_close = if state == State::AtRest { "<key>idleClose</key><integer>1</integer>" } else { "" };
    format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>{url}</string>
<key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
  <key>params</key><dict><key>count</key><integer>{clients}</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>{clients}</integer>
    <key>ramp</key><integer>{ramp}</integer></dict></dict>
<key>clients</key><array><dict><key>software</key><string>OS_X_10_11</string>
  <key>params</key><dict><key>calendarHomePollInterval</key><string>2h</string>
    <key>connections</key><dict>{idle_close}</dict></dict>
  <key>profiles</key><array/><key>weight</key><integer>1</integer></dict></array>
</dict></plist>"#
    )
}

/// KB of the process's own memory: what is not of a file.
fn own_memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Waits until a process has had nothing to do for some seconds, longer than connections at rest stay open.
fn until_quiet(pid: u32) {
    let mut quiet = 0;
    let mut before = ticks(pid);
    while quiet < 4 {
        pause(Duration::from_secs(1));
        let now = ticks(pid);
        quiet = if now - before <= 1 { quiet + 1 } else { 0 };
        before = now;
    }
}

/// CPU time that a process has used, in the kernel's ticks (proc_pid_stat(5): utime and stime).
pub fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    after_name.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

#[expect(
    clippy::disallowed_methods,
    reason = "another process is waited for, which has no clock but the machine's"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
