//! A config that can be read only once.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::command::{populace, texts};

const CONFIG: &str = r#"<plist version="1.0"><dict>
<key>server</key><string>embedded</string>
<key>embedded</key><dict><key>service</key><dict><key>default</key><string>30ms</string></dict></dict>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>3</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>3</integer></dict></dict>
</dict></plist>"#;

#[test]
fn a_config_from_a_pipe_is_also_that_of_the_embedded_server() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("results.json");
    let arguments =
        ["run", "--config", "/dev/stdin", "--runtime", "4s", "--seed", "1", "--json", json.to_str().unwrap()];
    let mut child = populace(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(CONFIG.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stdout}{stderr}");
    let results: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let fastest = results["requests"]["PROPFIND{home}"]["service"]["p50"].as_f64().unwrap();
    assert!((0.03..1.0).contains(&fastest), "{fastest} {stdout}");
}
