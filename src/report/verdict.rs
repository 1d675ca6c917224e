//! Whether a run passed, and the end of its report.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Exit, Failure, PluginText, Summary, general, load, notes, protocol, threshold, waiting, workers,
};
use crate::stats::Statistics;

/// What a run showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Measured, and no observer found a failure.
    Pass,
    /// Measured, and at least one observer found a failure.
    Fail,
    /// Not all was measured: a worker or the embedded server was lost, the run ended before its measured phase, or most of
    /// the load that was planned did not happen.
    Incomplete,
    /// No request succeeded, or no client could begin to work, so there is nothing to judge.
    Error,
}

impl Verdict {
    /// The exit code that belongs to it, before interruptions.
    pub fn exit(self) -> Exit {
        match self {
            Verdict::Pass => Exit::Pass,
            Verdict::Fail => Exit::Fail,
            Verdict::Incomplete => Exit::Incomplete,
            Verdict::Error => Exit::NothingWorked,
        }
    }

    /// The name in the results file.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Incomplete => "incomplete",
            Verdict::Error => "error",
        }
    }
}

/// What one observer has to say at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Its report, lines with their ends; empty for an observer that only watches.
    pub text: String,
    /// Why the run failed.
    pub failures: Vec<Failure>,
    /// That it only wrote a file, whole or not to its end: then why. None when it did anything else.
    pub file: Option<Result<(), String>>,
    /// The program of the plug-in that said this, as it is shown; None when an observer of this program did, whose figures are those
    /// of the results file.
    pub plugin: Option<String>,
}

impl Outcome {
    /// What the results file keeps of it: of a plug-in that had something to say all.
    pub fn kept(&self) -> Option<PluginText> {
        let name = self.plugin.clone().filter(|_| !self.text.is_empty() || !self.failures.is_empty())?;
        Some(PluginText { name, text: self.text.clone(), failures: texts(&self.failures) })
    }

    /// What the report shows of it: of a plug-in under its name, unless the text says that name first.
    fn shown(&self) -> Cow<'_, str> {
        let text = self.text.trim_start_matches('\n');
        match &self.plugin {
            Some(name) if !text.is_empty() && !text.starts_with(&named(name)) => {
                Cow::Owned(format!("\n{}\n{text}", named(name)))
            }
            _ => Cow::Borrowed(&self.text),
        }
    }
}

/// A plug-in as a heading.
pub fn named(plugin: &str) -> String {
    format!("* Process `{}`", plugin.replace(char::is_control, " "))
}

/// The whole report (the observers' texts in their order, protocols, thresholds and workers, then the verdict with every failure;
/// spec 7.2), the verdict and the failures.
pub fn conclude(summary: &Summary, outcomes: Vec<Outcome>) -> (String, Verdict, Vec<String>) {
    let mut text: String = outcomes.iter().map(Outcome::shown).collect();
    // Who only writes a file judges nothing.
    let watched = outcomes.iter().any(|outcome| outcome.file.is_none()) || !summary.thresholds.is_empty();
    let judged = outcomes.into_iter().flat_map(|outcome| outcome.failures);
    let of_thresholds = summary.thresholds.iter().filter_map(threshold::failure).map(Failure::from);
    let judged: Vec<Failure> = judged.chain(of_thresholds).collect();
    let (verdict, mut failures) = judge(summary, &judged);
    failures.extend(judged);
    text.push_str(&protocol::tables(summary));
    text.push_str(&threshold::table(&summary.thresholds));
    text.push_str(&workers::table(summary));
    text.push_str(&line(verdict, summary.ended_early()));
    for failure in &failures {
        text.push_str(&failure.sentence);
        text.push('\n');
    }
    let measured = failures.iter().filter_map(Failure::note);
    text.push_str(&notes::under(verdict, measured.chain(notes::notes(summary)).collect(), watched));
    (text, verdict, texts(&failures))
}

/// What is measured in less than this is no pass of a run that somebody has ended.
const LEAST: Duration = Duration::from_secs(1);

