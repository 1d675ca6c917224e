//! What a reader of the verdict must know beside it.

use super::{Summary, Verdict, general};

/// The share of planned operations of one label, in percent, that may go unserved without a word.
const UNSERVED: f64 = 10.0;

/// Facts that make a verdict mean less than it seems to: a sentence each.
pub fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = Vec::new();
    if summary.interrupted {
        let measured = general((summary.measured_time.as_secs_f64() * 10.0).round() / 10.0);
        notes.push(format!("somebody ended this run before its time: {measured} s were measured"));
    }
    let (arrived, planned) = (summary.stats.users(), summary.about.planned_users);
    if arrived < planned {
        notes.push(format!("only {arrived} of {planned} planned users arrived before the end"));
    }
    for (label, tally) in summary.stats.measured().iter().flat_map(|period| &period.operations) {
        let missed = tally.late + tally.skipped;
        let all = tally.count() + missed + tally.unfinished;
        let percent = missed as f64 * 100.0 / all.max(1) as f64;
        if percent > UNSERVED {
            notes.push(format!(
                "{percent:.0}% of the planned `{label}` did not happen, because its clients were still busy: the load \
                 was not what was asked for"
            ));
        }
    }
    notes
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
    use super::*;
    use crate::report::summary_of;
    use crate::stats::test::{response, statistics};
    use crate::stats::{Limits, Statistics};

    #[test]
    fn an_ordinary_run_has_none() {
        let stats = statistics(Limits::default(), &[response(0, "GET{event}", 0.1, true)]);
        assert_eq!(notes(&summary_of(&stats)), Vec::<String>::new());
        assert_eq!(under(Verdict::Pass, Vec::new(), true), "");
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
