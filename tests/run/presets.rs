//! The presets: each is rehearsed and run for a moment, and what its question is about happens.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Ran, populace, rehearse, root, run, texts};

/// Rehearses a preset; nothing fails in any of them.
fn rehearsed(name: &str, more: &[&str]) -> Ran {
    let ran = rehearse(&[&["--preset", name, "--seed", "1"], more].concat());
    assert_eq!(ran.code, 0, "{name}: {}", ran.said());
    assert_eq!(ran.failed_requests(), [], "{name}: {}", ran.said());
    ran
}

fn requests(ran: &Ran, label: &str) -> u64 {
    ran.results["requests"][label]["count"].as_u64().unwrap_or(0)
}

/// The usual config with one thing changed.
fn usual_config(folder: &Path, from: &str, to: &str) -> PathBuf {
    for file in ["thresholds.json", "benchmarks.json"] {
        std::fs::copy(root().join("config").join(file), folder.join(file)).unwrap();
    }
    let text = std::fs::read_to_string(root().join("config/config.plist")).unwrap();
    assert!(text.contains(from));
    let path = folder.join("config.plist");
    std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    path
}

/// When users of the plan arrive, seconds.
fn arrivals(name: &str, more: &[&str]) -> Vec<f64> {
    let args = [&["plan", "--preset", name, "--seed", "1", "--format", "ndjson"], more].concat();
    let (lines, _) = texts(&populace(&args).output().unwrap());
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let arrivals = lines.filter(|line| line["label"] == "arrival");
    arrivals.map(|line| line["due_s"].as_f64().unwrap()).collect()
}

#[test]
fn presets_are_listed_with_their_questions_and_printed() {
    let (list, _) = texts(&populace(&["presets", "--format", "json"]).output().unwrap());
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    assert!(list.len() >= 5 && list.iter().all(|one| one["question"].as_str().unwrap().ends_with('?')));
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.plist");
    let (text, _) = texts(&populace(&["presets", "monday"]).output().unwrap());
    std::fs::write(&own, text).unwrap();
    let checked = populace(&["check", "--preset", own.to_str().unwrap()]).output().unwrap();
    let (said, _) = texts(&checked);
    assert!(said.contains("with the preset") && said.contains("own.plist"), "{said}");
    let (_, said) = texts(&populace(&["check", "--preset", "mnday"]).output().unwrap());
    assert!(said.contains("there is no preset `mnday`") && said.contains("did you mean `monday`?"), "{said}");
}

#[test]
fn check_says_what_of_ones_own_config_a_preset_leaves_unused() {
    let args = ["check", "--config", "config/config.plist", "--preset", "invites"];
    let (out, said) = texts(&populace(&args).output().unwrap());
    assert!(out.contains("config/config.plist with the preset invites"), "{out}");
    assert!(said.contains("`arrival` is not used: the preset invites says who comes"), "{said}");
    let args = ["check", "--preset", "invites", "--clients", "clients/demo.plist"];
    let (out, said) = texts(&populace(&args).output().unwrap());
    assert!(
        out.contains("clients   clients/demo.plist") && said.contains("--clients says who"),
        "{out}{said}"
    );
}

/// A preset whose users all come within a second or two, and whose calendars are small.
fn hurried(folder: &Path, name: &str) -> PathBuf {
    let (text, _) = texts(&populace(&["presets", name]).output().unwrap());
    let hurry = |line: &str| {
        let (before, rest) = line.split_once("<string>")?;
        let (_, after) = rest.split_once("</string>")?;
        let comes = line.contains("<key>share</key>") || line.contains("<key>ramp</key>");
        comes.then(|| format!("{before}<string>300ms</string>{after}"))
    };
    let lines: Vec<String> = text.lines().map(|line| hurry(line).unwrap_or(line.to_owned())).collect();
    let path = folder.join(format!("{name}.plist"));
    std::fs::write(&path, lines.join("\n").replace("<integer>10000</integer>", "<integer>200</integer>"))
        .unwrap();
    path
}

/// In real time, over sockets; and what is planned does not depend on who brings it.
#[test]
fn every_preset_runs_and_its_plan_is_that_of_its_rehearsal_whoever_brings_it() {
    let (list, _) = texts(&populace(&["presets", "--format", "json"]).output().unwrap());
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let one = |name: &str| {
        let preset = hurried(folder.path(), name);
        let short = ["--preset", preset.to_str().unwrap(), "--users", "4", "--runtime", "4s", "--seed", "1"];
        let brought = |workers| run(&[&short[..], &["--workers", workers]].concat());
        let hashes = [rehearse(&short), brought("0"), brought("1"), brought("2")].map(|ran| {
            assert_eq!((ran.code, ran.failed_requests()), (0, vec![]), "{name}: {}", ran.said());
            assert_eq!(ran.results["users"], 4, "{name}: {}", ran.said());
            ran.results["plan_hash"].as_str().unwrap().to_owned()
        });
        assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{name}: {hashes:?}");
    };
    let names: Vec<&str> = list.iter().map(|one| one["name"].as_str().unwrap()).collect();
    std::thread::scope(|scope| {
        for half in names.chunks(names.len().div_ceil(2)) {
            let one = &one;
            scope.spawn(move || half.iter().for_each(|name| one(name)));
        }
    });
}

