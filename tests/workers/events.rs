//! Events come to the manager where an observer wants them.

use crate::program::{config, run};

#[test]
fn loggers_and_plug_ins_see_the_events_of_all_workers() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let observers = format!(
        "<key>observers</key><array>
        <dict><key>type</key><string>ReportStatistics</string></dict>
        <dict><key>type</key><string>RequestLogger</string></dict>
        <dict><key>type</key><string>Process</string><key>params</key><dict>
          <key>command</key><string>cat &gt; {}</string></dict></dict></array>",
        seen.display()
    );
    let config = config(folder.path(), &observers);
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "4s", "--workers", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let requests = ran.stdout.lines().filter(|line| line.contains(" request ")).count() as u64;
    assert_eq!(requests, ran.sent(), "{}", ran.said());
    let events = std::fs::read_to_string(seen).unwrap();
    let of =
        |kind: &str| events.lines().filter(|line| line.contains(&format!("\"type\":\"{kind}\""))).count();
    assert_eq!(of("response") as u64, ran.sent());
    assert!(of("report") == 1 && of("operation") > 0, "{}", ran.said());
    let users = ["user1", "user12"].map(|user| events.contains(&format!("\"{user}\"")));
    assert_eq!(users, [true, true]);
    // Arrivals are numbered over all workers.
    assert!(events.lines().any(|line| line.contains("\"users\":12")), "no twelfth user");
}
