//! Whether two runs are of one kind.

use crate::report::{Results, Verdict};

/// Lengths of the measured phase that differ by more than this part are told.
const LENGTHS: f64 = 0.05;

/// One line about a run.
pub fn about(results: &Results) -> String {
    let how = if results.run.rehearsed { "rehearsal" } else { "run" };
    let verdict = results.verdict.map_or("no verdict", Verdict::as_str);
    let ended = if results.interrupted { ", ended by hand" } else { "" };
    format!(
        "{how} by populace {}, seed {}: {} users, {} clients, {:.0} s measured, {} requests answered; {verdict}{ended}",
        results.run.version,
        results.seed,
        results.users,
        results.clients,
        results.measured_time_s,
        results.answered
    )
}

/// How they are not of one kind, a sentence each.
pub fn unlike(a: &Results, b: &Results) -> Vec<String> {
    let mut all = Vec::new();
    let mut told = |what: &str, a: String, b: String, so: &str| {
        if a != b {
            all.push(format!("{what}: {a} in A, {b} in B{so}"));
        }
    };
    let how = |results: &Results| if results.run.rehearsed { "rehearsed" } else { "run" }.to_owned();
    told("how", how(a), how(b), "; virtual time and the clock are two things");
    let version = |results: &Results| results.run.version.clone();
    told("version", version(a), version(b), "; what is measured may have changed");
    told("config", a.run.config.clone(), b.run.config.clone(), "");
    told("clients", a.run.clients.clone(), b.run.clients.clone(), "; another mix asks other things");
    told("server", a.run.servers.join(", "), b.run.servers.join(", "), "");
    told("users", a.users.to_string(), b.users.to_string(), "; more users are more load");
    if a.seed != b.seed {
        told(
            "seed",
            a.seed.to_string(),
            b.seed.to_string(),
            "; the plans differ by chance, which the intervals allow for",
        );
    } else {
        let plan = |results: &Results| results.plan_hash.clone().unwrap_or("none".to_owned());
        told("plan", plan(a), plan(b), "; with one seed, something that is planned was changed");
    }
    let (short, long) = (a.measured_time_s.min(b.measured_time_s), a.measured_time_s.max(b.measured_time_s));
    if long - short > LENGTHS * long {
        let seconds = |results: &Results| format!("{:.0} s", results.measured_time_s);
        told("measured", seconds(a), seconds(b), "; what grows with time differs");
    }
    all
}

/// Why nothing can be told of the two.
pub fn incomparable(a: &Results, b: &Results) -> Option<&'static str> {
    match (a.run.rehearsed, b.run.rehearsed) {
        (false, true) => Some(
            "A is a run and B a rehearsal: the one has the times of a server by the clock, the other virtual ones of the \
             embedded server; compare runs with runs, and rehearsals with rehearsals",
        ),
        (true, false) => Some(
            "A is a rehearsal and B a run: the one has virtual times of the embedded server, the other those of a server by \
             the clock; compare runs with runs, and rehearsals with rehearsals",
        ),
        _ => None,
    }
}

/// That B failed where A passed.
pub fn failed(a: &Results, b: &Results) -> Option<&'static str> {
    match (a.verdict?, b.verdict?) {
        (Verdict::Pass, Verdict::Fail) => Some("B failed, A passed"),
        (Verdict::Pass, Verdict::Error) => Some("nothing worked in B, A passed"),
        _ => None,
    }
}

/// What makes the comparison mean little, a sentence each.
pub fn incomplete(a: &Results, b: &Results) -> Vec<String> {
    let mut all = Vec::new();
    for (name, results) in [("A", a), ("B", b)] {
        match results.verdict {
            Some(Verdict::Pass | Verdict::Fail) => {}
            Some(verdict) => all.push(format!("{name} ended as {}", verdict.as_str())),
            None => all.push(format!("{name} has no verdict")),
        }
    }
    all
}
