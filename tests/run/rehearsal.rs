//! Rehearsals: the same run in virtual time, repeatable to the last event.

use serde_json::Value;

use crate::command::{Ran, populace, rehearse, run, texts};

const DEMO: [&str; 4] = ["--clients", "clients/demo.plist", "--runtime", "40s"];

fn demo(seed: &str, more: &[&str]) -> Ran {
    rehearse(&[&DEMO[..], &["--seed", seed], more].concat())
}

/// The results without what may differ between two equal rehearsals.
fn without_host(ran: &Ran) -> Value {
    let mut results = ran.results.clone();
    results.as_object_mut().unwrap().remove("host");
    results
}

#[test]
fn equal_seeds_give_equal_rehearsals_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("events.ndjson");
    let [first, third] = ["1", "2"].map(|seed| demo(seed, &[]));
    // Whoever watches changes nothing.
    let second = demo("1", &["--events", log.to_str().unwrap()]);
    assert_eq!(first.code, 0, "{}", first.said());
    assert_eq!(first.results["trace_hash"].as_str().unwrap().len(), 64);
    assert_eq!(without_host(&first), without_host(&second));
    for hash in ["plan_hash", "trace_hash"] {
        assert_ne!(first.results[hash], third.results[hash], "{hash}");
    }
    assert_eq!(first.failed_requests(), [], "{}", first.said());
    for label in ["startup", "poll", "push", "create", "invite", "accept", "reply done"] {
        assert!(first.operation(label, "count") > 0, "no {label}\n{}", first.said());
    }
    let events = std::fs::read_to_string(&log).unwrap();
    let events = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let responses = events.filter(|event| event["type"] == "response").count() as u64;
    assert_eq!(Some(responses), second.results["answered"].as_u64());
    // Its books balance, and it ran at the time that `startAt` has by default.
    let served = first.results["monitors"]["embedded"]["requests"].as_u64();
    assert_eq!(Some(first.sent()), served, "{}", first.said());
    assert_eq!(first.results["run_time_s"], 40.0);
    assert_eq!(first.results["run"]["rehearsed"], true);
}

#[test]
fn the_plan_is_that_of_the_run_and_can_be_printed() {
    let short = ["--clients", "clients/demo.plist", "--runtime", "5s", "--seed", "7"];
    let (ran, rehearsed) = (run(&short), rehearse(&short));
    assert_eq!(ran.results["plan_hash"], rehearsed.results["plan_hash"], "{}", ran.said());
    assert!(ran.results["trace_hash"].is_null());
    let printed = populace(&[&["plan"], &short[..]].concat()).output().unwrap();
    let (table, said) = texts(&printed);
    let hash = rehearsed.results["plan_hash"].as_str().unwrap();
    assert!(said.contains(&format!("plan_hash {hash} ")), "{said}");
    let lines = populace(&[&["plan", "--format", "ndjson"], &short[..]].concat()).output().unwrap();
    let lines: Vec<Value> = texts(&lines).0.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The table has a line more: its head.
    assert_eq!(lines.len() + 1, table.lines().count());
    let arrivals = lines.iter().filter(|line| line["label"] == "arrival").count();
    assert_eq!(arrivals as u64, rehearsed.results["clients"].as_u64().unwrap());
    let due: Vec<f64> = lines.iter().map(|line| line["due_s"].as_f64().unwrap()).collect();
    assert!(due.is_sorted() && due.last().is_some_and(|last| *last < 5.0));
    let part = ["--format", "ndjson", "--from", "2s", "--to", "3s"];
    let part = populace(&[&["plan"], &short[..], &part].concat()).output().unwrap();
    let within = due.iter().filter(|due| (2.0..3.0).contains(*due)).count();
    assert!(within > 0 && texts(&part).0.lines().count() == within);
}

#[test]
fn a_seed_that_nobody_asked_for_is_told_with_how_to_keep_it() {
    let demo = ["--clients", "clients/demo.plist", "--runtime", "5s"];
    let said = |command: &str, more: &[&str]| {
        let (out, err) = texts(&populace(&[&[command], &demo[..], more].concat()).output().unwrap());
        let all = out + &err;
        let line = all.lines().find(|line| line.starts_with("seed ")).unwrap_or_else(|| panic!("{all}"));
        line.trim_start_matches("seed").trim().to_owned()
    };
    for command in ["check", "plan"] {
        let drawn = said(command, &[]);
        let (seed, how) = drawn.split_once(',').unwrap();
        assert_eq!(how, format!(" which is drawn anew each time: --seed {seed} keeps it"), "{command}");
        assert_eq!(said(command, &["--seed", seed]), seed, "{command}");
    }
}

#[test]
fn the_users_of_several_servers_have_the_same_accounts_in_a_rehearsal() {
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let accounts: String = (1..=8)
        .map(|n| {
            format!(
                "user{n:02},x,User {n},u{n}@example.com,g{n},{}\n",
                if n % 2 == 0 { "PodB" } else { "PodA" }
            )
        })
        .collect();
    std::fs::write(folder.path().join("accounts.csv"), accounts).unwrap();
    let pod = |name: &str, enabled: bool| {
        format!(
            "<key>{name}</key><dict><key>enabled</key><{enabled}/><key>uri</key>
             <string>http://127.0.0.1:{port}</string></dict>"
        )
    };
    let text = format!(
        "<plist version=\"1.0\"><dict><key>servers</key><dict>{}{}</dict>
         <key>accounts</key><dict><key>loader</key><string>recordsFromCSVFile</string><key>params</key>
           <dict><key>path</key><string>accounts.csv</string></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key>
           <dict><key>count</key><integer>4</integer></dict></dict></dict></plist>",
        pod("PodA", true),
        pod("PodB", false)
    );
    let config = folder.path().join("config.plist");
    std::fs::write(&config, text).unwrap();
    let arguments = ["--config", config.to_str().unwrap(), "--runtime", "2s", "--seed", "3"];
    // Nobody listens there, which the plan does not depend on.
    let (ran, rehearsed) = (run(&arguments), rehearse(&arguments));
    assert_eq!((ran.code, rehearsed.code), (3, 0), "{}\n{}", ran.said(), rehearsed.said());
    assert_eq!(ran.results["users"], 4, "{}", ran.said());
    assert_eq!(ran.results["plan_hash"], rehearsed.results["plan_hash"], "{}", rehearsed.said());
}

#[test]
fn the_config_of_another_server_is_rehearsed_without_what_that_one_needs() {
    let ran =
        rehearse(&["--config", "config/cyrus.plist", "--runtime", "20s", "--users", "5", "--seed", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stderr.contains("not every step of `prepare` is done"), "{}", ran.said());
    assert_eq!(ran.results["prepared"], 0, "{}", ran.said());
}

#[test]
fn a_rehearsal_needs_an_end() {
    let ran = rehearse(&["--clients", "clients/demo.plist"]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("must have an end") && ran.stderr.contains("--runtime"), "{}", ran.said());
}
