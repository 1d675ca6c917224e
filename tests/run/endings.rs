//! How a run ends, and with which exit code.

use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use crate::command::{Kept, children_of, populace, run, texts};
use crate::processes::{pause, send};

#[test]
fn an_interrupted_run_reports_and_leaves_nothing_behind() {
    let child = populace(&["run", "--clients", "clients/demo.plist", "--runtime", "10m"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    let mut child = Kept(child);
    pause(Duration::from_secs(4));
    // Afterwards nobody knows any more whose children they were.
    let children = children_of(pid);
    assert!(!children.is_empty(), "there is no embedded server");
    send("-INT", pid);
    let mut out = child.0.stdout.take().unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut out, &mut text).unwrap();
    let status = child.0.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{text}");
    assert!(text.contains("** REPORT **") && text.contains("startup"), "{text}");
    let left: Vec<_> =
        children.iter().filter(|pid| std::path::Path::new("/proc").join(pid.to_string()).exists()).collect();
    assert!(left.is_empty(), "it left processes behind: {left:?}");
}

#[test]
fn a_server_that_is_not_there_is_exit_3() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.plist");
    std::fs::write(&config, config_for(&format!("http://127.0.0.1:{port}"))).unwrap();
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "3s"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    assert!(ran.stdout.contains("No client could work"), "{}", ran.said());
    assert!(ran.stdout.contains("*** FAIL"), "{}", ran.said());
    assert_eq!(ran.results["verdict"], "error");
}

#[test]
fn too_few_accounts_stop_the_run_before_its_first_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.plist");
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::fs::write(&config, config_for(&url)).unwrap();
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "3s", "--users", "6"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("only 5 accounts"), "{}", ran.said());
    assert!(listener.accept().is_err(), "something was sent");
}

#[test]
fn a_results_file_that_cannot_be_written_is_told_at_once() {
    let output = populace(&["run", "--runtime", "3s", "--json", "no/such/folder/x.json"]).output().unwrap();
    let (_, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("no/such/folder/x.json"), "{stderr}");
}

/// A config with five accounts and five users.
fn config_for(url: &str) -> String {
    format!(
        r#"<plist version="1.0"><dict>
<key>server</key><string>{url}</string>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>5</integer></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
  <key>params</key><dict><key>count</key><integer>5</integer></dict></dict>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string>
  <key>params</key><dict/></dict></array>
</dict></plist>"#
    )
}
