//! What the ancestor's tests pin (spec 13, 10 to 19), and the text of the report.

use std::rc::Rc;
use std::time::Duration;

use crate::event::{ErrorKind, Event, Figure, Figures, Missed, Said, ServerFigures, Unit, What};
use crate::label::Label;
use crate::observer::test::{judged, load, report, run_with};
use crate::stats::test::{end, measured, response, start, who};

const TYPE: &str = "contrib.performance.loadtest.population.ReportStatistics";

fn times(count: usize, label: &str, seconds: f64) -> impl Iterator<Item = Event> {
    std::iter::repeat_n(response(0, label, seconds, true), count)
}

#[test]
fn eleven_one_success_is_no_failure() {
    assert!(judged(TYPE, "", &[response(0, "GET", 2.5, true)]).is_empty());
}

#[test]
fn twelve_one_failure_in_ninety_nine_is_too_many() {
    let mut events: Vec<Event> = times(98, "GET", 2.5).collect();
    events.push(response(0, "GET", 2.5, false));
    assert_eq!(judged(TYPE, "", &events), ["Greater than 1% GET failed"]);
}

#[test]
fn thirteen_and_fourteen_slow_requests_are_failures() {
    let events: Vec<Event> = times(94, "GET", 2.5).chain(times(5, "GET", 3.5)).collect();
    assert_eq!(judged(TYPE, "", &events), ["Greater than 5% GET exceeded 3 second response time"]);
    let events: Vec<Event> = times(98, "GET", 2.5).chain(times(1, "GET", 5.5)).collect();
    assert_eq!(judged(TYPE, "", &events), ["Greater than 1% GET exceeded 5 second response time"]);
}

#[test]
fn fifteen_labels_are_judged_one_by_one() {
    let mut events: Vec<Event> = times(99, "GET", 2.5).chain(times(99, "POST", 2.5)).collect();
    events.extend(["GET", "POST"].map(|label| response(0, label, 2.5, false)));
    assert!(judged(TYPE, "", &events).is_empty());
}

#[test]
fn sixteen_to_nineteen_thresholds_are_by_label() {
    let rows = [
        ("PUT{organizer-small}", "100 50 25 5 1 0.5 0"),
        ("PUT{organizer-medium}", "100 100 50 25 5 1 0.5"),
        ("PUT{organizer-large}", "100 100 100 50 25 5 1"),
        ("PUT{organizer-huge}", "100 100 100 100 100 50 25"),
        ("default", "100 100 100 5 1 0.5 0"),
    ];
    let reals =
        |text: &str| -> String { text.split(' ').map(|number| format!("<real>{number}</real>")).collect() };
    let rows: String =
        rows.iter().map(|(label, row)| format!("<key>{label}</key><array>{}</array>", reals(row))).collect();
    let params = format!(
        "<key>thresholds</key><dict><key>requests</key><dict><key>limits</key><array>{}</array>\
         <key>thresholds</key><dict>{rows}</dict></dict></dict>",
        reals("0.1 0.5 1 3 5 10 30")
    );
    let cases: [(&str, [f64; 4], [f64; 4], &str); 4] = [
        ("small", [0.2; 4], [0.2, 0.6, 0.6, 0.6], "Greater than 50% PUT{organizer-small} exceeded 0.5"),
        (
            "medium",
            [0.2, 0.6, 0.6, 0.6],
            [0.2, 1.6, 1.6, 1.6],
            "Greater than 50% PUT{organizer-medium} exceeded 1",
        ),
        (
            "large",
            [0.2, 1.6, 1.6, 1.6],
            [0.2, 3.6, 3.6, 3.6],
            "Greater than 50% PUT{organizer-large} exceeded 3",
        ),
        (
            "huge",
            [12.0, 8.0, 11.0, 9.0],
            [12.0, 9.0, 12.0, 42.42],
            "Greater than 50% PUT{organizer-huge} exceeded 10",
        ),
    ];
    for (size, good, bad, failure) in cases {
        let label = format!("PUT{{organizer-{size}}}");
        let events = |all: [f64; 4]| all.map(|seconds| response(0, &label, seconds, true));
        assert!(judged(TYPE, &params, &events(good)).is_empty(), "{size}");
        assert_eq!(judged(TYPE, &params, &events(bad)), [format!("{failure} second response time")]);
    }
}

