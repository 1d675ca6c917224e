use std::path::Path;

use super::*;
use crate::event::{Checked, OperationEnd, OperationStart, Phase};
use crate::label::Label;
use crate::observer::test::run;
use crate::stats::test::{response, who};

fn at(seconds: f64, what: What) -> Event {
    Event { at: Duration::from_secs_f64(seconds), phase: Phase::Measured, what }
}

fn answer(seconds: f64, milliseconds: f64, status: u16, bytes: u64) -> Event {
    let mut event = response(0, "GET{/}", milliseconds / 1e3, status < 400);
    event.at = Duration::from_secs_f64(seconds);
    if let What::Response(response) = &mut event.what {
        (response.status, response.bytes_received) = (Some(status), bytes);
    }
    event
}

fn operation(from: f64, to: f64, label: &str, success: bool) -> [Event; 2] {
    let (label, begun, end) = (Label::new(label), Duration::from_secs_f64(from), Duration::from_secs_f64(to));
    let (who, profile, due) = (who(0), None, begun);
    let start = OperationStart { who: who.clone(), profile: None, label, due, begun, scheduled: false };
    let ended =
        OperationEnd { who, profile, label, due, begun, end, success, reason: None, unfinished: false };
    [at(from, What::OperationStart(start)), at(to, What::OperationEnd(ended))]
}

fn written(events: &[Event]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("idx-tsunami.log");
    let (printed, outcome) =
        run("TsunamiLog", &format!("<key>path</key><string>{}</string>", path.display()), events);
    assert_eq!((printed.as_str(), outcome.text.as_str(), outcome.file), ("", "", Some(Ok(()))));
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn dumps_are_those_of_the_ancestor() {
    let mut events = vec![at(0.5, What::Arrived { who: who(0), users: 1, clients: 1 })];
    events.extend(operation(0.5, 31.0, "session", true));
    events.push(at(31.0, What::Left { who: who(0), user: true }));
    events.extend(operation(0.5, 0.5002, "connect", true));
    events.extend(operation(0.6, 0.7, "connect", false));
    events.extend(operation(1.0, 1.25, "index request", true));
    events.extend([answer(1.0, 1.5, 200, 100), answer(2.0, 2.5, 200, 100), answer(3.0, 0.05, 404, 7)]);
    events.extend([answer(25.0, 100_000.0, 200, 1)]);
    events.extend([true, false, true].map(|found| {
        let label = Label::new("GET{/}");
        at(2.0, What::Checked(Checked { who: who(0), profile: None, label, check: "x".into(), found }))
    }));
    events.sort_by_key(|event| event.at);
    // The run of the tests begins at 09:00 in the zone +01:00, on the 5th of January 2026.
    let expected = "\
# stats: dump at 1767600010
stats: users 1 1
stats: connect 1 0.200000 0.00000e+0 0.200000 0.200000
stats: request 3 1.35000 1.00582 2.50000 5.00000e-2
stats: tr_index_request 1 250.000 0.00000e+0 250.000 250.000
stats: 200 2 2
stats: 404 1 1
stats: match 2 2
stats: nomatch 1 1
stats: size 207 207
stats: users_count 1 1
# stats: dump at 1767600020
stats: users 1 1
stats: connect 0 0 0 0.200000 0.200000
stats: request 0 0 0 2.50000 5.00000e-2
stats: tr_index_request 0 0 0 250.000 250.000
stats: 200 0 2
stats: 404 0 1
stats: match 0 2
stats: nomatch 0 1
stats: size 0 207
stats: users_count 0 1
# stats: dump at 1767600030
stats: users 1 1
stats: connect 0 0 0 0.200000 0.200000
stats: request 1 1.00000e+5 0.00000e+0 1.00000e+5 5.00000e-2
stats: tr_index_request 0 0 0 250.000 250.000
stats: 200 1 3
stats: 404 0 1
stats: match 0 2
stats: nomatch 0 1
stats: size 1 208
stats: users_count 0 1
# stats: dump at 1767600040
stats: users 0 1
stats: connect 0 0 0 0.200000 0.200000
stats: request 0 0 0 1.00000e+5 5.00000e-2
stats: session 1 3.05000e+4 0.00000e+0 3.05000e+4 3.05000e+4
stats: tr_index_request 0 0 0 250.000 250.000
stats: 200 0 3
stats: 404 0 1
stats: finish_users_count 1 1
stats: match 0 2
stats: nomatch 0 1
stats: size 0 208
stats: users_count 0 1
EndMonitor:{1767,600420,0}";
    assert_eq!(written(&events).join("\n"), expected);
}

/// The ancestor's own lines have the forms of ours.
#[test]
fn a_file_of_the_ancestor_is_one_of_ours() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/idx-tsunami/stats.log");
    let Ok(theirs) = std::fs::read_to_string(&path) else {
        assert!(std::env::var_os("POPULACE_REQUIRE_SEED").is_none(), "{} is not there", path.display());
        return;
    };
    let form = |line: &str| -> String {
        let field = |field: &str| match field.parse::<f64>() {
            Ok(_) if field.contains('.') => "real".to_owned(),
            Ok(_) => "whole".to_owned(),
            Err(_) => field.to_owned(),
        };
        line.split(' ').map(field).collect::<Vec<_>>().join(" ")
    };
    let mut events = vec![at(0.5, What::Arrived { who: who(0), users: 1, clients: 1 })];
    events.extend(operation(0.5, 9.0, "page", true));
    events.extend(operation(0.5, 9.0, "connect", true));
    events.extend([answer(9.1, 1.0, 200, 3), answer(9.2, 3.0, 404, 3)]);
    let mut ours: Vec<String> = written(&events).iter().map(|line| form(line)).collect();
    let mut theirs: Vec<String> = theirs.lines().take(9).map(form).collect();
    ours.truncate(9);
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
    // And their numbers are written as ours: each that they have comes out as it stands there.
    let text = std::fs::read_to_string(&path).unwrap();
    for field in text.split_whitespace().filter(|field| field.contains('.') && field.parse::<f64>().is_ok()) {
        assert_eq!(number(field.parse().unwrap()), field);
    }
}

/// Who comes and goes between two dumps was there all the same.
#[test]
fn the_most_users_are_told() {
    let come = |seconds, user| at(seconds, What::Arrived { who: who(user), users: 0, clients: 0 });
    let go = |seconds, user| at(seconds, What::Left { who: who(user), user: true });
    let lines = written(&[come(1.0, 0), come(2.0, 1), go(3.0, 0), go(4.0, 1), come(11.0, 2)]);
    let users: Vec<&String> = lines.iter().filter(|line| line.starts_with("stats: users ")).collect();
    assert_eq!(users, ["stats: users 0 2", "stats: users 1 2"]);
}

#[test]
fn what_failed_has_a_counter() {
    let mut lost = answer(1.0, 5.0, 200, 0);
    if let What::Response(response) = &mut lost.what {
        (response.status, response.error) = (None, Some(ErrorKind::ConnectTimeout));
    }
    let lines = written(&[lost]);
    assert!(lines.contains(&"stats: error_connect_timeout 1 1".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("stats: request")), "{lines:?}");
}
