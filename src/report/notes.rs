//! What a reader of the verdict must know beside it.

use super::{Summary, Verdict, general, load, waiting};

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
        let waiting = match summary.stats.delays().never_came {
            0 => String::new(),
            n => format!(": {n} still waited for room, as `maxUsers` let no more in at one time"),
        };
        notes.push(format!("only {arrived} of {planned} planned users arrived before the end{waiting}"));
    }
    notes.extend(waiting::note(summary));
    // Where nothing worked, the verdict says all that there is to say of the load.
    if summary.stats.successes() > 0 && summary.clients_started > 0 {
        notes.extend(load::note(summary));
    }
    notes.extend(summary.remarks.iter().cloned());
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
    use std::time::Duration;

    use super::*;
    use crate::event::{Missed, What};
    use crate::label::Label;
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
    fn where_nothing_worked_nothing_is_said_of_the_load() {
        let told = |started| {
            let missed =
                Missed { who: who(0), profile: None, label: Label::new("invite"), late: 12, skipped: 0 };
            let events =
                [response(0, "GET{event}", 0.1, true), measured(Duration::ZERO, What::Missed(missed))];
            let stats = statistics(Limits::default(), &events);
            let mut summary = summary_of(&stats);
            summary.clients_started = started;
            notes(&summary).len()
        };
        assert_eq!((told(1), told(0)), (1, 0));
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
