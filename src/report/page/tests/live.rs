//! The page while its run goes on.

use std::collections::BTreeMap;

use super::{EVIL, some, visible};
use crate::label::Label;
use crate::report::Results;
use crate::report::page::{Progress, live, render, update};

#[test]
fn a_run_that_goes_on_is_not_judged() {
    let progress =
        Progress { phase: "warm-up".into(), at_s: 65.0, end_s: Some(600.0), first_reading_s: None };
    let shown = live(&some(), Some(&progress)).unwrap();
    let page = visible(&shown.page);
    for words in [
        "Running",
        "warm-up, 1:05 of 10:00",
        "id=\"stop\"",
        "Invite somebody",
        "connect-src &#x27;self&#x27;",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("Too slow") && !page.contains("Why it did not pass"), "{page}");
    assert!(shown.policy.ends_with("connect-src 'self'") && !shown.policy.contains("unsafe"));
    // Its end is the report, without anything to stop.
    let ended = visible(&live(&some(), None).unwrap().page);
    assert!(ended.contains("Too slow") && !ended.contains("id=\"stop\""), "{ended}");
    // A report of a file knows nothing of all this.
    let file = render(&some()).unwrap();
    assert!(!file.contains("EventSource") && !file.contains("id=\"state\""));
}

#[test]
fn what_was_not_read_yet_is_not_nothing() {
    let results = Results { server: Default::default(), monitors: Default::default(), ..some() };
    let at =
        |at_s, first_reading_s| Progress { phase: "measured".into(), at_s, end_s: None, first_reading_s };
    let shown = |progress: Option<Progress>| visible(&live(&results, progress.as_ref()).unwrap().page);
    let (nothing, not_yet) = ("<p class=\"big quiet\">Nothing</p>", "<p class=\"big quiet\">Nothing yet</p>");
    for (progress, first) in [
        (Some(at(3.0, Some(10.0))), Some("0:10")),
        // The server may take a while to answer.
        (Some(at(13.0, Some(10.0))), Some("0:10")),
        (Some(at(16.0, Some(10.0))), None),
        (Some(at(3.0, None)), None),
        (None, None),
    ] {
        let page = shown(progress.clone());
        let said = first.map_or(nothing.to_owned(), |first| {
            format!("{not_yet}<p>Its own figures are read first at {first}.</p>")
        });
        assert!(page.contains(&said), "{progress:?} {page}");
        assert_eq!(page.contains("read yet: the first are at"), first.is_some(), "{progress:?} {page}");
    }
    // Who was asked and gave none is not waited for.
    let reasons = BTreeMap::from([("it refuses".into(), 1)]);
    let silent = Results { server_failures: BTreeMap::from([("PodA".into(), reasons)]), ..results.clone() };
    let page = visible(&live(&silent, Some(&at(3.0, Some(10.0)))).unwrap().page);
    assert!(
        page.contains("asked for figures of its own, and gave none") && !page.contains(not_yet),
        "{page}"
    );
}

#[test]
fn an_update_is_one_line_with_the_same_texts() {
    let mut results = some();
    results.operations.insert(Label::new(EVIL), results.operations[&Label::new("invite")].clone());
    let progress = Progress { phase: "measured".into(), at_s: 5.0, end_s: None, first_reading_s: None };
    let text = update(&results, Some(&progress)).unwrap();
    assert!(!text.contains(['\n', '<', '>']), "{text}");
    let news: serde_json::Value = serde_json::from_str(&text).unwrap();
    let page = live(&results, Some(&progress)).unwrap().page;
    let report = news["report"].as_str().unwrap();
    assert!(page.contains(report) && report.contains("measured, 0:05 so far"), "{report}");
    assert!(!report.contains("<script") && report.contains("&lt;script&gt;alert(1)"));
    assert_eq!((&news["goes"], news["data"]["charts"].as_array().unwrap().len()), (&true.into(), 8));
    let ended: serde_json::Value = serde_json::from_str(&update(&results, None).unwrap()).unwrap();
    assert_eq!(
        (&ended["goes"], ended["title"].as_str().unwrap()),
        (&false.into(), "Failed: 1 user \u{b7} populace")
    );
}