#[test]
fn an_office_day_fills_between_eight_and_ten() {
    let arrivals = arrivals("office-day", &["--to", "7h"]);
    assert_eq!(arrivals.len(), 200, "a computer and a telephone each");
    let hour = |from: f64| arrivals.iter().filter(|at| (from..from + 1.0).contains(&(**at / 3600.0))).count();
    assert_eq!([0.0, 1.0, 2.0, 3.0].map(hour), [20, 90, 50, 16]);
    let ran = rehearsed("office-day", &["--users", "5"]);
    assert_eq!(ran.results["measured_time_s"], 39_600.0);
    for label in ["create", "invite", "accept", "update"] {
        assert!(ran.operation(label, "count") > 0, "no {label}\n{}", ran.said());
    }
}

#[test]
fn on_monday_most_come_within_five_minutes() {
    let arrivals = arrivals("monday", &[]);
    let between = |from: f64, to: f64| arrivals.iter().filter(|at| (from..to).contains(*at)).count();
    assert_eq!((between(0.0, 900.0), between(900.0, 1200.0), arrivals.len()), (10, 60, 100));
    let ran = rehearsed("monday", &["--users", "20"]);
    assert_eq!(ran.operation("startup", "count"), 20, "{}", ran.said());
}

#[test]
fn one_hostile_client_sends_57_reports_a_minute() {
    let ran = rehearsed("hostile-client", &["--users", "10"]);
    assert_eq!(ran.results["populations"]["wild"]["clients"], 1, "{}", ran.results["populations"]);
    let a_minute = requests(&ran, "REPORT{calendar-query}") as f64 / 10.0;
    assert!((56.0..=58.0).contains(&a_minute), "{a_minute} a minute");
    let (wild, all) = (ran.operation("query", "count"), ran.operation("poll", "count"));
    assert!(wild > 2 * all, "nine others polled {all} times, it alone asked {wild} times");
}

#[test]
fn delegates_work_in_the_calendars_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events.ndjson");
    // As many accounts as users, so that everybody who is asked is there.
    let config = usual_config(folder.path(), "<integer>100</integer>", "<integer>12</integer>");
    let files = ["--config", config.to_str().unwrap(), "--events", events.to_str().unwrap()];
    let ran = rehearsed("delegation", &[&files[..], &["--runtime", "6m", "--users", "12"]].concat());
    assert!(requests(&ran, "POST{invite-accept}") > 10, "{}", ran.said());
    assert!(ran.operation("share", "count") > 12 && ran.operation("push", "count") > 30, "{}", ran.said());
    let text = std::fs::read_to_string(events).unwrap();
    let puts = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["type"] == "response" && event["http_method"] == "PUT");
    let folders: Vec<String> =
        puts.map(|put| put["url"].as_str().unwrap().rsplit('/').nth(1).unwrap().to_owned()).collect();
    let own = folders.iter().filter(|folder| *folder == "calendar").count();
    assert!(own > 10 && folders.len() - own > 10, "{own} of {} in one's own calendar", folders.len());
}

/// The preset with fewer events, as one's own file.
#[test]
fn big_calendars_are_full_before_anybody_comes() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.plist");
    let (text, _) = texts(&populace(&["presets", "big-calendars"]).output().unwrap());
    assert!(text.contains("<integer>10000</integer>"));
    std::fs::write(&own, text.replacen("10000", "500", 1)).unwrap();
    let ran = rehearsed(own.to_str().unwrap(), &["--runtime", "5m"]);
    let prepared = ran.results["prepared"].as_u64().unwrap();
    assert!((2_500..2_600).contains(&prepared), "{prepared} requests before the start");
    assert_eq!(ran.operation("startup", "count"), 5, "{}", ran.said());
    // All are downloaded: by those who take 50 at once, and by those who take 200.
    let downloads = requests(&ran, "REPORT{multiget-large}") + requests(&ran, "REPORT{multiget-huge}");
    assert!(downloads >= 3 * 10 + 2 * 3, "{downloads} downloads\n{}", ran.said());
    // Those who list see every event again after each change.
    assert!(requests(&ran, "PROPFIND{calendar}") > 4, "{}", ran.said());
    // The books balance: what was prepared is apart.
    let served = ran.results["monitors"]["embedded"]["requests"].as_u64();
    assert_eq!(Some(ran.sent()), served, "{}", ran.said());
}

