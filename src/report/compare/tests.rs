//! Whole comparisons.

use std::time::Duration;

use super::*;
use crate::event::Event;
use crate::random::{Seed, unit};
use crate::report::{Verdict, summary_of};
use crate::stats::Limits;
use crate::stats::test::{end, response, statistics};

/// Two minutes: each second so many requests and a tenth of that operations, whose times are between one and three
/// times the shortest; one in `failing` fails.
struct Made {
    seed: u64,
    a_second: u64,
    shortest: f64,
    failing: u64,
}

const MADE: Made = Made { seed: 1, a_second: 20, shortest: 0.1, failing: u64::MAX };

impl Made {
    fn results(&self) -> Results {
        let stream = Seed(self.seed).stream(0, 0, "times");
        let event = |n: u64| -> Event {
            let time = self.shortest * (1.0 + 2.0 * unit(&mut stream.at(n)));
            let mut event = match n % 10 {
                0 => end(0, "invite", time, None),
                _ => response(0, "PUT{event}", time, n % self.failing != 1),
            };
            event.at = Duration::from_secs(n / self.a_second);
            event
        };
        let events: Vec<Event> = (0..120 * self.a_second).map(event).collect();
        let stats = statistics(Limits::default(), &events);
        Results { seed: self.seed, ..Results::of(&summary_of(&stats)) }.concluded(
            Verdict::Pass,
            Vec::new(),
            Vec::new(),
        )
    }
}

fn compared(a: &Results, b: &Results, max_regression: f64) -> Comparison {
    compare(["a.json", "b.json"], a, b, Settings { max_regression, ..Settings::default() })
}

#[test]
fn a_run_is_equal_to_itself() {
    let run = MADE.results();
    let comparison = compared(&run, &run, 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::Equal, Exit::Pass));
    assert!(comparison.unlike.is_empty() && comparison.text().contains("*** EQUAL: "));
}

#[test]
fn chance_is_no_difference() {
    for seed in 2..12 {
        let comparison = compared(&MADE.results(), &Made { seed, ..MADE }.results(), 0.0);
        assert_eq!(comparison.outcome, Outcome::NoDifference, "{}", comparison.text());
        assert!(comparison.text().contains("- seed: 1 in A, 2 in B") || seed != 2);
    }
}

#[test]
fn what_is_slower_fails_when_it_is_more_than_allowed_for_sure() {
    let (fast, slow) = (MADE.results(), Made { seed: 2, shortest: 0.12, ..MADE }.results());
    let outcome = |max| compared(&fast, &slow, max).outcome;
    // A fifth slower, give or take some hundredths.
    assert_eq!([0.0, 0.05, 0.19, 0.4].map(outcome)[..3], [Outcome::Worse, Outcome::Worse, Outcome::Slower]);
    let comparison = compared(&fast, &slow, 0.0);
    let text = comparison.text();
    assert!(text.contains("*** WORSE: request PUT{event} (p50 +2"), "{text}");
    assert_eq!(comparison.exit(), Exit::Fail);
    assert!((comparison.quality.unwrap() - 1.2).abs() < 0.03);
    // The other way it is better, which never fails.
    let comparison = compared(&slow, &fast, 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::Better, Exit::Pass));
}

#[test]
fn to_fail_more_is_worse() {
    let comparison = compared(&MADE.results(), &Made { failing: 20, ..MADE }.results(), 0.5);
    let failures = comparison.labels[0].failures.unwrap();
    assert_eq!((comparison.outcome, failures.finding), (Outcome::Worse, Finding::Worse));
    assert!(comparison.text().contains("(failed +5."), "{}", comparison.text());
}

#[test]
fn the_page_escapes_what_it_is_told() {
    let (fast, slow) = (MADE.results(), Made { seed: 2, shortest: 0.12, ..MADE }.results());
    let page = compare(["<script>", "b.json"], &fast, &slow, Settings::default()).html().unwrap();
    assert!(page.contains("<code>&lt;script&gt;</code>") && !page.contains("<script"), "{page}");
    assert!(page.contains("WORSE") && page.contains("<code class=\"only\">PUT{event}</code>"), "{page}");
}

#[test]
fn few_samples_are_too_few() {
    let few = Made { a_second: 1, ..MADE };
    let comparison = compared(&few.results(), &Made { seed: 2, shortest: 0.12, ..few }.results(), 0.0);
    let p99 = comparison.labels[0].percentiles[3];
    assert_eq!((p99.0, p99.1.finding), ("p99", Finding::TooFew));
    let mut nothing = few.results();
    nothing.requests.clear();
    nothing.operations.clear();
    let comparison = compared(&nothing, &few.results(), 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::CannotTell, Exit::Incomplete));
    assert_eq!(comparison.only_b.len(), 2);
    for text in [comparison.text(), comparison.markdown(), comparison.html().unwrap()] {
        assert!(text.contains("Only in B") && text.contains("requests PUT{event}"), "{text}");
    }
}

