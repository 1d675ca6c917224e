//! Plug-ins that work, and all the ways in which they do not.

use crate::event::Event;
use crate::observer::test::{load, run};
use crate::report::Outcome;
use crate::stats::test::{end, response, start};

fn outcome(command: &str, more: &str, events: &[Event]) -> Outcome {
    run("Process", &format!("<key>command</key><string><![CDATA[{command}]]></string>{more}"), events).1
}

#[test]
fn it_gets_the_events_it_asked_for_and_the_results() {
    let events = [response(0, "GET{event}", 1.0, true), start(0, "poll", 0.0), end(0, "poll", 1.0, None)];
    let filter = "<key>events</key><array><string>operation</string></array>";
    let counting = r#"a=$(cat); n=$(echo "$a" | wc -l); o=$(echo "$a" | grep -c '"type":"operation"')
        r=$(echo "$a" | grep -c '"requests":{"GET{event}":{"count":1'); echo "{\"failures\": [\"$o $r $n\"]}""#;
    let outcome = outcome(counting, filter, &events);
    assert_eq!(outcome.failures, ["2 1 3".into()]);
    assert_eq!(outcome.text, "");
}

#[test]
fn its_report_is_part_of_the_report() {
    let outcome = outcome(r#"cat >/dev/null; printf '%s\n' '{"report": "two\nlines"}'"#, "", &[]);
    assert_eq!((outcome.text.as_str(), &outcome.failures[..]), ("two\nlines\n", &[][..]));
    assert_eq!(outcome.plugin.as_deref(), Some("cat ..."));
}

#[test]
fn its_arguments_and_what_is_set_for_it_are_shown_to_nobody() {
    let array = "<key>command</key><array><string>false</string><string>s3cret</string></array>";
    let by_name = run("Process", array, &[]).1;
    let by_shell = outcome("TOKEN='my s3cret' false --password s3cret", "", &[]);
    for outcome in [by_name, by_shell] {
        assert_eq!(outcome.plugin.as_deref(), Some("false ..."));
        assert_eq!(outcome.text, "\n* Process `false ...`: it failed (exit status: 1)\n");
    }
}

#[test]
fn one_that_dies_is_one_line() {
    let events: Vec<Event> = (0..100).map(|_| response(0, "GET{event}", 1.0, true)).collect();
    let outcome = outcome("echo no such table >&2; exit 3", "", &events);
    assert!(outcome.failures.is_empty());
    let expected = "it failed (exit status: 3); its last words: no such table\n";
    assert!(outcome.text.ends_with(expected), "{}", outcome.text);
}

#[test]
fn one_that_hangs_is_ended_with_all_that_it_started() {
    let short = "<key>timeout</key><real>0.2</real>";
    let silent = outcome("cat >/dev/null; sleep 600", short, &[]);
    assert!(silent.text.contains("it did not answer in time"), "{}", silent.text);
    let events: Vec<Event> = (0..20_000).map(|_| response(0, "GET{event}", 1.0, true)).collect();
    let deaf = outcome("sleep 600 | sleep 600", short, &events);
    assert!(deaf.text.contains("it did not read its events in time"), "{}", deaf.text);
    assert!(deaf.text.contains(" events were dropped"), "{}", deaf.text);
}

#[test]
fn nonsense_is_a_line_too() {
    let outcome = outcome("cat >/dev/null; echo '{broken'", "", &[]);
    assert!(outcome.text.contains("its answer makes no sense"), "{}", outcome.text);
}

#[test]
fn faults_of_the_parameters_are_found_before_the_run() {
    let fault = |params: &str| load("Process", params).err().unwrap().join("; ");
    assert!(fault("").contains("`command` is missing"));
    assert!(fault("<key>command</key><string> </string>").contains("the command is empty"));
    let unknown =
        "<key>command</key><string>cat</string><key>events</key><array><string>respons</string></array>";
    assert!(fault(unknown).contains("no event is called `respons`"));
    let array = "<key>command</key><array><string>/no/such/program</string></array>";
    let mut watch = load("Process", array).unwrap();
    let output = crate::observer::Output::direct(std::io::sink());
    let error = watch
        .begin(&crate::observer::Stage { output, lossless: true, monitors: Default::default() })
        .unwrap_err();
    assert!(error.starts_with("Process: cannot start /no/such/program: "), "{error}");
}

/// The plug-ins that come with the program do what their README says.
#[test]
fn the_plug_ins_in_the_folder_work() {
    let python = std::process::Command::new("python3").arg("--version").output();
    if !python.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no python3 here");
        return;
    }
    let plug_ins = concat!(env!("CARGO_MANIFEST_DIR"), "/observers");
    let folder = tempfile::tempdir().unwrap();
    let events: Vec<Event> = (0..12).map(|n| response(n, "GET{event}", f64::from(n), true)).collect();
    let slowest = outcome(&format!("python3 '{plug_ins}/slowest.py'"), "", &events);
    let lines: Vec<&str> = slowest.text.lines().collect();
    assert_eq!(lines.len(), 12, "{}", slowest.text);
    assert!(lines[2].starts_with("  11.0000 s at    21.000 s user12 GET{event} http://"), "{}", lines[2]);
    let file = folder.path().join("all.csv");
    let csv = outcome(&format!("python3 '{plug_ins}/to_csv.py' '{}'", file.display()), "", &events);
    assert!(csv.text.starts_with("\n* 12 responses in "), "{}", csv.text);
    assert_eq!(std::fs::read_to_string(file).unwrap().lines().count(), 13);
}

/// In a rehearsal the clock stands still or runs ahead; the program still has its real time.
#[tokio::test(start_paused = true)]
async fn a_rehearsals_clock_does_not_hurry_it() {
    let slow = "<key>command</key><string>sleep 0.3; cat | wc -l</string>";
    let mut watch = load("Process", slow).unwrap();
    let output = crate::observer::Output::direct(std::io::sink());
    watch.begin(&crate::observer::Stage { output, lossless: true, monitors: Default::default() }).unwrap();
    let events: Vec<Event> = (0..20_000).map(|_| response(0, "GET{event}", 1.0, true)).collect();
    events.iter().for_each(|event| watch.observe(event));
    let stats = crate::stats::Statistics::default();
    let outcomes = watch.finish(&crate::report::summary_of(&stats)).await;
    assert_eq!(outcomes[0].text.trim(), "20001");
}
