//! What a reader of the verdict must know beside it.

use super::{Summary, Verdict, general, waiting};
use crate::label::Label;
use crate::stats::Tally;

/// The share of planned operations of one label, in percent, that may go unserved without a word.
const UNSERVED: f64 = 10.0;

/// Of fewer planned operations than this no share is told: one of four is chance.
const FEWEST: u64 = 10;

/// Facts that make a verdict mean less than it seems to: a sentence each.
pub fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = Vec::new();
    if summary.interrupted {
        let measured = general((summary.measured_time.as_secs_f64() * 10.0).round() / 10.0);
        notes.push(format!("somebody ended this run before its time: {measured} s were measured"));
    }
    if let Some(at) = summary.thresholds.iter().find_map(|threshold| threshold.aborted_at_s) {
        let at = general((at * 10.0).round() / 10.0);
        notes.push(format!("a threshold ended this run before its time, after {at} s"));
    }
    let (arrived, planned) = (summary.stats.users(), summary.about.planned_users);
    if arrived < planned {
        notes.push(format!("only {arrived} of {planned} planned users arrived before the end"));
    }
    notes.extend(waiting::note(summary));
    // Where nothing worked, the verdict says all that there is to say of the load.
    if summary.stats.successes() > 0 && summary.clients_started > 0 {
        let labels = summary.stats.measured().into_iter().flat_map(|period| &period.operations);
        notes.extend(labels.filter_map(|(label, tally)| unserved(*label, tally)));
    }
    notes.extend(summary.remarks.iter().cloned());
    notes
}

/// How much of what was planned under a label did not happen, if that is more than a little, and why.
fn unserved(label: Label, tally: &Tally) -> Option<String> {
    let missed = tally.late.saturating_add(tally.skipped);
    let all = tally.count().saturating_add(missed).saturating_add(tally.unfinished);
    let percent = missed as f64 * 100.0 / all.max(1) as f64;
    if all < FEWEST || percent <= UNSERVED {
        return None;
    }
    let reasons = [
        (tally.late, "fell due while one before was still waiting for its client"),
        (tally.skipped, "had not begun when their client left or the run ended"),
    ];
    let reasons = reasons.iter().filter(|(count, _)| *count > 0);
    let reasons: Vec<String> = reasons.map(|(count, why)| format!("{count} {why}")).collect();
    Some(format!(
        "{percent:.0}% of the {all} planned `{label}` did not happen ({}): the load was not what was asked for",
        reasons.join(", ")
    ))
}

/// The notes as they stand under the verdict; empty if there are none.
pub fn under(verdict: Verdict, mut notes: Vec<String>, judged: bool) -> String {
    if verdict == Verdict::Pass && !judged {
        notes.push("no observer judged this run".to_owned());
    }
    notes.iter().map(|note| format!("note: {note}\n")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Missed, What};
    use crate::report::summary_of;
    use crate::stats::test::{measured, response, statistics, who};
    use crate::stats::{Limits, Statistics};

    #[test]
    fn an_ordinary_run_has_none() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        assert_eq!(notes(&summary_of(&stats)), Vec::<String>::new());
        assert_eq!(under(Verdict::Pass, Vec::new(), true), "");
    }

    #[test]
    fn what_did_not_happen_is_told_with_its_own_reason() {
        let missed = |late, skipped| {
            measured(
                Duration::ZERO,
                What::Missed(Missed {
                    who: who(0),
                    profile: None,
                    label: Label::new("invite"),
                    late,
                    skipped,
                }),
            )
        };
        let told = |late, skipped, started| {
            let events = [response(0, "GET{event}", 0.1, true), missed(late, skipped)];
            let stats = statistics(Limits::default(), &events);
            let mut summary = summary_of(&stats);
            summary.clients_started = started;
            notes(&summary)
        };
        let [late, skipped] = [told(12, 0, 1), told(0, 12, 1)].map(|notes| notes.join("; "));
        assert!(late.contains("100% of the 12 planned `invite`") && late.contains("12 fell due"), "{late}");
        assert!(skipped.contains("12 had not begun") && !skipped.contains("fell due"), "{skipped}");
        assert_eq!(told(2, 2, 1), Vec::<String>::new(), "too few for a share");
        assert_eq!(told(12, 0, 0), Vec::<String>::new(), "nothing worked");
    }

    #[test]
    fn what_makes_a_verdict_mean_less_is_said() {
        let stats = Statistics::default();
        let mut summary = summary_of(&stats);
        summary.interrupted = true;
        summary.about.planned_users = 5;
        let notes = notes(&summary);
        assert!(notes[0].contains("before its time: 400 s"), "{notes:?}");
        assert!(notes[1].contains("only 0 of 5"), "{notes:?}");
        let text = under(Verdict::Pass, notes, false);
        assert_eq!(text.lines().count(), 3);
        assert!(text.contains("no observer judged"), "{text}");
    }
}
