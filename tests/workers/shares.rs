//! However many workers there are: one plan, and books that balance.

use crate::program::{config, run, start};

const DEMO: [&str; 4] = ["--clients", "clients/demo.plist", "--runtime", "6s"];

#[test]
fn the_plan_is_one_and_the_books_balance() {
    let with = |workers: &str| {
        let ran = run(&[&DEMO[..], &["--seed", "5", "--workers", workers]].concat());
        assert_eq!(ran.code, 0, "{}", ran.said());
        let (sent, served) = (ran.sent(), ran.served());
        assert!(sent > 100 && sent == served, "sent {sent}, served {served}\n{}", ran.said());
        let shares = ran.workers();
        assert_eq!(shares.len().to_string(), workers);
        if !shares.is_empty() {
            let requests: u64 = shares.iter().map(|(_, requests, _)| requests).sum();
            assert_eq!(requests, ran.number("answered"), "{}", ran.said());
            assert!(shares.iter().all(|(_, requests, state)| *requests > 0 && state == "done"));
            assert!(ran.stdout.contains("* Workers") && ran.stdout.contains("(manager)"), "{}", ran.said());
        }
        (ran.plan_hash(), ran.number("users"), ran.number("clients"))
    };
    let alone = with("0");
    assert!(alone.0.len() == 16 && alone.1 > 10, "{alone:?}");
    for workers in ["1", "2", "4"] {
        assert_eq!(with(workers), alone);
    }
    let rehearsed = start("rehearse", &[&DEMO[..], &["--seed", "5"]].concat()).finish();
    assert_eq!(rehearsed.plan_hash(), alone.0, "{}", rehearsed.said());
    let other = run(&[&DEMO[..], &["--seed", "6", "--workers", "2"]].concat());
    assert_ne!(other.plan_hash(), alone.0);
}

#[test]
fn too_little_room_is_told_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let workers = "<key>workers</key><array><dict><key>maxUsers</key><integer>5</integer></dict>
      <dict><key>name</key><string>b</string><key>maxUsers</key><integer>6</integer></dict></array>";
    let config = config(folder.path(), workers);
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "3s"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("12 users come, and the workers take no more than 11"), "{}", ran.said());
}

#[test]
fn weights_and_bounds_shape_the_shares() {
    let folder = tempfile::tempdir().unwrap();
    let workers = "<key>workers</key><array><dict><key>name</key><string>small</string><key>maxUsers</key>
      <integer>2</integer><key>addresses</key><array><string>127.0.0.77</string></array></dict>
      <dict><key>name</key><string>large</string><key>weight</key><integer>3</integer></dict></array>";
    let config = config(folder.path(), workers);
    let arguments = ["--config", config.to_str().unwrap(), "--runtime", "3s"];
    let ran = run(&arguments);
    assert_eq!((ran.code, ran.number("users")), (0, 12), "{}", ran.said());
    let shares = ran.workers();
    assert!(shares[0].0 == "large" && shares[0].1 > shares[1].1, "{shares:?}");
    let told = std::process::Command::new(crate::program::program())
        .args(["check", "--config", arguments[1]])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("small:").ends_with(", a process on this machine, from 127.0.0.77"), "{text}");
    // No more than its bound, and of each population no whole user off its share.
    assert!(["small: 1 user,", "small: 2 users,"].iter().any(|share| text.contains(share)), "{text}");
    assert!(["large: 11 users,", "large: 10 users,"].iter().any(|share| text.contains(share)), "{text}");
}

#[test]
fn a_rehearsal_with_workers_is_a_usage_error_with_a_way_out() {
    let ran = start("rehearse", &["--runtime", "3s", "--workers", "2"]).finish();
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("leave it out"), "{}", ran.said());
}
