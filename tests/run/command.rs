//! Starts the program and reads what it leaves.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program with these arguments, in the project's folder.
pub fn populace(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_populace"));
    command.args(args).current_dir(root()).stdin(Stdio::null());
    command
}

/// A finished run: its exit code, its texts and its results file.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub results: Value,
}

/// Runs to the end, with `--json` into a folder that is removed.
pub fn run(args: &[&str]) -> Ran {
    conduct("run", args)
}

/// The same in virtual time.
pub fn rehearse(args: &[&str]) -> Ran {
    conduct("rehearse", args)
}

fn conduct(how: &str, args: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("results.json");
    let mut all: Vec<&str> = vec![how, "--json", json.to_str().unwrap()];
    all.extend(args);
    let output = populace(&all).output().unwrap();
    let text = std::fs::read_to_string(&json).unwrap_or_default();
    let results = serde_json::from_str(&text).unwrap_or(Value::Null);
    let (stdout, stderr) = texts(&output);
    Ran { code: output.status.code().unwrap_or(-1), stdout, stderr, results }
}

pub fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

impl Ran {
    /// Everything it said, for the message of a failed assertion.
    pub fn said(&self) -> String {
        format!("exit {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }

    /// The figure of a label: `operation("poll", "count")`.
    pub fn operation(&self, label: &str, figure: &str) -> u64 {
        self.results["operations"][label][figure].as_u64().unwrap_or(0)
    }

    /// Every request label with its count of failures above zero.
    pub fn failed_requests(&self) -> Vec<(String, u64)> {
        let labels = self.results["requests"].as_object().cloned().unwrap_or_default();
        labels
            .iter()
            .map(|(label, figures)| (label.clone(), figures["failed"].as_u64().unwrap_or(0)))
            .filter(|(_, failed)| *failed > 0)
            .collect()
    }

    /// Answered and unanswered requests of all labels and phases.
    pub fn sent(&self) -> u64 {
        self.results["answered"].as_u64().unwrap_or(0) + self.results["unanswered"].as_u64().unwrap_or(0)
    }
}

/// A child that is ended with the test.
pub struct Kept(pub Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processes that one has started and that still run.
pub fn children_of(pid: u32) -> Vec<u32> {
    let found = Command::new("pgrep").args(["-P", &pid.to_string()]).output().unwrap();
    String::from_utf8_lossy(&found.stdout).split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

/// The ancestors' own files, which lie beside the project. Without them the test skips, unless it must not.
pub fn seed_folder(name: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/seed").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("POPULACE_REQUIRE_SEED").is_none(), "{} is not there", folder.display());
    println!("skipped: the ancestors' files are not beside the project ({})", folder.display());
    None
}