#[test]
fn after_an_outage_everybody_comes_back_with_what_they_know() {
    let ran = rehearsed("reconnect", &["--users", "10"]);
    assert_eq!(ran.operation("startup", "count"), 10, "{}", ran.said());
    // Nothing is new, so that nothing is listed or downloaded, and no calendar is set up.
    for label in
        ["REPORT{sync-coll-init}", "REPORT{multiget-huge}", "REPORT{multiget-large}", "PROPPATCH{calendar}"]
    {
        assert_eq!(requests(&ran, label), 0, "{label}: {}", ran.said());
    }
    // Ten times a hundred events, and ten first starts, came before.
    let prepared = ran.results["prepared"].as_u64().unwrap();
    assert!(prepared > 1_000 + 10 * 10, "{prepared}");
    let served = ran.results["monitors"]["embedded"]["requests"].as_u64();
    assert_eq!(Some(ran.sent()), served, "{}", ran.said());
    let arrivals = arrivals("reconnect", &[]);
    assert!(arrivals.len() == 100 && arrivals.iter().all(|at| *at <= 10.0), "{arrivals:?}");
}

#[test]
fn after_a_token_reset_everybody_lists_everything() {
    let (warm, stale) =
        (rehearsed("reconnect", &["--users", "10"]), rehearsed("token-reset", &["--users", "10"]));
    assert_eq!(stale.operation("startup", "count"), 10, "{}", stale.said());
    // Eight of the ten go by tokens, which are refused, and two by ctags; each lists its calendar.
    let lists = requests(&stale, "REPORT{sync-coll-init}");
    assert!(lists >= 8, "{lists} lists\n{}", stale.said());
    assert!(requests(&stale, "PROPFIND{calendar}") >= 2, "{}", stale.said());
    assert!(stale.results["statuses"]["403"].as_u64().unwrap_or(0) >= lists, "{}", stale.said());
    assert_eq!(warm.results["statuses"]["403"], Value::Null, "{}", warm.said());
    // What is known by its ETag is not downloaded again.
    for label in ["REPORT{multiget-huge}", "REPORT{multiget-large}"] {
        assert_eq!(requests(&stale, label), 0, "{label}: {}", stale.said());
    }
}

/// Clients learn before the run in the process that brings them, whichever that is.
#[test]
fn the_clients_of_workers_know_as_much_from_yesterday() {
    let args = ["--preset", "reconnect", "--users", "6", "--runtime", "12s", "--seed", "1"];
    let ran = [
        rehearse(&args),
        run(&args),
        run(&[&args[..], &["--workers", "1"]].concat()),
        run(&[&args[..], &["--workers", "2"]].concat()),
    ];
    let facts = ran.each_ref().map(|ran| {
        assert_eq!((ran.code, ran.failed_requests()), (0, vec![]), "{}", ran.said());
        let of = |label| requests(ran, label);
        let prepared = ran.results["prepared"].as_u64().unwrap();
        let served = ran.results["monitors"]["embedded"]["requests"].as_u64();
        assert_eq!(Some(ran.sent()), served, "{}", ran.said());
        (ran.results["plan_hash"].clone(), prepared, of("PROPFIND{home}"), of("REPORT{sync-coll-init}"))
    });
    assert!(facts.iter().all(|one| *one == facts[0]) && facts[0].3 == 0, "{facts:?}");
}

#[test]
fn a_client_that_cannot_learn_is_told_of_and_there_is_no_run() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens there.
    let there = "<string>http://127.0.0.1:9</string>";
    let config = usual_config(folder.path(), "<string>embedded</string>", there);
    for workers in ["0", "2"] {
        let args = ["--config", config.to_str().unwrap(), "--preset", "monday", "--users", "4"];
        let ran = run(&[&args[..], &["--runtime", "20m", "--workers", workers]].concat());
        assert_eq!(ran.code, 3, "{}", ran.said());
        assert!(ran.stderr.contains("preparing user"), "{}", ran.said());
    }
}

#[test]
fn invitations_are_answered_all_the_time() {
    let folder = tempfile::tempdir().unwrap();
    // As many accounts as users, so that everybody who is asked is there.
    let config = usual_config(folder.path(), "<integer>100</integer>", "<integer>6</integer>");
    let args = ["--config", config.to_str().unwrap(), "--users", "6", "--runtime", "5m"];
    let ran = rehearsed("invites", &args);
    let count = |label: &str| ran.operation(label, "count");
    assert!(count("invite") >= 6, "{}", ran.said());
    assert!(count("accept") > count("invite") && count("reply done") > 0, "{}", ran.said());
}
