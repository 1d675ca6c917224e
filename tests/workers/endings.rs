//! However a run ends, no process is left behind.

use std::time::Duration;

use crate::program::{commands, config, ends, lives, pause, program, send, start};

const LONG: [&str; 6] = ["--clients", "clients/demo.plist", "--runtime", "10m", "--workers", "3"];

#[test]
fn an_interrupted_run_reports_and_leaves_nothing_behind() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let running = start("run", &LONG);
        let workers = running.wait_for_workers(3);
        pause(Duration::from_secs(3));
        running.signal(signal);
        let ran = running.finish();
        assert_eq!(ran.code, code, "{}", ran.said());
        assert!(ran.stdout.contains("** REPORT **") && ran.stdout.contains("startup"), "{}", ran.said());
        assert!(ran.workers().iter().all(|(_, _, state)| state == "done"), "{}", ran.said());
        assert_eq!(ran.sent(), ran.served(), "{}", ran.said());
        assert!(!workers.into_iter().any(lives), "it left workers behind");
    }
}

#[test]
fn workers_end_with_their_manager_however_it_ends() {
    let running = start("run", &LONG);
    let workers = running.wait_for_workers(3);
    pause(Duration::from_secs(2));
    running.signal("-KILL");
    assert_eq!(running.finish().code, -1);
    assert!(workers.into_iter().all(ends));
}

#[test]
fn a_worker_that_hangs_does_not_hold_up_the_end() {
    let running = start("run", &LONG);
    let workers = running.wait_for_workers(3);
    pause(Duration::from_secs(2));
    send("-STOP", workers[0]);
    running.signal("-INT");
    let ran = running.finish();
    assert_eq!(ran.code, 130, "{}", ran.said());
    assert_eq!(ran.workers().iter().filter(|(_, _, state)| state == "done").count(), 2, "{}", ran.said());
    assert!(workers.into_iter().all(ends));
}

#[test]
fn what_a_command_leaves_in_the_background_ends_too() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let command = format!("sleep 1000 & echo $! > {}; {} worker", pid.display(), program());
    let config = config(folder.path(), &commands(&[&command]));
    let ran = start("run", &["--config", config.to_str().unwrap(), "--runtime", "2s"]).finish();
    assert_eq!(ran.code, 0, "{}", ran.said());
    let pid = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
    assert!(ends(pid), "it left a process behind");
}

#[test]
fn a_worker_that_is_told_to_terminate_is_missed() {
    let running = start("run", &["--clients", "clients/demo.plist", "--runtime", "6s", "--workers", "2"]);
    let workers = running.wait_for_workers(2);
    pause(Duration::from_secs(3));
    send("-TERM", workers[1]);
    let ran = running.finish();
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(ran.stdout.contains("somebody told it to terminate"), "{}", ran.said());
    // What it had counted is there all the same.
    assert_eq!(ran.sent(), ran.served(), "{}", ran.said());
}
