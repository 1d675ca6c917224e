//! A run of the program and its results file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A finished run.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    results: Value,
}

/// `populace run` with these arguments, in the project's folder, to the end.
pub fn run(arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("results.json");
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["run", "--json"])
        .arg(&json)
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let results = std::fs::read_to_string(&json).unwrap_or_default();
    let ran = Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        results: serde_json::from_str(&results).unwrap_or(Value::Null),
    };
    // Whoever wants to see it runs the tests with --nocapture.
    println!("{}", ran.said());
    ran
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
