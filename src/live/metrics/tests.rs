//! Held to the format by a reader that is stricter than Prometheus.

use std::time::Duration;

use super::write;
use crate::event::{Event, Figure, Figures, Said, ServerFigures, Unit, What};
use crate::live::metrics::tests::strict::{Samples, parse};
use crate::report::page::Progress;
use crate::report::{Results, Verdict, summary_of};
use crate::stats::Limits;
use crate::stats::test::{end, measured, response, start, statistics, who};

#[path = "../../../tests/shared/exposition.rs"]
mod strict;

/// What would end a value, a line or a family.
const EVIL: &str = "a\"b\\c\nd,e}f 7\n# TYPE x counter\r";

fn results(events: &[Event]) -> Results {
    Results::of(&summary_of(&statistics(Limits::default(), events)))
}

fn some() -> Results {
    let figures = ServerFigures {
        requests_per_s: 9.5,
        response_ms: 20.0,
        slots: 1.5,
        cpu_percent: 40.0,
        window_s: 60.0,
    };
    let figure = Figure { name: EVIL.into(), unit: Unit::Percent, value: 34.5 };
    let read = Said::Figures(Figures { since: Duration::ZERO, figures: vec![figure] });
    results(&[
        measured(Duration::ZERO, What::Arrived { who: who(0), users: 1, clients: 1 }),
        measured(
            Duration::from_secs(1),
            What::ServerFigures { pod: EVIL.into(), figures: Said::Load(figures) },
        ),
        measured(Duration::from_secs(1), What::ServerFigures { pod: EVIL.into(), figures: read }),
        response(0, "GET{event}", 0.25, true),
        response(1, "GET{event}", 0.5, false),
        response(1, EVIL, 4000.0, true),
        start(0, "invite", 0.002),
        end(0, "invite", 1.5, None),
    ])
}

fn read(results: &Results, progress: Option<&Progress>) -> Samples {
    let text = write(results, progress);
    parse(&text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

#[test]
fn the_figures_are_those_of_the_results() {
    let progress = Progress { phase: "measured".into(), at_s: 1.0, end_s: None, first_reading_s: None };
    let samples = read(&some(), Some(&progress));
    let get =
        |outcome| samples.value("populace_requests_total", &[("label", "GET{event}"), ("outcome", outcome)]);
    assert_eq!((get("ok"), get("failed")), (Some(1.0), Some(1.0)));
    let bucket = |le| {
        let labels = [("label", "GET{event}"), ("le", le)];
        samples.value("populace_request_service_seconds_bucket", &labels)
    };
    // A value stands at the upper end of its bucket, which is 0.1 % above it.
    assert_eq!((bucket("0.1"), bucket("0.5"), bucket("+Inf")), (Some(0.0), Some(1.0), Some(1.0)));
    let sum = samples.value("populace_operation_response_seconds_sum", &[("label", "invite")]).unwrap();
    assert!((sum - 1.5).abs() < 1e-9);
    assert_eq!(samples.value("populace_server_cpu_ratio", &[]), Some(0.4));
    assert_eq!(samples.value("populace_monitor", &[("unit", "percent")]), Some(34.5));
    assert_eq!(samples.value("populace_users", &[]), Some(1.0));
    assert_eq!(
        (samples.value("populace_ended", &[]), samples.value("populace_verdict", &[])),
        (Some(0.0), None)
    );
    let ended = read(&some().concluded(Verdict::Pass, Vec::new(), Vec::new()), None);
    assert_eq!(ended.value("populace_verdict", &[("verdict", "pass")]), Some(1.0));
    assert_eq!(ended.value("populace_ended", &[]), Some(1.0));
}

#[test]
fn nothing_that_a_name_says_breaks_it() {
    let mut results = some();
    results.run.config = EVIL.into();
    results.errors.insert(EVIL.into(), results.errors["status"].clone());
    let samples = read(&results, None);
    let meant = EVIL.replace('\r', " ");
    assert_eq!(samples.value("populace_requests_total", &[("label", &meant), ("outcome", "ok")]), Some(1.0));
    assert_eq!(samples.value("populace_errors_total", &[("kind", &meant)]), Some(1.0));
    assert_eq!(samples.value("populace_info", &[("config", &meant)]), Some(1.0));
}

#[test]
fn a_run_of_nothing_has_figures_too() {
    let samples = read(&results(&[]), None);
    assert_eq!(
        (samples.value("populace_users", &[]), samples.sum("populace_requests_total")),
        (Some(0.0), 0.0)
    );
}

#[test]
fn the_strict_reader_is_strict() {
    let good = "# HELP a_total x\n# TYPE a_total counter\na_total{b=\"c\"} 1\n";
    assert!(parse(good).is_ok());
    for (from, to) in [
        ("c\"}", "c\\x\"}"),
        ("HELP", "HALP"),
        ("counter", "gauge"),
        (" 1\n", " 1"),
        (" 1\n", " x\n"),
        (" 1\n", " 1\na_total{b=\"c\"} 1\n"),
        (" 1\n", " 1\nb 1\n"),
        (" 1\n", " -1\n"),
        ("{b", "{1b"),
    ] {
        assert!(parse(&good.replace(from, to)).is_err(), "{from} {to}");
    }
    let histogram =
        "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n";
    assert!(parse(histogram).is_ok());
    for (from, to) in
        [("le=\"1\"} 1", "le=\"1\"} 3"), ("+Inf", "2"), ("h_sum 3\n", ""), ("count 2", "count 1")]
    {
        assert!(parse(&histogram.replace(from, to)).is_err(), "{from} {to}");
    }
}
