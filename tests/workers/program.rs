//! Starts the program and reads what it leaves.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

pub use crate::processes::{ends, lives, pause, send};

/// The program.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_populace")
}

/// A run that goes on.
pub struct Running {
    child: Child,
    folder: TempDir,
}

/// A finished run: its exit code, its texts and its results file.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub results: Value,
}

/// Starts `populace COMMAND ARGUMENTS` in the project's folder. What it says goes to files, so that it never waits.
pub fn start(command: &str, arguments: &[&str]) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| fs::File::create(folder.path().join(name)).unwrap();
    let child = Command::new(program())
        .args([command, "--json", folder.path().join("results.json").to_str().unwrap()])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(file("stdout"))
        .stderr(file("stderr"))
        .spawn()
        .unwrap();
    Running { child, folder }
}

/// Runs to the end.
pub fn run(arguments: &[&str]) -> Ran {
    start("run", arguments).finish()
}

impl Running {
    /// The workers: each process that is a child of the manager and a `populace worker`.
    pub fn workers(&self) -> Vec<u32> {
        let listed = Command::new("ps").args(["-e", "-o", "pid=,ppid=,args="]).output().unwrap();
        let text = String::from_utf8_lossy(&listed.stdout).into_owned();
        let manager = self.child.id().to_string();
        let worker = |line: &str| {
            let mut words = line.split_whitespace();
            let (pid, parent) = (words.next()?.parse().ok()?, words.next()?);
            let mut program = words.skip(1);
            (parent == manager && program.next() == Some("worker")).then_some(pid)
        };
        text.lines().filter_map(worker).collect()
    }

    /// Waits until so many workers are there. They need not have begun.
    pub fn wait_for_workers(&self, count: usize) -> Vec<u32> {
        for _ in 0..600 {
            let workers = self.workers();
            if workers.len() == count {
                return workers;
            }
            pause(Duration::from_millis(50));
        }
        panic!("there are {} workers instead of {count}", self.workers().len());
    }

    pub fn signal(&self, signal: &str) {
        send(signal, self.child.id());
    }

    /// Waits until it has said something on stderr.
    pub fn wait_for_word(&self, word: &str) {
        let path = self.folder.path().join("stderr");
        for _ in 0..600 {
            if fs::read_to_string(&path).is_ok_and(|said| said.contains(word)) {
                return;
            }
            pause(Duration::from_millis(50));
        }
        panic!("it never said {word:?}");
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Ran {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let read = |name: &str| {
            let mut bytes = Vec::new();
            if let Ok(mut file) = fs::File::open(self.folder.path().join(name)) {
                file.read_to_end(&mut bytes).unwrap();
            }
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let results = serde_json::from_str(&read("results.json")).unwrap_or(Value::Null);
        Ran { code, stdout: read("stdout"), stderr: read("stderr"), results }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ran {
    /// Everything it said, for the message of a failed assertion.
    pub fn said(&self) -> String {
        format!("exit {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }

    pub fn plan_hash(&self) -> String {
        self.results["plan_hash"].as_str().unwrap_or_default().to_owned()
    }

    /// Answered and unanswered requests of all labels and phases.
    pub fn sent(&self) -> u64 {
        self.number("answered") + self.number("unanswered")
    }

    pub fn number(&self, key: &str) -> u64 {
        self.results[key].as_u64().unwrap_or(0)
    }

    /// Requests that the embedded server has counted.
    pub fn served(&self) -> u64 {
        self.results["monitors"]["embedded"]["requests"].as_u64().unwrap_or(0)
    }

    /// Id, requests and state of each worker.
    pub fn workers(&self) -> Vec<(String, u64, String)> {
        let workers = self.results["workers"].as_object().cloned().unwrap_or_default();
        let one = |(id, worker): (&String, &Value)| {
            let state = worker["state"].as_str().unwrap_or_default().to_owned();
            (id.clone(), worker["requests"].as_u64().unwrap_or(0), state)
        };
        workers.iter().map(one).collect()
    }
}

/// A config for the embedded server with twelve users at once, and these further keys.
pub fn config(folder: &Path, keys: &str) -> PathBuf {
    config_at(folder, "embedded", keys)
}

/// The same for another server.
pub fn config_at(folder: &Path, server: &str, keys: &str) -> PathBuf {
    let path = folder.join("config.plist");
    let text = format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>{server}</string>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>12</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>12</integer></dict></dict>
{keys}
</dict></plist>"#
    );
    fs::write(&path, text).unwrap();
    path
}

/// The key `workers` with these shell commands.
pub fn commands(commands: &[&str]) -> String {
    let escaped = |command: &&str| command.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let all: String =
        commands.iter().map(|command| format!("<string>{}</string>", escaped(command))).collect();
    format!("<key>workers</key><array>{all}</array>")
}
