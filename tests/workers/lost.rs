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
    // That its process was ended then is nothing that it did.
    assert!(lost.len() == 1 && lost[0].1 == "no word for 10 s", "{lost:?}\n{}", ran.said());
    assert!(workers.into_iter().all(ends));
}

/// Waits for what somebody writes into a file.
fn written(path: &std::path::Path) -> String {
    for _ in 0..1200 {
        match std::fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => pause(Duration::from_millis(50)),
        }
    }
    panic!("nobody wrote {}", path.display());
}

#[test]
fn one_whose_launcher_loses_its_stdin_is_lost_although_it_goes_on_talking() {
    let folder = tempfile::tempdir().unwrap();
    let (pid, seen) = (folder.path().join("pid"), folder.path().join("seen"));
    let deaf =
        format!("exec 3<&0; {{ cat <&3 & echo $! > {}; wait; }} | {} worker", pid.display(), program());
    let ours = format!("exec {} worker", program());
    let observers = format!(
        "<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict>
        <dict><key>type</key><string>Process</string><key>params</key><dict>
          <key>command</key><string>head -n 1 &gt; {}; cat &gt; /dev/null</string></dict></dict></array>",
        seen.display()
    );
    let config = config(folder.path(), &(commands(&[&deaf, &ours]) + &observers));
    let running = start("run", &["--config", config.to_str().unwrap(), "--runtime", "20s"]);
    // When something has happened all have begun, or will in a moment.
    written(&seen);
    pause(Duration::from_secs(3));
    send("-KILL", written(&pid).trim().parse().unwrap());
    let ran = running.finish();
    assert_eq!(ran.code, 4, "{}", ran.said());
    let lost = lost(&ran);
    assert!(lost.len() == 1 && lost[0].0 == "1", "{lost:?}");
    assert!(lost[0].1.contains("its input ended before the run did"), "{lost:?}");
    assert!(ran.results["plan_hash"].is_null(), "{}", ran.said());
    // What it had counted is there all the same.
    assert_eq!(ran.sent(), ran.served(), "{}", ran.said());
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