/// The verdict as a line of its own.
fn line(verdict: Verdict, early: bool) -> String {
    let word = match verdict {
        Verdict::Pass => "PASS",
        Verdict::Fail | Verdict::Error => "FAIL",
        Verdict::Incomplete => "INCOMPLETE",
    };
    // Why it is incomplete is told below it.
    let early = if early && verdict != Verdict::Incomplete { EARLY } else { "" };
    format!("\n*** {word}{early}\n")
}

/// What stands after a verdict on a part of a run only.
pub const EARLY: &str = ", ended early";

fn texts(failures: &[Failure]) -> Vec<String> {
    failures.iter().map(Failure::to_string).collect()
}

/// The verdict, with the reasons that nobody has given.
fn judge(summary: &Summary, judged: &[Failure]) -> (Verdict, Vec<Failure>) {
    let (verdict, reasons) = reasons(summary, judged);
    (verdict, reasons.into_iter().map(Failure::from).collect())
}

fn reasons(summary: &Summary, judged: &[Failure]) -> (Verdict, Vec<String>) {
    let lost: Vec<String> = summary
        .lost_workers()
        .map(|(id, worker)| format!("Worker {id} was lost: {}", worker.state))
        .collect();
    let lost = [broken(summary), lost].concat();
    if summary.interrupted
        && lost.is_empty()
        && let Some(before) = nothing_seen(summary.stats)
    {
        return (Verdict::Incomplete, vec![format!("The run was interrupted before {before}")]);
    }
    if summary.stats.successes() == 0 {
        return (Verdict::Error, [vec![nothing_worked(summary)], lost].concat());
    }
    if summary.clients_started == 0 && !summary.interrupted && lost.is_empty() {
        return (Verdict::Error, vec![nobody_started(summary)]);
    }
    let mut missing = lost;
    if summary.stats.measured().is_none() {
        missing.push("The run ended before its measured phase".to_owned());
    }
    if summary.interrupted && summary.measured_time < LEAST {
        missing.push("The run was interrupted before a second was measured".to_owned());
    }
    if summary.clients_started == 0 && summary.interrupted {
        missing.push("The run was interrupted before a client had started".to_owned());
    }
    // An observer that judges has said so.
    let mut unsaid = given_up(summary.stats);
    unsaid.retain(|why| !judged.iter().any(|failure| failure.sentence == *why));
    unsaid.extend(waiting::too_many(summary));
    let failed = !judged.is_empty() || !unsaid.is_empty();
    // That something failed is known for sure, however little happened. That all is well is not.
    missing.extend(load::too_little(summary).filter(|_| !failed));
    let verdict = match (missing.is_empty(), failed) {
        (false, _) => Verdict::Incomplete,
        (true, true) => Verdict::Fail,
        (true, false) => Verdict::Pass,
    };
    missing.extend(unsaid);
    (verdict, missing)
}

/// What had not happened yet, if nothing was seen of the server.
fn nothing_seen(stats: &Statistics) -> Option<&'static str> {
    if stats.clients() == 0 {
        return Some("the start: no user had arrived");
    }
    (stats.successes() == 0 && first_error(stats).is_none()).then_some("anything was answered")
}

/// That the run had to end before its time, if it had to.
fn broken(summary: &Summary) -> Vec<String> {
    let after = general((summary.run_time.as_secs_f64() * 10.0).round() / 10.0);
    summary.broken.iter().map(|why| format!("The run had to end after {after} s: {why}")).collect()
}

/// What has gone wrong whatever anybody watches.
pub fn given_up(stats: &Statistics) -> Vec<String> {
    let mut failures = Vec::new();
    if !stats.client_failures().is_empty() {
        failures.push(format!("Client failures: {}", stats.client_failures().total()));
    }
    if !stats.sim_failures().is_empty() {
        failures.push(format!("Overall failures: {}", stats.sim_failures().distinct()));
    }
    failures
}

fn nobody_started(summary: &Summary) -> String {
    let clients = summary.stats.clients();
    let why = summary.stats.client_failures().sorts();
    let why = why.first().map_or(" in this time".to_owned(), |sort| format!("; a reason: {}", sort.text()));
    format!("No client could work: none of {clients} has started{why}")
}

