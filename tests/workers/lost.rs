//! Workers that are lost: named, and the run goes on.

use std::time::Duration;

use crate::program::{Ran, commands, config, ends, pause, program, run, send, start};

/// The state of each worker that is not done.
fn lost(ran: &Ran) -> Vec<(String, String)> {
    let workers = ran.workers().into_iter().filter(|(_, _, state)| state != "done");
    workers.map(|(id, _, state)| (id, state)).collect()
}

#[test]
fn one_of_four_is_killed_and_the_others_are_complete() {
    let running = start("run", &["--clients", "clients/demo.plist", "--runtime", "8s", "--workers", "4"]);
    let workers = running.wait_for_workers(4);
    pause(Duration::from_secs(4));
    send("-KILL", workers[2]);
    let ran = running.finish();
    assert_eq!((ran.code, ran.results["verdict"].as_str()), (4, Some("incomplete")), "{}", ran.said());
    let lost = lost(&ran);
    assert!(lost.len() == 1 && lost[0].1.contains("signal 9 (SIGKILL)"), "{lost:?}");
    let named = format!("Worker {} was lost: ", lost[0].0);
    assert!(ran.stdout.contains(&named) && ran.stdout.contains("*** INCOMPLETE"), "{}", ran.said());
    assert!(ran.workers().iter().all(|(_, requests, _)| *requests > 0), "{}", ran.said());
    assert!(workers.into_iter().all(ends));
}

#[test]
fn one_that_hangs_is_lost_after_ten_seconds() {
    let running = start("run", &["--clients", "clients/demo.plist", "--runtime", "14s", "--workers", "2"]);
    let workers = running.wait_for_workers(2);
    pause(Duration::from_secs(2));
    send("-STOP", workers[0]);
    let ran = running.finish();
    assert_eq!(ran.code, 4, "{}", ran.said());
    let lost = lost(&ran);
    assert!(lost.len() == 1 && lost[0].1.contains("no word for 10 s"), "{lost:?}\n{}", ran.said());
    assert!(workers.into_iter().all(ends));
}

#[test]
fn another_version_is_named_with_what_it_said() {
    let folder = tempfile::tempdir().unwrap();
    // A greeting as every version writes it: texts with their lengths, the protocol between them.
    let hello = "\\000\\000\\000\\027\\017populace worker\\000\\0050.0.9";
    let script = folder.path().join("older");
    let text = format!("echo I am old >&2; printf '{hello}'; cat > /dev/null");
    std::fs::write(&script, text).unwrap();
    let older = format!("exec sh {}", script.display());
    let banner = "echo 'welcome to this host'; sleep 60";
    let ours = format!("exec {} worker", program());
    let workers = commands(&[&older, &ours, banner, "echo no such host >&2; exit 255"]);
    let config = config(folder.path(), &workers);
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "3s"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    let lost = lost(&ran);
    let state = |id: &str| lost.iter().find(|(name, _)| name == id).map_or("", |(_, state)| state);
    assert!(state("1").contains("populace 0.0.9 with protocol 0"), "{lost:?}");
    assert!(state("1").contains("it last said: I am old"), "{lost:?}");
    assert!(state("3").contains("not what a populace worker says"), "{lost:?}");
    assert!(state("4").contains("exit code 255; it last said: no such host"), "{lost:?}");
    assert!(ran.stderr.contains("worker 1: I am old"), "{}", ran.said());
    let third = ran.workers().into_iter().find(|(id, ..)| id == "2").unwrap();
    assert!(third.1 > 0 && third.2 == "done", "{}", ran.said());
}

#[test]
fn without_any_worker_there_is_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), &commands(&["exit 3", "exit 4"]));
    let ran = run(&["--config", config.to_str().unwrap(), "--runtime", "3s"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(ran.stderr.contains("no worker is left") && ran.stderr.contains("exit code 3"), "{}", ran.said());
}
