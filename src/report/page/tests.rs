//! The page as a whole: what is in it, what cannot be, and how large it is.

mod live;

use std::collections::BTreeMap;
use std::time::Duration;

use super::curves::Charts;
use super::render;
use crate::event::{self, Delayed, Event, Figure, Figures, Said, ServerFigures, What};
use crate::label::Label;
use crate::report::protocol::tests::{TALK, WAVE, talked};
use crate::report::{
    CheckFigures, GaugeFigures, Judged, MonitorFigures, PluginText, Results, State, TimelineRow, Unit,
    Verdict, WorkerState, summary_of,
};
use crate::stats::test::{end, measured, response, start, statistics, who};
use crate::stats::{Limits, Statistics};

/// What a person could have written to break the page.
const EVIL: &str = "</script><script>alert(1)</script><!--&\"'";

fn results(events: &[Event]) -> Results {
    let stats: Statistics = statistics(Limits::default(), events);
    Results::of(&summary_of(&stats)).concluded(Verdict::Fail, vec!["Too slow".into()], Vec::new())
}

/// Results with a bit of everything, and a failure.
pub fn some() -> Results {
    let figures = ServerFigures {
        requests_per_s: 9.0,
        response_ms: 20.0,
        slots: 1.5,
        cpu_percent: 40.0,
        window_s: 60.0,
    };
    let said = What::ServerFigures { pod: "PodA".into(), figures: Said::Load(figures) };
    let came = What::Arrived { who: who(0), users: 1, clients: 1 };
    results(&[
        measured(Duration::ZERO, came),
        measured(Duration::from_secs(1), said),
        response(0, "GET{event}", 0.25, true),
        response(1, "GET{event}", 0.5, false),
        start(0, "invite", 0.002),
        end(0, "invite", 1.5, None),
    ])
}

/// What stands between the tags of the page, without its scripts and styles.
pub fn visible(page: &str) -> String {
    let mut text = page.to_owned();
    for (from, to) in [("<style>", "</style>"), ("<script>", "</script>")] {
        while let Some((before, rest)) = text.split_once(from) {
            let (_, after) = rest.split_once(to).expect("it ends");
            text = format!("{before}{after}");
        }
    }
    text
}

#[test]
fn it_answers_in_the_words_of_a_person() {
    let page = visible(&render(&some()).unwrap());
    for words in [
        "Failed",
        "with 1 user",
        "Invite somebody",
        "1.5\u{a0}s",
        "Too slow",
        "50\u{a0}%",
        "20\u{a0}ms",
        "PodA",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("none of") && !page.contains("undefined"));
}

#[test]
fn no_two_parts_have_one_name() {
    let page = visible(&render(&some()).unwrap());
    let mut names: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert!(all > 10 && names.len() == all, "{page}");
}

#[test]
fn protocols_have_a_part_of_their_own_where_there_are_any() {
    let stats = talked();
    let mut summary = summary_of(&stats);
    let without = render(&Results::of(&summary)).unwrap();
    assert!(!without.contains("protocol\"") && !without.contains("By protocol"), "{without}");
    summary.protocols = vec![&TALK, &WAVE];
    let mut results = Results::of(&summary);
    results.protocols[1].name = EVIL.into();
    let page = visible(&render(&results).unwrap());
    let part = page.split_once("<section id=\"protocols\">").unwrap().1.split_once("</section>").unwrap().0;
    for words in [
        "TALK</th><td class=\"n\">3</td><td class=\"n bad\">1 <small>33\u{a0}%",
        "8.00\u{a0}kB",
        "Together",
        "TALK{say}",
    ] {
        assert!(part.contains(words), "{words} in {part}");
    }
    assert!(!part.contains("alert(1)<") && !part.contains("TALK{hear}"), "{part}");
}

