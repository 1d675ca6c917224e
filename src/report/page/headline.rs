//! The first screen: the verdict, and the answers that an administrator looks for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bounds::{Few, REMARK, sentence, short};
use super::faults::{Fault, first};
use super::mix::{Part, mix};
use super::numbers::{count, counted, length, share, time};
use crate::label::Label;
use crate::report::{Figures, Results, Verdict};
use crate::stats::{Histogram, is_auxiliary};

/// The most failures, and notes, that are shown.
const MOST: usize = 40;

/// What stands above all else.
#[derive(Debug, Serialize)]
pub struct Headline {
    /// `pass`, `fail`, `incomplete`, `error`, `none` or `going`: which sign and colour it has.
    pub verdict: &'static str,
    pub word: &'static str,
    /// `60 users, 120 clients`.
    pub whom: String,
    /// One sentence on how it went.
    pub lead: String,
    pub failures: Few<String>,
    pub notes: Few<String>,
    pub who: Who,
    pub speed: Speed,
    pub failed: Failed,
}

/// Who came.
#[derive(Debug, Serialize)]
pub struct Who {
    pub users: String,
    pub planned: String,
    pub all_came: bool,
    /// Who waited for room and how long; empty if nobody did.
    pub waiting: String,
    pub clients: String,
    pub mix: Few<Part>,
}

/// How long people waited, all operations together in which nobody thinks.
#[derive(Debug, Serialize)]
pub struct Speed {
    /// No request of this rehearsal took any time, and none is to be told.
    pub instant: bool,
    pub p50: String,
    pub p95: String,
    pub p99: String,
    /// What took longest, and within how long 95 of 100 of it were done.
    pub slowest: Option<(String, String)>,
}

/// What failed.
#[derive(Debug, Serialize)]
pub struct Failed {
    pub any: bool,
    pub requests: String,
    pub of_requests: String,
    /// Requests that only prepare others and are not among these; empty if there are none.
    pub besides: String,
    pub share: String,
    pub operations: String,
    pub of_operations: String,
    pub unanswered: String,
    pub any_unanswered: bool,
    pub first: Option<Fault>,
}

impl Headline {
    pub fn of(results: &Results) -> Headline {
        let (verdict, word) = match results.verdict {
            // What was not broken until then may have been later.
            Some(Verdict::Pass) if results.interrupted => ("incomplete", "Stopped early"),
            Some(Verdict::Pass) => ("pass", "Passed"),
            Some(Verdict::Fail) => ("fail", "Failed"),
            Some(Verdict::Incomplete) => ("incomplete", "Incomplete"),
            Some(Verdict::Error) => ("error", "Nothing worked"),
            None => ("none", "Not judged"),
        };
        let speed = Speed::of(results);
        let failed = Failed::of(results);
        Headline {
            verdict,
            word,
            whom: whom(results),
            lead: stopped(results) + &lead(results, &speed, &failed),
            failures: Few::of(results.failures.iter().map(|text| short(text, REMARK)), MOST),
            notes: Few::of(results.notes.iter().map(|text| capital(&short(text, REMARK))), MOST),
            who: Who {
                users: count(results.users),
                planned: count(results.run.planned_users),
                all_came: results.users >= results.run.planned_users,
                waiting: results.delays.waiting(time).map(|words| words + ".").unwrap_or_default(),
                clients: counted(results.clients, "client program", "client programs"),
                mix: mix(results),
            },
            speed,
            failed,
        }
    }
}

impl Headline {
    /// That of a run that is not over: nothing is judged yet, and what would make the verdict mean less may yet change.
    pub fn going(self) -> Headline {
        let nothing = || Few::of(Vec::new(), 0);
        let lead = if self.failed.of_operations == "0" { NOTHING_YET.to_owned() } else { self.lead };
        Headline { verdict: "going", word: "Running", lead, failures: nothing(), notes: nothing(), ..self }
    }
}

const NOTHING_YET: &str = "Nothing has been done yet in the time that is measured.";

fn whom(results: &Results) -> String {
    counted(results.users, "user", "users")
}

/// That somebody ended the run; empty if nobody did. When it would have ended by itself is not in the results.
fn stopped(results: &Results) -> String {
    if !results.interrupted {
        return String::new();
    }
    let passed = if results.verdict == Some(Verdict::Pass) { "; until then it passed" } else { "" };
    let (run, measured) = (length(results.run_time_s), length(results.measured_time_s));
    format!("Somebody ended it after {run}, of which {measured} were measured{passed}. ")
}

