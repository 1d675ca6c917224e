//! Thresholds as test cases, in the form of JUnit's reports that build servers read.

use std::fmt::Write;

use crate::dav::xml::escape;
use crate::report::Results;
use crate::report::threshold::{Judged, State, failure};

/// One suite: a case for each threshold, one for all other reasons why a run fails, and one that is skipped where the run was
/// ended early. Times are those of the run.
pub fn junit(results: &Results) -> String {
    let of_thresholds: Vec<String> = results.thresholds.iter().filter_map(failure).collect();
    let others: Vec<&str> = results
        .failures
        .iter()
        .map(String::as_str)
        .filter(|why| !of_thresholds.iter().any(|one| one == why))
        .collect();
    let mut cases = String::new();
    for judged in &results.thresholds {
        cases.push_str(&case("thresholds", &judged.expression, &outcome(judged)));
    }
    let whole = match others.is_empty() {
        true => String::new(),
        false => failed(others[0], &others.join("\n")),
    };
    let rest = if results.thresholds.is_empty() { "nothing failed" } else { "nothing else failed" };
    cases.push_str(&case("run", rest, &whole));
    let early = results.ended_early();
    if early {
        let why = "somebody or a threshold ended the run before its time: the rest was not tested";
        cases.push_str(&case("run", "the whole run", &skipped(why)));
    }
    let tests = results.thresholds.len() + 1 + usize::from(early);
    let failures = results.thresholds.iter().filter(|judged| judged.state == State::Failed).count()
        + usize::from(!others.is_empty());
    let open = results.thresholds.iter().filter(|judged| judged.state == State::NotEvaluated).count()
        + usize::from(early);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{open}\"");
    let time = results.run_time_s;
    let started = results.host.started.format("%Y-%m-%dT%H:%M:%S");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts} time=\"{time}\">\n\
         <testsuite name=\"populace\" {counts} time=\"{time}\" timestamp=\"{started}\">\n{cases}</testsuite>\n\
         </testsuites>\n"
    )
}

fn outcome(judged: &Judged) -> String {
    match judged.state {
        State::Passed => String::new(),
        State::Failed => {
            let why = failure(judged).unwrap_or_default();
            failed(&why, &why)
        }
        State::NotEvaluated => {
            let why = judged.reason.as_deref().unwrap_or("there was nothing to judge");
            skipped(why)
        }
    }
}

fn skipped(why: &str) -> String {
    format!("<skipped message=\"{}\"/>", attribute(why))
}

fn failed(message: &str, text: &str) -> String {
    format!("<failure message=\"{}\">{}</failure>", attribute(message), escape(text))
}

fn case(class: &str, name: &str, outcome: &str) -> String {
    let mut text = String::new();
    let name = attribute(name);
    // Writing to a string cannot fail.
    let _ = match outcome.is_empty() {
        true => writeln!(text, "<testcase classname=\"populace.{class}\" name=\"{name}\"/>"),
        false => {
            writeln!(text, "<testcase classname=\"populace.{class}\" name=\"{name}\">{outcome}</testcase>")
        }
    };
    text
}

/// A text in an attribute, on one line.
fn attribute(text: &str) -> String {
    escape(&text.replace(['\n', '\t'], " ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::threshold::Unit;
    use crate::report::{Verdict, summary_of};
    use crate::stats::Limits;
    use crate::stats::test::{response, statistics};

    fn judged(expression: &str, state: State) -> Judged {
        Judged {
            expression: expression.to_owned(),
            state,
            required: false,
            unit: Unit::Seconds,
            relation: "<".to_owned(),
            limit: 1.0,
            figure: (state != State::NotEvaluated).then_some(2.0),
            margin: None,
            label: None,
            labels: Vec::new(),
            reason: None,
            abort_s: None,
            aborted_at_s: None,
        }
    }

    #[test]
    fn every_threshold_is_a_case() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let mut results = Results::of(&summary_of(&stats));
        results.thresholds = vec![
            judged("a < 1s", State::Passed),
            judged("b < 1s", State::Failed),
            judged("c", State::NotEvaluated),
        ];
        let own = failure(&results.thresholds[1]).unwrap();
        results = results.concluded(Verdict::Fail, vec![own, "\"else\" & \u{1}more".to_owned()], Vec::new());
        let text = junit(&results);
        let ended = junit(&Results { interrupted: true, ..results });
        assert!(ended.contains("tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"2\""), "{ended}");
        assert!(ended.contains("name=\"the whole run\"><skipped message=\"somebody"), "{ended}");
        let document = roxmltree::Document::parse(&text).unwrap();
        let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
        assert_eq!(
            ["tests", "failures", "skipped"].map(|name| suite.attribute(name).unwrap()),
            ["4", "2", "1"]
        );
        let cases: Vec<_> = suite.children().filter(|node| node.has_tag_name("testcase")).collect();
        let inside = |n: usize| cases[n].first_element_child().map(|node| node.tag_name().name());
        assert_eq!([0, 1, 2, 3].map(inside), [None, Some("failure"), Some("skipped"), Some("failure")]);
        assert_eq!(cases[0].attribute("name"), Some("a < 1s"));
        assert_eq!(cases[3].attribute("name"), Some("nothing else failed"));
        let else_failed = cases[3].first_element_child().unwrap();
        assert!(else_failed.attribute("message").unwrap().starts_with("\"else\" & "), "{text}");
    }

    #[test]
    fn without_thresholds_there_is_one_case_of_the_whole_run() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.5, true)]);
        let text = junit(&Results::of(&summary_of(&stats)).concluded(Verdict::Pass, Vec::new(), Vec::new()));
        assert!(text.contains("<testcase classname=\"populace.run\" name=\"nothing failed\"/>"), "{text}");
        assert_eq!(text.matches("<testcase").count(), 1, "{text}");
    }
}
