//! The rehearsals under measurement.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shared;

/// Where the property lists are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rehearse")
}

/// A rehearsal of the thousand users, with a config of this name or path.
pub fn mix(config: &str, clients: &str, hours: f64) -> Result<Value, String> {
    let runtime = format!("{}", hours * 3600.0);
    rehearse(&["--config", config, "--clients", clients, "--runtime", &runtime])
}

/// Rehearses with these arguments and gives the results file.
pub fn rehearse(args: &[&str]) -> Result<Value, String> {
    let (results, output) = shared::results(
        Command::new(env!("CARGO_BIN_EXE_populace"))
            .args(["rehearse", "--seed", "1"])
            .args(args)
            .current_dir(folder())
            .stderr(Stdio::inherit()),
    )?;
    match output.status.success() {
        true => Ok(results),
        false => Err(format!("{}\nthe rehearsal did not pass: {}", shared::said(&output), output.status)),
    }
}
