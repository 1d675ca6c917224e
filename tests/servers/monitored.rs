//! What snmpd, Prometheus' node exporter and an agent say of this machine, read by one run.

use std::fs;
use std::net::TcpStream;
use std::process::Command;

use serde_json::Value;

use crate::http::Request;
use crate::process::program;
use crate::running::{self, Running};

/// Both on ports of their own, or `None` where one is not installed.
fn start() -> Option<Running> {
    let lacking = ["snmpd", "prometheus-node-exporter"].into_iter().find(|name| program(name).is_none());
    let lacking =
        lacking.map(|name| if name == "snmpd" { "is not installed" } else { "has no node exporter" });
    running::available("snmpd", lacking).then(|| running::start("monitored", "/%s/", "/%s/", launch))
}

fn launch(server: &mut Running) -> Result<(), String> {
    let (snmp, exporter) = (server.reserve("snmp"), server.reserve("http"));
    let kept = server.path("kept");
    // In its persistent folder snmpd would take a file of the usual name for its own.
    let configuration =
        format!("agentAddress udp:{snmp},tcp:{snmp}\nview all included .1\nrocommunity secret 127.0.0.1\n");
    fs::create_dir_all(&kept)
        .and_then(|()| fs::write(server.path("agent.conf"), configuration))
        .map_err(|error| format!("snmpd cannot be configured: {error}"))?;
    let mut snmpd = Command::new(program("snmpd").unwrap_or_default());
    snmpd.env("MIBS", "").env("SNMP_PERSISTENT_DIR", kept);
    snmpd.args(["-f", "-Lo", "-C", "-c"]).arg(server.path("agent.conf")).arg("-p").arg(server.path("pid"));
    server.spawn(&mut snmpd, "TERM")?;
    let mut node = Command::new(program("prometheus-node-exporter").unwrap_or_default());
    server.spawn(node.arg(format!("--web.listen-address={exporter}")), "TERM")?;
    server.wait_for("both to listen", || {
        TcpStream::connect(&snmp).is_ok() && Request::new("GET", "/metrics").send(&exporter).is_ok()
    })
}

/// A monitor that is asked every two seconds.
fn monitor(kind: &str, name: &str, params: &str) -> String {
    format!(
        "<dict><key>type</key><string>{kind}</string><key>name</key><string>{name}</string>\
         <key>interval</key><integer>2</integer><key>params</key><dict>{params}</dict></dict>"
    )
}

fn config(server: &Running) -> String {
    let port = server.service("snmp").and_then(|place| place.rsplit(':').next()).unwrap_or_default();
    let agent = |version: &str, more: &str| {
        format!(
            "<key>host</key><string>127.0.0.1</string><key>port</key><integer>{port}</integer>\
             <key>community</key><string>secret</string><key>version</key><string>{version}</string>{more}"
        )
    };
    let chosen = "<key>oids</key><array>\
        <dict><key>name</key><string>uptime</string><key>oid</key><string>1.3.6.1.2.1.25.1.1.0</string>\
        <key>unit</key><string>seconds</string></dict>\
        <dict><key>name</key><string>asked</string><key>oid</key><string>1.3.6.1.2.1.11.1.0</string><key>total</key><true/></dict>\
        <dict><key>name</key><string>storage</string><key>oid</key><string>1.3.6.1.2.1.25.2.3.1.5</string><key>table</key><true/></dict>\
        </array>";
    let metrics = format!(
        "<key>url</key><string>http://{}/metrics</string><key>metrics</key><array><dict>\
         <key>metric</key><string>node_cpu_seconds_total</string><key>name</key><string>idle</string>\
         <key>labels</key><dict><key>mode</key><string>idle</string></dict></dict></array>",
        server.service("http").unwrap_or_default()
    );
    let own = format!(
        "<key>command</key><string>echo welcome; exec {} agent</string>\
         <key>processes</key><array><string>snmpd</string></array>",
        env!("CARGO_BIN_EXE_populace")
    );
    let lost = "<key>host</key><string>127.0.0.1</string><key>port</key><integer>9</integer>";
    let monitors = [
        monitor("Snmp", "snmp", &agent("2c", chosen)),
        monitor("Snmp", "old", &agent("1", "")),
        monitor("Snmp", "nobody", lost),
        monitor("NodeExporter", "exporter", &metrics),
        monitor("Agent", "agent", &own),
    ];
    format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>\
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>\
         <key>count</key><integer>10</integer></dict></dict>\
         <key>run</key><dict><key>warmup</key><integer>8</integer><key>duration</key><integer>8</integer></dict>\
         <key>monitors</key><array>{}</array></dict></plist>",
        monitors.concat()
    )
}

#[test]
fn all_of_them_say_nearly_the_same_of_this_machine() {
    let Some(server) = start() else { return };
    let (config_file, json) = (server.path("config.plist"), server.path("results.json"));
    fs::write(&config_file, config(&server)).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_populace"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", "--clients", "clients/demo.plist", "--users", "3", "--config"])
        .arg(&config_file)
        .arg("--json")
        .arg(&json)
        .output()
        .unwrap();
    let said = format!("{}\n{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert_eq!(ran.status.code(), Some(0), "{said}");
    let results: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
    let read = &results["monitors"];
    let mean = |monitor: &str, figure: &str| -> f64 {
        let mean = read[monitor]["figures"][figure]["mean"].as_f64();
        mean.unwrap_or_else(|| panic!("{figure} of {monitor}: {read:#}\n{said}"))
    };
    // CPU and memory are counted in different ways and at different moments.
    for monitor in ["snmp", "old", "exporter", "agent"] {
        let (cpu, memory) = (mean(monitor, "cpu"), mean(monitor, "memory"));
        assert!(
            (0.0..=100.0).contains(&cpu) && (cpu - mean("agent", "cpu")).abs() < 35.0,
            "{monitor}: {cpu} {read:#}"
        );
        assert!(
            memory / mean("agent", "memory") > 0.3 && memory / mean("agent", "memory") < 3.0,
            "{monitor}: {memory}"
        );
        assert!((mean(monitor, "load") - mean("agent", "load")).abs() < 3.0, "{monitor} {read:#}");
    }
    assert!(
        mean("snmp", "uptime") > 1.0 && mean("snmp", "asked") > 0.5 && mean("snmp", "storage") > 0.0,
        "{read:#}"
    );
    assert!(mean("exporter", "idle") >= 0.0 && mean("agent", "snmpd processes") >= 1.0, "{read:#}");
    // Half of the run is measured: the readings every two seconds of the last eight.
    let samples = read["agent"]["figures"]["load"]["samples"].as_u64().unwrap();
    assert!((3..=6).contains(&samples), "{read:#}");
    assert!(said.contains("* Monitor nobody: no figures: the SNMP agent 127.0.0.1:9 "), "{said}");
    let rows = results["timeline"].as_array().unwrap();
    assert!(rows.iter().filter(|row| row["monitors"]["exporter"]["load"].is_number()).count() >= 6, "{said}");
}
