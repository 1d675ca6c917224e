//! A run of the program and its results file.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A finished run.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    results: Value,
}

/// A run that goes on. Dropped, it is killed.
pub struct Going {
    child: Child,
    folder: TempDir,
}

/// `populace run` with these arguments, in the project's folder, to the end.
pub fn run(arguments: &[&str]) -> Ran {
    begin(arguments).end()
}

/// Begins `populace run` with these arguments, in the project's folder.
pub fn begin(arguments: &[&str]) -> Going {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| File::create(folder.path().join(name)).expect("a file");
    let child = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["run", "--json"])
        .arg(folder.path().join("results.json"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stdin(Stdio::null())
        .stdout(file("stdout"))
        .stderr(file("stderr"))
        .spawn()
        .expect("the program starts");
    Going { child, folder }
}

impl Going {
    /// What it has printed so far.
    pub fn printed(&self) -> String {
        self.read("stdout")
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ran {
        let code = self.child.wait().expect("the program ends").code().unwrap_or(-1);
        let results = serde_json::from_str(&self.read("results.json")).unwrap_or(Value::Null);
        let ran = Ran { code, stdout: self.read("stdout"), stderr: self.read("stderr"), results };
        // Whoever wants to see it runs the tests with --nocapture.
        println!("{}", ran.said());
        ran
    }

    fn read(&self, name: &str) -> String {
        let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Going {
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

    /// How many operations of this label succeeded.
    pub fn succeeded(&self, label: &str) -> u64 {
        let figures = &self.results["operations"][label];
        let figure = |name: &str| figures[name].as_u64().unwrap_or(0);
        figure("count") - figure("failed")
    }

    /// Every label of `requests` or `operations` with failures, and how many.
    pub fn failed(&self, kind: &str) -> BTreeMap<String, u64> {
        let labels = self.results[kind].as_object().into_iter().flatten();
        let failed = labels.map(|(label, figures)| (label.clone(), figures["failed"].as_u64().unwrap_or(0)));
        failed.filter(|(_, failed)| *failed > 0).collect()
    }

    /// The kinds of errors: how many, and the first example.
    pub fn errors(&self) -> BTreeMap<String, (u64, String)> {
        let kinds = self.results["errors"].as_object().into_iter().flatten();
        let told = |error: &Value| {
            (error["count"].as_u64().unwrap_or(0), error["first"].as_str().unwrap_or_default().to_owned())
        };
        kinds.map(|(kind, error)| (kind.clone(), told(error))).collect()
    }

    /// How often requests of a label came to an end.
    pub fn requests(&self, label: &str) -> u64 {
        self.results["requests"][label]["count"].as_u64().unwrap_or(0)
    }

    /// A number at a place of the results, as `/workers/1/requests`.
    pub fn figure(&self, place: &str) -> Option<f64> {
        self.results.pointer(place)?.as_f64()
    }

    /// The rows of its timeline.
    pub fn rows(&self) -> impl Iterator<Item = &Value> {
        self.results["timeline"].as_array().into_iter().flatten()
    }

    /// How many of something `prepare` has made.
    pub fn made(&self, what: &str) -> u64 {
        self.results["made_beforehand"][what].as_u64().unwrap_or(0)
    }

    /// The labels of requests that begin like this.
    pub fn labels(&self, beginning: &str) -> Vec<String> {
        let labels = self.results["requests"].as_object().into_iter().flatten();
        labels.map(|(label, _)| label.clone()).filter(|label| label.starts_with(beginning)).collect()
    }

    /// The profiles that are `switched_off` or were `idle`; the report gives the reasons.
    pub fn profiles(&self, kind: &str) -> Vec<String> {
        self.results[kind].as_object().into_iter().flatten().map(|(profile, _)| profile.clone()).collect()
    }

    /// What the report remarks.
    pub fn notices(&self) -> Vec<&str> {
        self.results["notices"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A number of the results, or how many entries a part of them has.
    pub fn number(&self, key: &str) -> u64 {
        match &self.results[key] {
            Value::Object(entries) => entries.len() as u64,
            value => value.as_u64().unwrap_or(0),
        }
    }
}
