//! This program and its property lists.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::nginx::{FILE, Nginx};
use super::{Plan, Scenario, process, program};

/// What one run is.
pub enum Load {
    /// So many users without a pause, for so many seconds.
    Gets {
        users: u32,
        seconds: u32,
    },
    Thinking(Scenario),
}

/// Completes a command, this program, so that it brings a load; its files lie in the folder.
pub fn complete(mut command: Command, nginx: &Nginx, load: &Load, folder: &Path) -> Result<Command, String> {
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).map(|()| path).map_err(|why| why.to_string())
    };
    let (config, clients) =
        (write("config.plist", config(nginx, load))?, write("clients.plist", clients(load))?);
    command.args(["run", "--seed", "1", "--config"]).arg(config).arg("--clients").arg(clients);
    if let Load::Gets { seconds, .. } = load {
        command.args(["--runtime", &seconds.to_string()]);
    }
    Ok(command)
}

/// Runs it to its end, and gives its results.
pub fn run(plan: &Plan, nginx: &Nginx, load: &Load) -> Result<Value, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let mut command = complete(process::measured(&plan.program), nginx, load, folder.path())?;
    let (results, output) = program::results(command.stdout(Stdio::null()))?;
    let requests = results["requests"].as_object().ok_or("no requests")?;
    let failed: u64 = requests.values().filter_map(|label| label["failed"].as_u64()).sum();
    if !output.status.success() || failed > 0 {
        return Err(format!("populace: {}, {failed} failed: {}", output.status, program::said(&output)));
    }
    Ok(results)
}

fn config(nginx: &Nginx, load: &Load) -> String {
    let (users, ramp) = match load {
        Load::Gets { users, .. } => (users, 0),
        Load::Thinking(scenario) => (&scenario.users, scenario.ramp),
    };
    format!(
        "<plist version=\"1.0\"><dict>
<key>server</key><string>http://{}</string>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>100</integer></dict>
  <key>use</key><string>reuse</string></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
  <key>count</key><integer>{users}</integer><key>ramp</key><integer>{ramp}</integer></dict></dict>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
</dict></plist>",
        nginx.address
    )
}

fn clients(load: &Load) -> String {
    // Without a pause nobody comes to an end.
    let (times, think) = match load {
        Load::Gets { .. } => (1_000_000_000, 0),
        Load::Thinking(scenario) => (scenario.requests, scenario.think),
    };
    format!(
        "<plist version=\"1.0\"><dict><key>clients</key><array><dict><key>software</key><string>Web</string>
<key>profiles</key><array><dict><key>class</key><string>Script</string><key>params</key><dict>
  <key>steps</key><array><dict>
    <key>do</key><string>repeat</string><key>times</key><integer>{times}</integer>
    <key>steps</key><array><dict><key>do</key><string>GET</string><key>url</key><string>{FILE}</string>
      <key>think</key><integer>{think}</integer></dict></array>
  </dict></array></dict></dict></array></dict></array></dict></plist>"
    )
}