#[test]
fn failed_clients_and_the_simulation_count() {
    let reason: Rc<str> = "boom".into();
    let events = [
        response(0, "GET", 0.1, true),
        measured(Duration::ZERO, What::ClientFailure { who: who(0), reason: reason.clone() }),
        measured(Duration::ZERO, What::SimFailure { label: Label::new("invite"), reason: reason.clone() }),
        measured(Duration::ZERO, What::SimFailure { label: Label::new("invite"), reason }),
    ];
    assert_eq!(judged(TYPE, "", &events), ["Client failures: 1", "Overall failures: 1"]);
}

/// The ancestor lost its whole report when every request of one label with a benchmark had failed.
#[test]
fn a_label_without_a_success_has_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("benchmarks.json");
    std::fs::write(&file, r#"{"GET": {"mean": 0.1, "weight": 1}, "PUT": {"mean": 0.1, "weight": 1}}"#)
        .unwrap();
    let params = format!("<key>benchmarksPath</key><string>{}</string>", file.display());
    let text = report(TYPE, &params, &[response(0, "GET", 1.0, false), response(0, "PUT", 0.2, true)]);
    assert!(text.contains(" : 2.0000  \n"), "{text}");
    let row: Vec<&str> =
        text.lines().find(|line| line.starts_with("GET ")).unwrap().split_whitespace().collect();
    assert_eq!(row[row.len() - 5..], ["-", "-", "-", "-", "FAIL"]);
}

#[test]
fn probes_are_not_judged() {
    let events = [response(0, "PROBE{PROPFIND}", 40.0, false), response(0, "CHALLENGE{basic}", 40.0, true)];
    assert!(judged(TYPE, "", &events).is_empty());
    assert!(!report(TYPE, "", &events).contains("FAIL"));
}

#[test]
fn files_that_are_not_there_are_faults_of_the_config() {
    let faults = |params: &str| load(TYPE, params).err().unwrap().join("; ");
    let fault = faults("<key>thresholdsPath</key><string>no/such.json</string>");
    assert!(fault.starts_with("config.plist:1:") && fault.contains("no file no/such.json"), "{fault}");
    let fault = faults("<key>benchmarkPath</key><string>x</string>");
    assert!(fault.contains("unknown key `benchmarkPath`"), "{fault}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("benchmarks.json");
    std::fs::write(&file, "{\"GET{event}\": {\"mean\": 0.1,\n}}").unwrap();
    let fault = faults(&format!("<key>benchmarksPath</key><string>{}</string>", file.display()));
    assert!(fault.contains("benchmarks.json:2:1: error: malformed JSON"), "{fault}");
    let fault = faults("<key>failCutoff</key><integer>101</integer>");
    assert!(fault.contains("101 is no percentage"), "{fault}");
}

/// The whole text, compared with a file; `UPDATE_GOLDEN=1` writes it anew.
#[test]
fn the_report_is_golden() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("benchmarks.json");
    let benchmarks =
        r#"{"GET{event}": {"mean": 0.1, "weight": 1}, "PUT{event}": {"mean": 0.25, "weight": 1}}"#;
    std::fs::write(&file, benchmarks).unwrap();
    let params = format!("<key>benchmarksPath</key><string>{}</string>", file.display());
    let text = report(TYPE, &params, &eventful());
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/report-statistics.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(golden).unwrap());
}

