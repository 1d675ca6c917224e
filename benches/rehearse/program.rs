//! The program under measurement.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

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
    let json = std::env::temp_dir().join(format!("populace-rehearse-{}.json", std::process::id()));
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["rehearse", "--seed", "1", "--json"])
        .arg(&json)
        .args(args)
        .current_dir(folder())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|why| why.to_string())?;
    if !output.status.success() {
        let report = String::from_utf8_lossy(&output.stdout);
        return Err(format!("{report}\nthe rehearsal did not pass: {}", output.status));
    }
    let text = std::fs::read_to_string(&json).map_err(|why| why.to_string())?;
    let _ = std::fs::remove_file(&json);
    serde_json::from_str(&text).map_err(|why| why.to_string())
}
