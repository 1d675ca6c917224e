//! A server that holds all answers once: what the users waited is shown, whatever the generator had to wait.

use std::fs;

use serde_json::Value;

use crate::command::{Ran, rehearse};

/// So many clients look every 5.5 s, evenly spread: 40 requests a second (`benches/rehearse` has 200). Nobody looks twice
/// within the stall, so that all that is planned is asked.
const CLIENTS: u32 = 220;

/// When all are there and have looked once, 60 s are measured; within them no answer leaves for 5 s.
fn config(stall: &str) -> String {
    format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>embedded</string>
<key>embedded</key><dict>
  <key>service</key><dict><key>default</key><string>2ms</string></dict>{stall}</dict>
<key>accounts</key><dict><key>loader</key><string>recordsFromCount</string>
  <key>params</key><dict><key>count</key><integer>{CLIENTS}</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>SmoothRampUp</string><key>params</key><dict>
  <key>groups</key><integer>{CLIENTS}</integer><key>groupSize</key><integer>1</integer>
  <key>interval</key><real>0.025</real><key>clientsPerUser</key><integer>1</integer></dict></dict>
<key>run</key><dict><key>warmup</key><integer>11</integer><key>duration</key><integer>60</integer></dict>
<key>clients</key><array><dict><key>software</key><string>OS_X_10_11</string>
  <key>params</key><dict><key>calendarHomePollInterval</key><real>5.5</real>
    <key>supportAmpPush</key><false/></dict>
  <key>profiles</key><array/><key>weight</key><integer>1</integer></dict></array>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict></array>
</dict></plist>"#
    )
}

fn rehearsed(stall: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.plist");
    fs::write(&path, config(stall)).unwrap();
    rehearse(&["--config", path.to_str().unwrap(), "--seed", "1"])
}

#[test]
fn a_stall_of_five_seconds_is_seen_in_full() {
    let stall = "<key>stalls</key><array><dict><key>at</key><integer>30</integer>
        <key>for</key><integer>5</integer></dict></array>";
    let [smooth, stalled] = ["", stall].map(rehearsed);
    assert_eq!(stalled.code, 0, "{}", stalled.said());
    let poll = |ran: &Ran| ran.results["requests"]["REPORT{sync-home}"].clone();
    let (before, after) = (poll(&smooth), poll(&stalled));
    assert_eq!((&before["count"], &after["count"]), (&2_400.into(), &2_400.into()), "{}", stalled.said());
    let close = |figure: &Value, wanted: f64| {
        let got = figure.as_f64().unwrap();
        assert!((got / wanted - 1.0).abs() < 0.02, "{got} instead of {wanted}\n{}", stalled.said());
    };
    let response = &after["response"];
    for (figure, wanted) in [("mean", 0.2083 + 0.002), ("p95", 2.0), ("p99", 4.4), ("max", 5.0)] {
        close(&response[figure], wanted);
    }
    assert_eq!(before["service"]["p50"], after["service"]["p50"]);
    close(&after["service"]["p50"], 0.002);
    assert_eq!((&after["late"], &after["skipped"], &after["failed"]), (&0.into(), &0.into(), &0.into()));
}