/// A run in which everything happens that the report has a place for.
fn eventful() -> Vec<Event> {
    let reason: Rc<str> = "boom".into();
    let profile: Rc<str> = "Attacher".into();
    let figures = ServerFigures {
        requests_per_s: 2.0,
        response_ms: 20.0,
        slots: 2.0,
        cpu_percent: 40.0,
        window_s: 300.0,
    };
    let at = Duration::from_secs(1);
    let mut late = response(1, "PUT{event}", 1.1, true);
    if let What::Response(late) = &mut late.what {
        late.due = Duration::from_millis(9_500);
    }
    let others = [
        What::Arrived { who: who(0), users: 1, clients: 1 },
        What::Arrived { who: who(1), users: 2, clients: 2 },
        What::ClientFailure { who: who(2), reason: reason.clone() },
        What::SimFailure { label: Label::new("invite"), reason: "Cannot add attendee".into() },
        What::SimFailure { label: Label::new("invite"), reason: "Cannot add attendee".into() },
        What::ServerFigures { pod: "PodA".into(), figures: Said::Load(figures) },
        What::ServerFigures { pod: "PodB".into(), figures: Said::Nothing("connection refused".into()) },
        What::SwitchedOff {
            who: who(0),
            profile: profile.clone(),
            reason: "the server has no attachments".into(),
        },
        What::Idle { who: who(0), profile, reason: "there is no event".into() },
        What::Missed(Missed { who: who(0), profile: None, label: Label::new("invite"), late: 3, skipped: 1 }),
        What::Notice { text: "2 calendars have no name".into() },
    ];
    let mut events: Vec<Event> = others.into_iter().map(|what| measured(at, what)).collect();
    events.extend([response(0, "GET{event}", 0.2, false), response(0, "GET{event}", 0.4, true)]);
    events.extend([0.09, 0.2, 0.6].map(|seconds| response(1, "PUT{event}", seconds, true)));
    events.extend([late, response(1, "REPORT{a-label-that-is-longer-than-thirty}", 0.05, true)]);
    events.extend([
        start(0, "invite", 0.0002),
        end(0, "invite", 1.5, None),
        end(1, "invite", 1.5, Some("no room")),
    ]);
    events
}

#[test]
fn what_monitors_read_is_told_as_means() {
    let said = |at, since, value| {
        let figures = vec![Figure { name: "network in".into(), unit: Unit::BytesPerSecond, value }];
        let read = Figures { since: Duration::from_secs(since), figures };
        measured(
            Duration::from_secs(at),
            What::ServerFigures { pod: "web1".into(), figures: Said::Figures(read) },
        )
    };
    let text = report(TYPE, "", &[said(10, 0, 1_000.0), said(20, 10, 4_000.0)]);
    let told =
        "* Monitor web1 (means of the measured phase)\nNetwork In : 2.50 kB/s (1.00 kB/s to 4.00 kB/s)\n";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_monitor_that_fails_is_called_one_and_no_server() {
    let silent = |pod: &str| {
        let figures = Said::Nothing("it is off".into());
        measured(Duration::ZERO, What::ServerFigures { pod: pod.into(), figures })
    };
    let events = [silent("cmd"), silent("PodA")];
    let text = run_with(["cmd".into()].into(), TYPE, "", &events).1.text;
    assert!(text.contains("* Monitor cmd: no figures: it is off (1 time)\n"), "{text}");
    assert!(text.contains("* Server PodA: no figures: it is off (1 time)\n"), "{text}");
}

#[test]
fn clients_that_met_only_silence_are_named() {
    let arrived = |n| measured(Duration::ZERO, What::Arrived { who: who(n), users: n + 1, clients: n + 1 });
    let mut silent = response(1, "GET", 1.0, false);
    if let What::Response(response) = &mut silent.what {
        (response.status, response.error) = (None, Some(ErrorKind::Timeout));
    }
    let events = [arrived(0), arrived(1), response(0, "GET", 1.0, true), silent];
    let text = report(TYPE, "", &events);
    assert!(text.contains("2 users with 2 clients arrived; 1 clients never had an answer"), "{text}");
}