/// A run without blocks: no time has an interval, however much slower B is.
fn tiny(seed: u64, shortest: f64) -> Results {
    let mut results = Made { seed, a_second: 1, shortest, ..MADE }.results();
    for figures in results.requests.values_mut().chain(results.operations.values_mut()) {
        figures.blocks = None;
    }
    results
}

#[test]
fn what_cannot_be_told_is_not_no_difference() {
    let comparison = compared(&tiny(1, 0.1), &tiny(2, 10.0), 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::CannotTell, Exit::Incomplete));
    assert!(comparison.text().contains("*** CANNOT TELL: "), "{}", comparison.text());
    assert!(comparison.markdown().contains("longer runs or more users"));
    let page = comparison.html().unwrap();
    assert!(page.contains("<h1 class=\"incomplete\">") && page.contains("CANNOT TELL"), "{page}");
    let same = compared(&tiny(1, 0.1), &tiny(1, 0.1), 0.0);
    assert_eq!((same.outcome, same.exit()), (Outcome::Equal, Exit::Pass));
}

#[test]
fn a_run_and_a_rehearsal_are_not_compared() {
    let run = MADE.results();
    let mut rehearsed = Made { seed: 2, shortest: 0.2, ..MADE }.results();
    assert_eq!(compared(&run, &rehearsed, 0.0).outcome, Outcome::Worse);
    rehearsed.run.rehearsed = true;
    let failed = rehearsed.clone().concluded(Verdict::Fail, Vec::new(), Vec::new());
    for (a, b, says) in [
        (&run, &rehearsed, "A is a run and B a rehearsal"),
        (&rehearsed, &run, "A is a rehearsal and B a run"),
        (&run, &failed, "A is a run and B a rehearsal"),
    ] {
        let comparison = compared(a, b, 0.0);
        assert_eq!((comparison.outcome, comparison.exit()), (Outcome::CannotTell, Exit::Incomplete));
        for text in [comparison.text(), comparison.markdown(), comparison.html().unwrap()] {
            assert!(text.contains("CANNOT TELL") && text.contains(says), "{text}");
            assert!(
                !text.contains("WORSE") && !text.contains("BETTER") && !text.contains("benchmark"),
                "{text}"
            );
            // What was measured stands there all the same.
            assert!(text.contains("PUT{event}") && text.contains("p95"), "{text}");
        }
    }
    assert_eq!(compared(&rehearsed, &rehearsed, 0.0).outcome, Outcome::Equal);
}

#[test]
fn that_b_failed_where_a_passed_is_worse() {
    let ended = |verdict| tiny(2, 10.0).concluded(verdict, Vec::new(), Vec::new());
    let comparison = compared(&tiny(1, 0.1), &ended(Verdict::Fail), 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::Worse, Exit::Fail));
    assert!(comparison.text().contains("*** WORSE: B failed, A passed\n"), "{}", comparison.text());
    assert!(comparison.html().unwrap().contains("<h1 class=\"fail\">"));
    assert_eq!(compared(&tiny(1, 0.1), &ended(Verdict::Error), 0.0).exit(), Exit::Fail);
    // With what is slower after it; and two that failed are compared as others are.
    let slow = Made { shortest: 0.2, ..MADE }.results();
    let failed = |run: &Results| run.clone().concluded(Verdict::Fail, Vec::new(), Vec::new());
    let text = compared(&MADE.results(), &failed(&slow), 0.0).text();
    assert!(text.contains("*** WORSE: B failed, A passed; request PUT{event} ("), "{text}");
    assert_eq!(compared(&failed(&slow), &failed(&slow), 0.0).outcome, Outcome::Equal);
}

#[test]
fn a_run_that_is_not_whole_does_not_pass() {
    let run = MADE.results();
    let part = run.clone().concluded(Verdict::Incomplete, Vec::new(), Vec::new());
    let comparison = compared(&run, &part, 0.0);
    assert_eq!((comparison.outcome, comparison.exit()), (Outcome::Equal, Exit::Incomplete));
}

/// Times drift slowly in both runs, each its own way: the samples of a minute are alike, and mean little.
#[test]
fn slow_drifts_are_no_difference() {
    let drifting = |seed: u64| {
        let stream = Seed(seed).stream(0, 0, "drift");
        let mut level = 0.0;
        let mut events = Vec::new();
        for second in 0..1800u64 {
            if second % 20 == 0 {
                level = 0.5 * level + 0.3 * (unit(&mut stream.at(1_000_000 + second)) - 0.5);
            }
            for n in 0..10 {
                let time = 0.1 * f64::exp(level) * (0.5 + unit(&mut stream.at(second * 10 + n)));
                let mut event = response(0, "GET{event}", time, true);
                event.at = Duration::from_secs(second);
                events.push(event);
            }
        }
        let stats = statistics(Limits::default(), &events);
        Results::of(&summary_of(&stats)).concluded(Verdict::Pass, Vec::new(), Vec::new())
    };
    let runs: Vec<Results> = (0..20).map(drifting).collect();
    let different =
        runs.chunks(2).filter(|pair| compared(&pair[0], &pair[1], 0.0).outcome != Outcome::NoDifference);
    assert_eq!(different.count(), 0);
}
