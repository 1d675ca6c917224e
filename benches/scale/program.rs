//! The program under measurement and its property lists.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use serde_json::Value;

use super::{Plan, shared};

/// Runs it, and gives its results and how it ended.
pub fn run(plan: &Plan, folder: &Path) -> Result<(Value, ExitStatus), String> {
    let io = |why: std::io::Error| why.to_string();
    let (config, clients) = (folder.join("config.plist"), folder.join("clients.plist"));
    std::fs::write(&config, config_of(plan)).map_err(io)?;
    std::fs::write(&clients, mix_of(plan)?).map_err(io)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_populace"));
    command.args(["run", "--seed", "1", "--runtime", &(plan.ramp + plan.after).to_string(), "--config"]);
    command.arg(&config).arg("--clients").arg(&clients);
    if let Some(workers) = plan.workers {
        command.args(["--workers", &workers.to_string()]);
    }
    let (results, output) = shared::results(command.stdout(Stdio::null()).stderr(Stdio::inherit()))?;
    Ok((results, output.status))
}

/// The usual mix with a 15-minute poll. Its programs hold their connections for a minute; so many descriptors there
/// are not.
fn mix_of(plan: &Plan) -> Result<String, String> {
    let mix = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/clients.plist");
    let mix = std::fs::read_to_string(mix).map_err(|why| why.to_string())?;
    let rule = format!(
        "<key>calendarHomePollInterval</key><string>15m</string>\
         <key>connections</key><dict><key>idleClose</key><integer>{}</integer></dict>",
        plan.idle_close
    );
    let mut parts = mix.split("<key>calendarHomePollInterval</key>");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("</string>").ok_or("a poll interval of the mix is no string")?;
        text.push_str(&rule);
        text.push_str(rest);
    }
    Ok(text)
}

fn config_of(plan: &Plan) -> String {
    let clients = plan.clients;
    let ramp = plan.ramp;
    format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>embedded</string>
<key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
  <key>params</key><dict><key>count</key><integer>{clients}</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
  <key>count</key><integer>{clients}</integer><key>ramp</key><integer>{ramp}</integer></dict></dict>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
</dict></plist>"#
    )
}