#[test]
fn a_rehearsal_whose_server_takes_no_time_has_none_to_tell() {
    let mut results = results(&[response(0, "GET{event}", 0.0, true), end(0, "invite", 0.0, None)]);
    let shown = |results: &Results| visible(&render(results).unwrap());
    assert!(shown(&results).contains("Half of what they did took no longer than 0\u{a0}ms"));
    results.run.rehearsed = true;
    let page = shown(&results);
    for words in ["answered at once, so that there are no times to tell; no request failed.", "No times"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mut described = some();
    described.run.rehearsed = true;
    assert!(!shown(&described).contains("No times") && shown(&described).contains("Half of what they did"));
}

#[test]
fn a_run_that_was_stopped_has_no_tick() {
    let mut results = some();
    results.verdict = Some(Verdict::Pass);
    assert!(render(&results).unwrap().contains("<h1 class=\"pass\">"));
    results.interrupted = true;
    let page = visible(&render(&results).unwrap());
    assert!(page.contains("<h1 class=\"incomplete\">") && !page.contains(">Passed<"), "{page}");
    assert!(page.contains("Stopped early") && page.contains("Somebody ended it after 7\u{a0}min"), "{page}");
}

#[test]
fn a_late_generator_is_not_healthy() {
    let mut late = response(0, "GET{event}", 2.0, true);
    if let What::Response(response) = &mut late.what {
        response.begun += Duration::from_millis(1300);
        response.end += Duration::from_millis(1300);
    }
    let mut results = results(&[late, response(0, "CHALLENGE{basic}", 0.1, true)]);
    let page = visible(&render(&results).unwrap());
    assert!(page.contains("<p class=\"big doubtful\">Late</p>") && page.contains("more workers"), "{page}");
    assert!(page.contains("of 1 (without 1 that only prepare others"), "{page}");
    assert!(page.contains("began at most 1.3\u{a0}s late.</p>"), "{page}");
    // In virtual time only who waits for the server is late, and the page says so.
    results.run.rehearsed = true;
    let page = visible(&render(&results).unwrap());
    assert!(page.contains("<p class=\"big good\">Healthy</p>"), "{page}");
    for words in ["began at most 1.3\u{a0}s late: their clients still waited", "which is the server’s time"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mut on_time = some();
    on_time.run.rehearsed = true;
    assert!(visible(&render(&on_time).unwrap()).contains("requests began when they were due."));
    assert!(render(&some()).unwrap().contains("<p class=\"big good\">Healthy</p>"));
}

#[test]
fn it_says_who_was_there_and_who_waited() {
    let at = |seconds, what| Event { at: Duration::from_secs(seconds), ..measured(Duration::ZERO, what) };
    let came = |seconds, user| at(seconds, What::Arrived { who: who(user), users: 1, clients: 1 });
    let left = |seconds, user| at(seconds, What::Left { who: who(user), user: true });
    let delayed = |user, waited, lag, came| {
        let (waited, lag) = (Duration::from_secs(waited), Duration::from_millis(lag));
        at(3, What::Delayed(Delayed { who: who(user), waited, lag, came }))
    };
    // The second is the first of another worker, whose users have higher numbers.
    let events = [came(1, 0), came(2, 7), left(3, 0), came(3, 1), left(5, 7), left(6, 1)];
    let results = results(&[&events[..], &[delayed(1, 2, 5, true), delayed(3, 4, 0, false)]].concat());
    let users = &Charts::of(&results).charts[0];
    assert!(users.summary.contains("Up to 3 users, at most 2 at one time"), "{}", users.summary);
    let there = &users.curves.iter().find(|curve| curve.name == "there").unwrap().values;
    let expected = [0.0, 1.0, 2.0, 2.0, 2.0, 1.0, 0.0].map(Some);
    assert_eq!(*there, expected);
    let page = visible(&render(&results).unwrap());
    for words in [
        "2 users waited for room, as",
        "3.0\u{a0}s on average",
        "1 of them still waited at the end",
        "1; 5.0\u{a0}ms on average",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn all_that_is_not_ours_is_escaped() {
    let mut results = some();
    let evil: std::rc::Rc<str> = EVIL.into();
    let figures = results.requests[&Label::new("GET{event}")].clone();
    results.requests.insert(Label::new(EVIL), figures.clone());
    results.operations.insert(Label::new(EVIL), figures);
    let group = results.groups.values().next().unwrap().clone();
    results.groups.insert(evil.clone(), group);
    results.errors.values_mut().for_each(|error| error.first = Some(evil.clone()));
    results.failures.push(EVIL.to_owned());
    results.notes.push(EVIL.to_owned());
    results.notices.push(evil.clone());
    results.run.config = EVIL.to_owned();
    results.run.servers.push(EVIL.to_owned());
    results.run.version = EVIL.to_owned();
    results.client_failures.insert(evil.clone(), 1);
    results.idle.insert(evil.clone(), BTreeMap::from([(evil.clone(), 1)]));
    let gauge = GaugeFigures { samples: 1, mean: Some(1.0), ..GaugeFigures::default() };
    let read = MonitorFigures {
        figures: BTreeMap::from([(evil.clone(), gauge)]),
        requests: None,
        error: Some(EVIL.to_owned()),
    };
    results.monitors.insert(evil.clone(), read);
    let values = BTreeMap::from([(evil.clone(), 1.0)]);
    results.timeline[0].monitors.insert(evil.clone(), values);
    results.workers.insert(EVIL.to_owned(), WorkerState { requests: 1, measured: None, state: EVIL.into() });
    results.host.machine = EVIL.to_owned();
    let said =
        ServerFigures { requests_per_s: 1.0, response_ms: 1.0, slots: 1.0, cpu_percent: 1.0, window_s: 1.0 };
    results.server.insert(evil.clone(), said);
    results.timeline[0].server.insert(evil.clone(), said);
    results.plugins.push(PluginText { name: EVIL.into(), text: EVIL.into(), failures: vec![EVIL.into()] });
    results.thresholds.push(Judged {
        expression: EVIL.into(),
        state: State::Failed,
        required: false,
        unit: Unit::Seconds,
        relation: "<".into(),
        limit: 1.0,
        figure: Some(2.0),
        margin: Some(-1.0),
        label: Some(Label::new(EVIL)),
        labels: Vec::new(),
        reason: Some(EVIL.into()),
        abort_s: None,
        aborted_at_s: None,
    });
    let page = render(&results).unwrap();
    let clean = render(&some()).unwrap();
    // As many scripts begin and end as in a page without any of it.
    for tag in ["<script", "</script", "<!--"] {
        assert_eq!(page.matches(tag).count(), clean.matches(tag).count(), "{tag}");
    }
    assert!(!page.contains("alert(1)<"));
    assert!(page.matches("&lt;script&gt;alert(1)&lt;").count() > 15);
}

#[test]
fn what_a_monitor_read_has_a_row_and_a_chart() {
    let figure = |unit, name: &str, value| Figure { name: name.into(), unit, value };
    let figures =
        vec![figure(event::Unit::Percent, "cpu", 34.5), figure(event::Unit::Bytes, "memory", 2.5e9)];
    let read = Said::Figures(Figures { since: Duration::ZERO, figures });
    let said = What::ServerFigures { pod: "web1".into(), figures: read };
    let results = results(&[measured(Duration::from_secs(10), said), response(0, "GET{event}", 0.25, true)]);
    let page = visible(&render(&results).unwrap());
    for words in [
        "<p class=\"big\">34.5\u{a0}%",
        "cpu, as a mean, says web1",
        "The server: memory",
        "web1</th><td>memory</td><td class=\"n\">2.50\u{a0}GB",
        "At most 34.5\u{a0}%, at 0:10",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let charts = Charts::of(&results).charts;
    assert_eq!(charts.iter().map(|chart| &*chart.id).collect::<Vec<_>>()[4..], ["monitor-0", "monitor-1"]);
    assert_eq!((charts[5].unit, charts[5].curves[0].values.last()), ("bytes", Some(&Some(2.5e9))));
}

#[test]
fn the_data_in_it_can_be_read() {
    let page = render(&some()).unwrap();
    let (_, data) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let charts = data["charts"].as_array().unwrap();
    assert_eq!(charts.len(), 8);
    let points = data["at"].as_array().unwrap().len();
    let curves = charts.iter().flat_map(|chart| chart["curves"].as_array().unwrap());
    assert!(curves.clone().count() > 8);
    assert!(curves.into_iter().all(|curve| curve["values"].as_array().unwrap().len() == points));
}

#[test]
fn a_server_that_speaks_when_the_run_is_over_did_not_stop_answering() {
    let mut results = some();
    results.measured_time_s = 11.0;
    let row = TimelineRow { at_s: 11.0, requests: 0, failed: 0, ..results.timeline[1].clone() };
    results.timeline.push(row);
    let page = render(&results).unwrap();
    assert!(page.contains("0.0,0.0,2.0,null]") && page.contains("0.0,0.0,1.0,null]"), "{page}");
}

/// Results of a size that a run hardly has: a full timeline, many labels, pods, plug-ins and reasons.
fn many() -> Results {
    let mut results = some();
    let figures = results.requests[&Label::new("GET{event}")].clone();
    let said = ServerFigures {
        requests_per_s: 93.27,
        response_ms: 21.7,
        slots: 3.21,
        cpu_percent: 55.5,
        window_s: 300.0,
    };
    let long = |n: u64| format!("{n} {}", "<\u{20ac}".repeat(500));
    for n in 0..600u64 {
        results.requests.insert(Label::new(&format!("REPORT{{{}}}", long(n))), figures.clone());
        results.operations.insert(Label::new(&long(n)), figures.clone());
        results.failures.push(long(n));
        results.notes.push(long(n));
        results.client_failures.insert(long(n).into(), n);
        results.sim_failures.insert(long(n).into(), n);
        let texts = BTreeMap::from([(long(n).into(), n)]);
        results.idle.insert(long(n).into(), texts.clone());
        results.reasons.insert(Label::new(&long(n)), texts.clone());
        results.server_failures.insert(long(n).into(), texts);
        let check = CheckFigures { found: n, not_found: n };
        results.checks.insert(Label::new(&long(n)), BTreeMap::from([(long(n).into(), check)]));
        results.server.insert(long(n).into(), said);
        results.statuses.insert(n as u16, n);
        let measured = results.groups.values().next().cloned();
        results.workers.insert(long(n), WorkerState { requests: n, measured, state: long(n) });
        let group = results.groups.values().next().unwrap().clone();
        results.groups.insert(long(n).into(), group);
        results.plugins.push(PluginText {
            name: long(n),
            text: long(n).repeat(100),
            failures: vec![long(n); 50],
        });
        let figures =
            (0..20).map(|m| (long(m).into(), GaugeFigures { mean: Some(1.5), ..GaugeFigures::default() }));
        let read = MonitorFigures { figures: figures.collect(), requests: Some(n), error: None };
        results.monitors.insert(long(n).into(), read);
    }
    results.run_time_s = 4096.0;
    results.timeline_interval_s = 2.0;
    let servers: BTreeMap<_, _> =
        results.server.iter().take(6).map(|(pod, said)| (pod.clone(), *said)).collect();
    let values = |(monitor, read): (&std::rc::Rc<str>, &MonitorFigures)| {
        (monitor.clone(), read.figures.keys().map(|name| (name.clone(), 12_345.678)).collect())
    };
    let monitors: BTreeMap<_, BTreeMap<_, f64>> = results.monitors.iter().take(4).map(values).collect();
    let row = |n: u64| TimelineRow {
        at_s: n as f64 * 2.0,
        requests: 1234 + n,
        failed: n % 7,
        p50: Some(0.123_456 + n as f64 / 1e4),
        p95: Some(0.234_567),
        p99: Some(0.345_678),
        lag_mean: Some(0.000_123_4),
        lag_max: 0.123_456,
        users: 100_000,
        clients: 200_000,
        left: 0,
        server: servers.clone(),
        monitors: monitors.clone(),
    };
    results.timeline = (0..2048).map(row).collect();
    results
}

#[test]
fn it_stays_below_a_megabyte_whatever_the_results_hold() {
    let page = render(&many()).unwrap();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(page.contains("more labels") && page.contains("more workers"));
}

#[test]
fn a_run_of_nothing_has_a_page_too() {
    let stats = Statistics::default();
    let results = Results::of(&summary_of(&stats));
    let page = visible(&render(&results).unwrap());
    assert!(page.contains("Not judged") && page.contains("Nobody got anything done"), "{page}");
    let odd = Results { timeline_interval_s: f64::NAN, run_time_s: f64::NAN, ..some() };
    assert!(render(&odd).is_ok());
}
