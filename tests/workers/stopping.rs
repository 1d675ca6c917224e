//! Somebody ends a run with workers: it is over within 5 s whoever hangs, and nothing is left behind.

use std::path::Path;
use std::time::Duration;

use populace::report::Stopwatch;

use crate::processes::LIMIT;
use crate::program::{Running, commands, config_at, ends, lives, pause, program, send, start};
use crate::silent::Silent;

/// A run with these workers whose server answers nothing.
fn running(folder: &Path, server: &Silent, workers: &[&str]) -> Running {
    let config = config_at(folder, &server.url(), &commands(workers));
    start(
        "run",
        &["--config", config.to_str().unwrap(), "--clients", "clients/demo.plist", "--runtime", "10m"],
    )
}

fn ours() -> String {
    format!("exec {} worker", program())
}

/// Waits for the number of a process in a file.
fn pid_in(path: &Path) -> u32 {
    for _ in 0..600 {
        if let Some(pid) = std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()) {
            return pid;
        }
        pause(Duration::from_millis(50));
    }
    panic!("nobody wrote {}", path.display());
}

#[test]
fn requests_without_an_answer_and_a_worker_that_hangs_hold_nothing_up() {
    for hangs in [false, true] {
        let (server, folder) = (Silent::start(), tempfile::tempdir().unwrap());
        let running = running(folder.path(), &server, &[&ours(), &ours()]);
        let workers = running.wait_for_workers(2);
        server.wait_for(12);
        if hangs {
            send("-STOP", workers[0]);
        }
        let watch = Stopwatch::start();
        running.signal("-INT");
        let ran = running.finish();
        let took = watch.elapsed();
        println!("hangs {hangs}: over after {took:?}");
        assert_eq!(ran.code, 130, "{}", ran.said());
        assert!(took < LIMIT, "{took:?} {}", ran.said());
        let lost: Vec<_> = ran.workers().into_iter().filter(|(_, _, state)| state != "done").collect();
        assert_eq!(lost.len(), usize::from(hangs), "{}", ran.said());
        for (name, _, state) in lost {
            assert!(ran.stdout.contains(&format!("Worker {name} was lost: {state}")), "{}", ran.said());
        }
        assert!(ran.number("unanswered") > 0 && ran.stdout.contains("** REPORT **"), "{}", ran.said());
        assert!(workers.into_iter().all(ends));
    }
}

#[test]
fn at_its_time_it_is_over_as_soon() {
    let (server, folder) = (Silent::start(), tempfile::tempdir().unwrap());
    let config = config_at(folder.path(), &server.url(), &commands(&[&ours(), &ours()]));
    let arguments =
        ["--config", config.to_str().unwrap(), "--clients", "clients/demo.plist", "--runtime", "3s"];
    let running = start("run", &arguments);
    let workers = running.wait_for_workers(2);
    server.wait_for(12);
    send("-STOP", workers[0]);
    let ran = running.finish();
    let lost: Vec<_> = ran.workers().into_iter().filter(|(_, _, state)| state != "done").collect();
    assert!(lost.len() == 1 && lost[0].2.contains("no word for"), "{}", ran.said());
    let took = Duration::from_secs_f64(ran.results["run_time_s"].as_f64().unwrap());
    println!("of its own: over {took:?} after its start");
    assert!(took < Duration::from_secs(3) + LIMIT, "{}", ran.said());
    assert!(workers.into_iter().all(ends));
}

#[test]
fn before_the_workers_are_ready_there_is_a_report_too() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let (server, folder) = (Silent::start(), tempfile::tempdir().unwrap());
        let pid = folder.path().join("pid");
        // It never says that it is a worker, and has started something.
        let never = format!("sleep 1000 & echo $! > {}; cat > /dev/null; wait", pid.display());
        let running = running(folder.path(), &server, &[&never, &ours()]);
        let left = pid_in(&pid);
        let workers = running.wait_for_workers(1);
        let watch = Stopwatch::start();
        running.signal(signal);
        let ran = running.finish();
        let took = watch.elapsed();
        println!("before the workers are ready: over after {took:?}");
        assert_eq!(ran.code, code, "{}", ran.said());
        assert!(took < LIMIT, "{took:?} {}", ran.said());
        assert!(ran.stdout.contains("** REPORT **"), "{}", ran.said());
        assert!(ran.stdout.contains("interrupted before the start: no user had arrived"), "{}", ran.said());
        assert_eq!((ran.number("users"), ran.sent()), (0, 0), "{}", ran.said());
        assert_eq!(ran.results["interrupted"], true);
        assert!(ends(left) && workers.into_iter().all(ends), "it left processes behind");
    }
}

#[test]
fn the_second_time_it_ends_at_once_and_leaves_nothing_behind() {
    let (server, folder) = (Silent::start(), tempfile::tempdir().unwrap());
    let pid = folder.path().join("pid");
    let with_more = format!("sleep 1000 & echo $! > {}; {} worker", pid.display(), program());
    let running = running(folder.path(), &server, &[&with_more, &ours(), &ours()]);
    let left = pid_in(&pid);
    let workers = running.wait_for_workers(2);
    server.wait_for(12);
    // One that hangs would not notice that its manager is gone.
    send("-STOP", workers[0]);
    running.signal("-INT");
    running.wait_for_word("ending: ");
    let watch = Stopwatch::start();
    running.signal("-INT");
    let ran = running.finish();
    println!("the second time: over after {:?}", watch.elapsed());
    assert_eq!((ran.code, ran.stdout.as_str()), (130, ""), "{}", ran.said());
    assert!(ran.stderr.contains("stopped at once"), "{}", ran.said());
    assert!(ends(left) && workers.iter().all(|worker| ends(*worker)), "it left processes behind");
}

#[test]
fn a_worker_whose_launcher_lingers_does_not_hold_up_the_end() {
    let (server, folder) = (Silent::start(), tempfile::tempdir().unwrap());
    let pid = folder.path().join("pid");
    // The launcher takes no notice of the end of its worker, nor of being asked to end.
    let lingers = format!("trap '' TERM; echo $$ > {}; {} worker; sleep 1000", pid.display(), program());
    let running = running(folder.path(), &server, &[&lingers, &ours()]);
    let left = pid_in(&pid);
    server.wait_for(12);
    let watch = Stopwatch::start();
    running.signal("-TERM");
    let ran = running.finish();
    let took = watch.elapsed();
    println!("a launcher that lingers: over after {took:?}");
    assert_eq!(ran.code, 143, "{}", ran.said());
    assert!(took < LIMIT, "{took:?} {}", ran.said());
    assert!(ran.workers().iter().all(|(_, _, state)| state == "done"), "{}", ran.said());
    assert!(!lives(left) || ends(left));
}
