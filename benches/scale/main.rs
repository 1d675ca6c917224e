//! Many clients on one machine, together with the embedded server: the usual mix with a 15-minute poll.
//!
//! `cargo bench --bench scale [-- --clients N] [--ramp SECONDS] [--after SECONDS] [--idle-close SECONDS] [--workers N]`
//!
//! Prints failures, lag, requests, processor time and memory. `--workers 1` against `--workers 2` shows what a second
//! process brings, in requests a second of the workers' processor time, and what the manager costs.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

struct Plan {
    clients: u32,
    ramp: u32,
    after: u32,
    idle_close: u32,
    workers: Option<u32>,
}

fn main() -> ExitCode {
    match plan(std::env::args().skip(1)).and_then(|plan| measure(&plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn plan(mut words: impl Iterator<Item = String>) -> Result<Plan, String> {
    let mut plan = Plan { clients: 10_000, ramp: 60, after: 60, idle_close: 10, workers: None };
    while let Some(word) = words.next() {
        let mut number =
            || words.next().and_then(|text| text.parse::<u32>().ok()).ok_or(format!("{word} needs a number"));
        match word.as_str() {
            "--clients" => plan.clients = number()?,
            "--ramp" => plan.ramp = number()?,
            "--after" => plan.after = number()?,
            "--idle-close" => plan.idle_close = number()?,
            "--workers" => plan.workers = Some(number()?),
            // Cargo says this to every benchmark.
            "--bench" => {}
            other => return Err(format!("{other} is not known")),
        }
    }
    Ok(plan)
}

fn measure(plan: &Plan) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("populace-scale-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|why| why.to_string())?;
    let results = run(plan, &folder);
    let _ = std::fs::remove_dir_all(&folder);
    print(plan, &results?);
    Ok(())
}

fn run(plan: &Plan, folder: &Path) -> Result<Value, String> {
    let io = |why: std::io::Error| why.to_string();
    let (config, clients, json) =
        (folder.join("config.plist"), folder.join("clients.plist"), folder.join("results.json"));
    std::fs::write(&config, config_of(plan)).map_err(io)?;
    let mix = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/clients.plist");
    let mix = std::fs::read_to_string(mix).map_err(io)?;
    // The programs of the mix hold their connections for a minute; so many descriptors there are not.
    let rule = format!(
        "<key>calendarHomePollInterval</key><string>15m</string>\
         <key>connections</key><dict><key>idleClose</key><integer>{}</integer></dict>",
        plan.idle_close
    );
    let poll = "<key>calendarHomePollInterval</key>";
    let parts: Vec<&str> = mix.split(poll).collect();
    let rest = |part: &&str| part.split_once("</string>").map_or("", |(_, rest)| rest).to_owned();
    let tail: Vec<String> = parts[1..].iter().map(rest).collect();
    std::fs::write(&clients, format!("{}{rule}{}", parts[0], tail.join(&rule))).map_err(io)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_populace"));
    command.args(["run", "--seed", "1", "--runtime", &(plan.ramp + plan.after).to_string(), "--config"]);
    command.arg(&config).arg("--clients").arg(&clients).arg("--json").arg(&json);
    if let Some(workers) = plan.workers {
        command.args(["--workers", &workers.to_string()]);
    }
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().map_err(io)?;
    println!("exit {}", status.code().unwrap_or(-1));
    serde_json::from_str(&std::fs::read_to_string(&json).map_err(io)?).map_err(|why| why.to_string())
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

fn print(plan: &Plan, results: &Value) {
    let host = &results["host"];
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    let answered = number(&results["answered"]);
    println!(
        "{} clients within {} s, then {} s: {answered} requests, {:.0} a second; errors {}; client failures {}",
        plan.clients,
        plan.ramp,
        plan.after,
        answered / number(&results["run_time_s"]),
        results["errors"],
        results["client_failures"],
    );
    let worst = |kind: &str| {
        let labels = results[kind].as_object().cloned().unwrap_or_default();
        labels
            .iter()
            .map(|(label, figures)| (number(&figures["lag"]["p99"]), label.clone()))
            .fold((0.0, String::new()), |worst, one| if one.0 > worst.0 { one } else { worst })
    };
    for kind in ["requests", "operations"] {
        let (lag, label) = worst(kind);
        println!("  worst lag p99 of {kind}: {:.1} ms ({label})", lag * 1e3);
    }
    let rows = results["timeline"].as_array().cloned().unwrap_or_default();
    let late = rows.iter().map(|row| number(&row["lag_max"])).fold(0.0, f64::max);
    println!("  most lag of all: {:.1} ms", late * 1e3);
    println!(
        "  this process: {:.1} s of CPU ({:.0} us a request), peak {:.0} MB ({:.1} KB a client)",
        number(&host["cpu_s"]),
        number(&host["cpu_s"]) * 1e6 / answered,
        number(&host["peak_rss_bytes"]) / 1e6,
        number(&host["peak_rss_bytes"]) / 1e3 / f64::from(plan.clients),
    );
    let workers = host["workers"].as_object().cloned().unwrap_or_default();
    let cpu: f64 = workers.values().map(|cost| number(&cost["cpu_s"])).sum();
    for (id, cost) in &workers {
        println!(
            "  worker {id}: {:.1} s of CPU, peak {:.0} MB",
            number(&cost["cpu_s"]),
            number(&cost["peak_rss_bytes"]) / 1e6
        );
    }
    if cpu > 0.0 {
        println!("  {:.0} requests a second of the workers' CPU", answered / cpu);
    }
}