/// The first error of all: when it was, and what was said.
pub fn first_error(stats: &Statistics) -> Option<(Duration, Rc<str>)> {
    let errors = stats.periods().flat_map(|(_, period)| period.errors.values());
    errors.filter_map(|errors| errors.first.clone()).min()
}

fn nothing_worked(summary: &Summary) -> String {
    let stats = summary.stats;
    let why = match first_error(stats) {
        Some((_, example)) => format!("; the first error: {example}"),
        None if stats.clients() == 0 => "; no client arrived".to_owned(),
        None => String::new(),
    };
    format!("No client could work: no request succeeded{why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::What;
    use crate::report::{WorkerState, summary_of as summary};
    use crate::stats::Limits;
    use crate::stats::test::{measured, response, statistics, who};

    #[test]
    fn forty_four_a_silent_observer_passes() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let (text, verdict, failures) = conclude(&summary(&stats), vec![Outcome::default()]);
        assert_eq!((text.as_str(), verdict), ("\n*** PASS\n", Verdict::Pass));
        assert!(failures.is_empty());
    }

    #[test]
    fn failures_stand_under_the_verdict() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let outcome = Outcome {
            text: "\nreport\n".into(),
            failures: vec!["bad".into(), "worse".into()],
            ..Outcome::default()
        };
        let (text, verdict, _) = conclude(&summary(&stats), vec![outcome]);
        assert_eq!(text, "\nreport\n\n*** FAIL\nbad\nworse\n");
        assert_eq!(verdict.exit(), Exit::Fail);
    }

    #[test]
    fn what_was_measured_is_a_note_in_the_text_and_stands_with_the_reason_elsewhere() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let slow = Failure::share("Greater than 5% GET was slow".into(), "GET".into(), 2, 3);
        let written = Outcome { file: Some(Ok(())), ..Outcome::default() };
        let judged = Outcome { failures: vec![slow], ..Outcome::default() };
        let (text, _, failures) = conclude(&summary(&stats), vec![written.clone(), judged]);
        assert_eq!(text, "\n*** FAIL\nGreater than 5% GET was slow\nnote: GET: 2 of 3 (66.67%)\n");
        assert_eq!(failures, ["Greater than 5% GET was slow: 2 of 3 (66.67%)"]);
        assert!(conclude(&summary(&stats), vec![written]).0.contains("no observer judged"));
    }

    #[test]
    fn a_plug_in_speaks_under_its_name() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let said = |text: &str| {
            let plugin = Some("python3 a\u{1b}[2J.py".to_owned());
            conclude(&summary(&stats), vec![Outcome { text: text.into(), plugin, ..Outcome::default() }]).0
        };
        assert_eq!(said("\nall well\n"), "\n* Process `python3 a [2J.py`\nall well\n\n*** PASS\n");
        assert_eq!(said(""), "\n*** PASS\n");
        // A line about itself names it already.
        let line = "\n* Process `python3 a [2J.py`: it did not end\n";
        assert_eq!(said(line), format!("{line}\n*** PASS\n"));
    }

    #[test]
    fn nothing_that_works_never_passes() {
        let (text, verdict, _) = conclude(&summary(&Statistics::default()), Vec::new());
        assert_eq!(text, "\n*** FAIL\nNo client could work: no request succeeded; no client arrived\n");
        assert_eq!(verdict.exit().code(), 3);
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, false)]);
        let (text, verdict, _) = conclude(&summary(&stats), Vec::new());
        assert_eq!(verdict, Verdict::Error);
        assert!(text.contains("the first error: user01 GET{event}"), "{text}");
    }

    #[test]
    fn a_client_that_gave_up_is_a_failure_whoever_watches() {
        let reason = "boom".into();
        let gone = measured(std::time::Duration::ZERO, What::ClientFailure { who: who(0), reason });
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true), gone]);
        let (text, verdict, _) = conclude(&summary(&stats), Vec::new());
        assert_eq!((text.as_str(), verdict), ("\n*** FAIL\nClient failures: 1\n", Verdict::Fail));
        let judged = Outcome { failures: vec!["Client failures: 1".into()], ..Outcome::default() };
        assert_eq!(conclude(&summary(&stats), vec![judged]).2, ["Client failures: 1"]);
    }

    #[test]
    fn answers_without_a_start_are_no_pass() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let mut summary = summary(&stats);
        summary.clients_started = 0;
        let (text, verdict, _) = conclude(&summary, Vec::new());
        assert_eq!(verdict, Verdict::Error);
        assert!(text.contains("No client could work: none of "), "{text}");
        summary.interrupted = true;
        assert_eq!(conclude(&summary, Vec::new()).1, Verdict::Incomplete);
    }

    #[test]
    fn a_lost_embedded_server_leaves_it_open() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let mut summary = summary(&stats);
        summary.broken = Some("the embedded server ended by signal 9".into());
        let (text, verdict, _) = conclude(&summary, Vec::new());
        assert_eq!(verdict.exit(), Exit::Incomplete);
        assert!(text.contains("had to end after 420 s: the embedded server ended by signal 9\n"), "{text}");
    }

    #[test]
    fn an_interruption_before_the_start_is_told() {
        let stats = Statistics::default();
        let mut summary = summary(&stats);
        summary.interrupted = true;
        let (text, verdict, _) = conclude(&summary, Vec::new());
        assert_eq!(verdict, Verdict::Incomplete);
        assert!(
            text.contains("\n*** INCOMPLETE\nThe run was interrupted before the start: no user"),
            "{text}"
        );
    }

    #[test]
    fn an_interruption_before_anything_is_seen_is_no_verdict_on_the_server() {
        let came = measured(Duration::ZERO, What::Arrived { who: who(0), users: 1, clients: 1 });
        let stats = statistics(Limits::default(), std::slice::from_ref(&came));
        let mut unseen = summary(&stats);
        unseen.interrupted = true;
        let (text, verdict, _) = conclude(&unseen, Vec::new());
        assert_eq!(verdict, Verdict::Incomplete);
        assert!(text.contains("interrupted before anything was answered\n"), "{text}");
        let stats = statistics(Limits::default(), &[came.clone(), response(0, "GET{event}", 0.1, true)]);
        let mut hardly = summary(&stats);
        (hardly.interrupted, hardly.measured_time) = (true, Duration::from_millis(900));
        let (text, verdict, _) = conclude(&hardly, Vec::new());
        assert_eq!(verdict, Verdict::Incomplete);
        assert!(text.contains("interrupted before a second was measured\n"), "{text}");
        // What failed is known all the same.
        let stats = statistics(Limits::default(), &[came, response(0, "GET{event}", 0.1, false)]);
        let mut failed = summary(&stats);
        failed.interrupted = true;
        assert_eq!(conclude(&failed, Vec::new()).1, Verdict::Error);
    }

    #[test]
    fn the_verdict_on_a_part_says_so() {
        let came = measured(Duration::ZERO, What::Arrived { who: who(0), users: 1, clients: 1 });
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true), came]);
        let mut summary = summary(&stats);
        summary.interrupted = true;
        let (text, verdict, _) = conclude(&summary, vec![Outcome::default()]);
        assert_eq!(verdict, Verdict::Pass);
        assert!(text.starts_with("\n*** PASS, ended early\nnote: somebody ended this run"), "{text}");
        let judged = Outcome { failures: vec!["bad".into()], ..Outcome::default() };
        assert!(conclude(&summary, vec![judged]).0.starts_with("\n*** FAIL, ended early\nbad\n"));
    }

    #[test]
    fn a_lost_worker_leaves_it_open() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        let mut summary = summary(&stats);
        summary.workers.insert(
            "2".into(),
            WorkerState { requests: 1, measured: None, state: "no word for 10 s".into() },
        );
        let (text, verdict, _) = conclude(&summary, Vec::new());
        assert!(text.ends_with("\n*** INCOMPLETE\nWorker 2 was lost: no word for 10 s\n"), "{text}");
        assert_eq!(verdict.exit().code(), 4);
        let nothing = Statistics::default();
        summary.stats = &nothing;
        let (text, verdict, _) = conclude(&summary, Vec::new());
        assert_eq!(verdict, Verdict::Error);
        assert!(text.contains("\nWorker 2 was lost: no word for 10 s\n"), "{text}");
    }
}
