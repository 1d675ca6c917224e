//! The files that are made of a run, at its end or later, and standard output.

use std::fs::File;
use std::process::Stdio;

use crate::command::{populace, rehearse, run, texts};

const CONFIG: &str = r#"<plist version="1.0"><dict>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>40</integer></dict></dict>
<key>thresholds</key><array>
  <string>operation create response p95 &lt; 2s</string>
  <string>request PUT{event} count &lt; 1</string>
</array></dict></plist>"#;

#[test]
fn a_results_file_gives_what_the_run_gave() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(file("config.plist"), CONFIG).unwrap();
    let wanted = |place: &str| -> Vec<String> {
        let option = |form: &str| [format!("--{form}"), file(&format!("{place}.{form}"))];
        ["csv", "junit", "markdown", "html"].into_iter().flat_map(option).collect()
    };
    let (config, at_once, later, json) =
        (file("config.plist"), wanted("run"), wanted("later"), file("r.json"));
    let mut args =
        vec!["--config", &config, "--clients", "clients/demo.plist", "--seed", "1", "--runtime", "30s"];
    args.extend(at_once.iter().map(String::as_str));
    let ran = rehearse(&args);
    assert_eq!(ran.code, 1, "{}", ran.said());
    std::fs::write(&json, ran.results.to_string()).unwrap();
    let mut args = vec!["report", &json];
    args.extend(later.iter().map(String::as_str));
    let made = populace(&args).output().unwrap();
    assert!(made.status.success(), "{:?}", texts(&made));
    let [csv, junit, markdown, html] = ["csv", "junit", "markdown", "html"].map(|form| {
        let [first, second] =
            ["run", "later"].map(|place| std::fs::read_to_string(file(&format!("{place}.{form}"))).unwrap());
        if form == "csv" {
            // The run knows the percentiles better.
            assert_eq!(without_percentiles(&first), without_percentiles(&second));
        } else {
            assert_eq!(first, second, "{form}");
        }
        first
    });
    // 30 seconds and what was answered after them.
    assert!((31..=36).contains(&csv.lines().count()), "{csv}");
    assert_eq!(Some(sum(&csv, 4)), ran.results["answered"].as_u64());
    assert!(
        junit.contains("tests=\"3\" failures=\"1\"") && junit.contains("count &lt; 1\"><failure"),
        "{junit}"
    );
    assert!(markdown.starts_with("## populace: FAIL\n") && markdown.contains("| `create` |"), "{markdown}");
    assert!(html.starts_with("<!"), "{html}");
}

fn without_percentiles(csv: &str) -> Vec<String> {
    let cut = |line: &str| {
        let columns: Vec<_> = line.split(',').collect();
        [&columns[..6], &columns[9..]].concat().join(",")
    };
    csv.lines().map(cut).collect()
}

fn sum(csv: &str, column: usize) -> u64 {
    csv.lines().skip(1).map(|line| line.split(',').nth(column).unwrap().parse::<u64>().unwrap()).sum()
}

#[test]
fn every_second_of_hours_is_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.csv");
    let hours = ["--users", "1", "--runtime", "2h", "--seed", "1"];
    let ran = rehearse(&[&hours[..], &["--csv", file.to_str().unwrap()]].concat());
    assert!(ran.results["timeline_interval_s"].as_f64() > Some(1.0), "{}", ran.said());
    let csv = std::fs::read_to_string(file).unwrap();
    let seconds: Vec<_> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert!((7_200..=7_205).contains(&seconds.len()), "{}", seconds.len());
    assert!(seconds.iter().enumerate().all(|(second, at)| *at == second.to_string()));
    assert_eq!(Some(sum(&csv, 4)), ran.results["answered"].as_u64());
    let rows = ran.results["timeline"].as_array().unwrap();
    assert_eq!(sum(&csv, 5), rows.iter().map(|row| row["failed"].as_u64().unwrap()).sum::<u64>());
    let last = csv.lines().last().unwrap().split(',').skip(2).take(2).collect::<Vec<_>>().join(" ");
    assert_eq!(last, format!("{} {}", ran.results["users"], ran.results["clients"]));
}

#[test]
fn workers_tell_every_second_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("run.csv");
    let short = ["--clients", "clients/demo.plist", "--users", "6", "--runtime", "5s", "--workers", "2"];
    let ran = run(&[&short[..], &["--csv", file.to_str().unwrap()]].concat());
    let csv = std::fs::read_to_string(file).unwrap();
    assert!((6..=11).contains(&csv.lines().count()), "{csv}\n{}", ran.said());
    assert_eq!(Some(sum(&csv, 4)), ran.results["answered"].as_u64(), "{csv}\n{}", ran.said());
}

#[test]
fn a_file_that_is_not_whole_fails_the_command_and_not_the_report() {
    for option in ["--events", "--hdr", "--csv"] {
        let ran = rehearse(&["--clients", "clients/demo.plist", "--runtime", "5s", option, "/dev/full"]);
        assert_eq!(ran.code, 2, "{}", ran.said());
        let why = "error: /dev/full could not be written to its end: No space left on device";
        assert!(ran.stderr.contains(why) && ran.stdout.contains("\n*** PASS\n"), "{}", ran.said());
        assert_eq!(ran.results["verdict"], "pass");
    }
}

#[test]
fn nothing_is_lost_by_a_careless_choice_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one").to_str().unwrap().to_owned();
    let short = ["--clients", "clients/demo.plist", "--runtime", "1s", "--csv", &one, "--junit", &one];
    let refused = rehearse(&short);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--csv and --junit name one file"), "{}", refused.said());
    let nothing = populace(&["report", "whatever.json"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
}

#[test]
fn a_full_disk_under_standard_output_fails_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("r.json").to_str().unwrap().to_owned();
    let demo = ["--clients", "clients/demo.plist", "--runtime", "1s", "--seed", "1"];
    let rehearsal = [&["rehearse", "--json", &json][..], &demo].concat();
    let tsunami = folder.path().join("tsunami.xml").to_str().unwrap().to_owned();
    std::fs::write(&tsunami, TSUNAMI).unwrap();
    let commands: [&[&str]; 14] = [
        &rehearsal,
        &["compare", &json, &json],
        &[&["check"][..], &demo].concat(),
        &[&["plan"][..], &demo].concat(),
        &["accounts", "csv", "--config", "config/config.plist"],
        &["import", "tsunami", &tsunami],
        &["presets"],
        &["schema", "config"],
        &["labels"],
        &["models"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
    ];
    for command in commands {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = populace(command).stdout(full).output().unwrap();
        let (_, said) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
        let why = "error: standard output cannot be written: No space left on device";
        assert!(said.contains(why), "{command:?}: {said}");
    }
}

#[test]
fn nobody_need_read_to_the_end() {
    for command in [&["schema", "config"][..], &["man"], &["--help"]] {
        let mut child = populace(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), texts(&output).1.as_str()), (Some(0), ""), "{command:?}");
    }
}

const TSUNAMI: &str = r#"<?xml version="1.0"?><tsung><clients><client host="localhost" maxusers="10"/></clients>
<servers><server host="localhost" port="80" type="tcp"/></servers>
<load><arrivalphase phase="1" duration="1" unit="minute"><users interarrival="2" unit="second"/></arrivalphase></load>
<sessions><session name="a" probability="100" type="ts_http"><request><http url="/" method="GET" version="1.1"/></request>
</session></sessions></tsung>"#;
