//! The program under measurement.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs it to its end; gives its results, and how it ended with what it said of what was not sent elsewhere.
pub fn results(command: &mut Command) -> Result<(Value, Output), String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let json = folder.path().join("results.json");
    let output =
        command.arg("--json").arg(&json).stdin(Stdio::null()).output().map_err(|why| why.to_string())?;
    let text = std::fs::read_to_string(&json)
        .map_err(|why| format!("{}, no results: {why}\n{}", output.status, said(&output)))?;
    let results = serde_json::from_str(&text).map_err(|why| format!("the results make no sense: {why}"))?;
    Ok((results, output))
}

/// What it said.
pub fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}