/// What an administrator would tell a colleague.
fn lead(results: &Results, speed: &Speed, failed: &Failed) -> String {
    if results.operations.values().all(|figures| figures.count == 0) {
        return "Nobody got anything done in the time that was measured.".to_owned();
    }
    let failed = match failed.any {
        true => format!("{} of the requests failed", failed.share),
        false => "no request failed".to_owned(),
    };
    if speed.instant {
        return format!(
            "The embedded server answered at once, so that there are no times to tell; {failed}."
        );
    }
    format!(
        "Half of what they did took no longer than {}, 95 of 100 no longer than {}; {failed}.",
        speed.p50, speed.p95
    )
}

/// Whether the embedded server took no time for anything: what is left is the grain of timers.
fn instant(results: &Results) -> bool {
    let mut longest = results.requests.values().filter_map(|figures| figures.service.max).peekable();
    results.run.rehearsed && longest.peek().is_some() && longest.all(|longest| longest == 0.0)
}

/// A sentence begins with a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Speed {
    fn of(results: &Results) -> Speed {
        // While somebody thinks nobody waits. Where users think in all that they do, there is nothing else to tell.
        let waited = |label: &Label| !results.thoughtful.contains(label);
        let all_of_them = !results.operations.keys().any(waited);
        let operations = || results.operations.iter().filter(|(label, _)| all_of_them || waited(label));
        let mut all = Histogram::default();
        for (_, figures) in operations() {
            if let Some(times) = Histogram::of_base64(&figures.response.histogram) {
                all.merge(&times);
            }
        }
        let quantile = |quantile| time(all.quantile(quantile).map(|time| time.as_secs_f64()));
        let slowest = operations().filter_map(|(label, figures)| Some((label, figures.response.p95?)));
        let slowest = slowest.max_by(|a, b| a.1.total_cmp(&b.1));
        Speed {
            instant: instant(results),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            slowest: slowest.map(|(label, seconds)| (sentence(results.called(label)), time(seconds))),
        }
    }
}

impl Failed {
    fn of(results: &Results) -> Failed {
        let sum = |figures: &BTreeMap<Label, Figures>, of: fn(&Figures) -> u64| {
            let judged = figures.iter().filter(|(label, _)| !is_auxiliary(**label));
            judged.map(|(_, figures)| of(figures)).fold(0, u64::saturating_add)
        };
        let (requests, of_requests) = (
            sum(&results.requests, |figures| figures.failed),
            sum(&results.requests, |figures| figures.count),
        );
        let (operations, of_operations) = (
            sum(&results.operations, |figures| figures.failed),
            sum(&results.operations, |figures| figures.count),
        );
        let auxiliary = results.requests.iter().filter(|(label, _)| is_auxiliary(**label));
        let besides = auxiliary.map(|(_, figures)| figures.count).fold(0, u64::saturating_add);
        Failed {
            besides: if besides > 0 { count(besides) } else { String::new() },
            any: requests > 0,
            requests: count(requests),
            of_requests: count(of_requests),
            share: share(requests, of_requests),
            operations: count(operations),
            of_operations: count(of_operations),
            unanswered: count(results.unanswered),
            any_unanswered: results.unanswered > 0,
            first: first(results),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::render;
    use crate::report::page::tests::{some, visible};

    #[test]
    fn who_thinks_does_not_wait() {
        let label = Label::of("invite");
        let mut results = some();
        let mut visit = results.operations[&label].clone();
        visit.response.p95 = Some(4711.0);
        results.operations.insert(Label::of("visit"), visit);
        let slow = |results: &Results| visible(&render(results).unwrap()).contains("Slowest: <b>visit</b>");
        assert!(slow(&results));
        results.thoughtful.insert(Label::of("visit"));
        assert!(!slow(&results));
        let page = visible(&render(&results).unwrap());
        assert!(
            page.contains("<small>with the time to think</small>")
                && page.contains("Slowest: <b>Invite somebody</b>")
        );
        // If there is nothing else, it is told all the same.
        results.operations.remove(&label);
        assert!(slow(&results));
    }
}
