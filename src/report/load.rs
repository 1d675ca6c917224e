//! How much of the load that was asked for came to be.

use std::collections::BTreeSet;

use super::Summary;
use crate::label::Label;
use crate::stats::Period;

/// The share of planned operations of one label, in percent, that may go unserved without a word.
const UNSERVED: f64 = 10.0;

/// Of fewer planned operations than this no share is told: one of four is chance.
const FEWEST: u64 = 10;

/// Of fewer planned operations than this the run as a whole is not judged by its share: a run of seconds, in which every
/// client is still about to start.
const FEWEST_OF_ALL: u64 = 50;

/// What was planned, and what of it did not happen.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    planned: u64,
    /// Merged into one that was still waiting for its client.
    late: u64,
    /// Never begun.
    skipped: u64,
}

impl Share {
    /// Of one label: what began, and what did not.
    fn of(period: &Period, label: Label) -> Share {
        let begun = period.begun.get(&label).copied().unwrap_or(0);
        let (late, skipped) =
            period.operations.get(&label).map_or((0, 0), |tally| (tally.late, tally.skipped));
        Share { planned: begun.saturating_add(late).saturating_add(skipped), late, skipped }
    }

    fn missed(&self) -> u64 {
        self.late.saturating_add(self.skipped)
    }

    fn percent(&self) -> f64 {
        self.missed() as f64 * 100.0 / self.planned.max(1) as f64
    }

    fn and(self, other: Share) -> Share {
        Share {
            planned: self.planned.saturating_add(other.planned),
            late: self.late.saturating_add(other.late),
            skipped: self.skipped.saturating_add(other.skipped),
        }
    }

    /// Why it did not happen: that is never the failure of a request, which is judged by itself.
    fn reasons(&self) -> String {
        let reasons = [
            (self.late, "fell due while one before was still waiting for its client"),
            (self.skipped, "had not begun when their client left or the run ended"),
        ];
        let told = reasons.iter().filter(|(count, _)| *count > 0);
        told.map(|(count, why)| format!("{count} {why}")).collect::<Vec<_>>().join(", ")
    }
}

/// What was planned for the measured phase, by label. What began counts whatever came of it: that it had nothing to do is no
/// lack of load, and how it went on, as the pages of a visit, was not planned by itself. What only reacts to something was
/// not planned.
fn shares(summary: &Summary) -> Vec<(Label, Share)> {
    let Some(period) = summary.stats.measured() else { return Vec::new() };
    let labels: BTreeSet<Label> = period.begun.keys().chain(period.operations.keys()).copied().collect();
    labels.into_iter().map(|label| (label, Share::of(period, label))).collect()
}

/// Why a run is no pass whose requests were all as they should be: more of the users stayed away than came, or of what was
/// planned for the measured phase, all labels together, more did not begin than did.
pub fn too_little(summary: &Summary) -> Option<String> {
    too_few(summary).or_else(|| too_idle(summary))
}

/// Whether of so many planned users so few have come that the run is no pass.
pub fn too_few_came(came: u64, planned: u64) -> bool {
    planned >= FEWEST_OF_ALL && came.saturating_mul(2) < planned
}

/// More of the users had not arrived than had, at an end that was the run's own: what else ends one is told by itself.
fn too_few(summary: &Summary) -> Option<String> {
    let (planned, arrived) = (summary.about.planned_users, summary.stats.users());
    let ended = summary.interrupted || summary.broken.is_some() || summary.lost_workers().next().is_some();
    if ended || !too_few_came(arrived, planned) {
        return None;
    }
    let way = match summary.stats.delays().never_came {
        0 => "run longer, or let them arrive sooner",
        _ => "`maxUsers` left no room for more",
    };
    Some(format!(
        "The load was not what was asked for: only {arrived} of {planned} planned users had arrived at the end: {way}"
    ))
}

fn too_idle(summary: &Summary) -> Option<String> {
    let all = shares(summary).into_iter().fold(Share::default(), |all, (_, share)| all.and(share));
    if all.planned < FEWEST_OF_ALL || all.missed() * 2 <= all.planned {
        return None;
    }
    Some(format!(
        "The load was not what was asked for: {} of {} planned operations ({:.0}%) did not happen: {}",
        all.missed(),
        all.planned,
        all.percent(),
        all.reasons()
    ))
}

/// Which operations did not happen as often as was planned, where that is more than a little, how much, and why.
pub fn note(summary: &Summary) -> Option<String> {
    let mut told = shares(summary);
    told.retain(|(_, share)| share.planned >= FEWEST && share.percent() > UNSERVED);
    let each: Vec<String> = told
        .iter()
        .map(|(label, share)| format!("{:.0}% of {} `{label}`", share.percent(), share.planned))
        .collect();
    let all = told.iter().fold(Share::default(), |all, (_, share)| all.and(*share));
    (!told.is_empty()).then(|| {
        format!(
            "of what was planned this did not happen: {} ({}): the load was not what was asked for",
            each.join(", "),
            all.reasons()
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::event::{Event, Missed, Phase, What};
    use crate::report::{Exit, Outcome, Verdict, conclude, summary_of};
    use crate::stats::test::{measured, response, start, statistics, who};
    use crate::stats::{Limits, Statistics};

    fn missed(label: &str, late: u64, skipped: u64) -> Event {
        let (who, label) = (who(0), Label::new(label));
        measured(Duration::ZERO, What::Missed(Missed { who, profile: None, label, late, skipped }))
    }

    /// So many `poll` that began, and these that did not.
    fn run(begun: u64, late: u64, skipped: u64) -> Statistics {
        let events =
            [response(0, "GET{event}", 0.1, true), missed("poll", late, 0), missed("invite", 0, skipped)];
        let mut stats = statistics(Limits::default(), &events);
        (0..begun).for_each(|_| stats.begun(Phase::Measured, Label::new("poll")));
        stats
    }

    #[test]
    fn a_run_of_which_most_did_not_happen_is_no_pass() {
        let stats = run(20, 50, 30);
        let (text, verdict, failures) = conclude(&summary_of(&stats), vec![Outcome::default()]);
        assert_eq!((verdict, verdict.exit()), (Verdict::Incomplete, Exit::Incomplete), "{text}");
        let why = "The load was not what was asked for: 80 of 100 planned operations (80%) did not happen: 50 fell due \
                   while one before was still waiting for its client, 30 had not begun when their client left or the run \
                   ended";
        assert_eq!(failures, [why]);
        assert!(text.contains(&format!("\n*** INCOMPLETE\n{why}\n")), "{text}");
    }

    #[test]
    fn half_of_it_is_enough_and_few_are_not_judged() {
        for (begun, late, skipped) in [(50, 50, 0), (20, 0, 20), (5, 20, 20), (0, 0, 49)] {
            let stats = run(begun, late, skipped);
            assert_eq!(too_little(&summary_of(&stats)), None, "{begun} {late} {skipped}");
        }
        assert!(too_little(&summary_of(&run(24, 26, 0))).is_some());
    }

    #[test]
    fn a_run_to_which_most_did_not_come_is_no_pass() {
        let stats = run(60, 0, 0);
        let mut summary = summary_of(&stats);
        let came = summary.stats.users();
        for (planned, interrupted, enough) in [(49, false, true), (5000, true, true), (5000, false, false)] {
            (summary.about.planned_users, summary.interrupted) = (planned, interrupted);
            let told = too_little(&summary);
            assert_eq!(told.is_none(), enough, "{planned}");
            assert!(told.is_none_or(|told| told.contains(&format!("only {came} of 5000 planned users"))));
        }
    }

    #[test]
    fn a_failure_says_more_than_what_did_not_happen() {
        let stats = run(20, 50, 30);
        let judged = Outcome { failures: vec!["slow".into()], ..Outcome::default() };
        let (_, verdict, failures) = conclude(&summary_of(&stats), vec![judged]);
        assert_eq!((verdict, failures), (Verdict::Fail, vec!["slow".to_owned()]));
    }

    #[test]
    fn what_had_nothing_to_do_counts_in_its_phase_and_what_reacts_or_goes_on_does_not() {
        let idle = |stats: &mut Statistics, phase| {
            let (who, profile) = (who(0), "Eventer".into());
            let mut event = measured(Duration::ZERO, What::Idle { who, profile, reason: "no event".into() });
            event.phase = phase;
            stats.take(&event);
        };
        // All this was no part of the plan: reactions with nothing to do, a warm-up, pages after a pause.
        let mut stats = run(20, 50, 30);
        for _ in 0..200 {
            idle(&mut stats, Phase::Measured);
            idle(&mut stats, Phase::Warmup);
            stats.begun(Phase::Warmup, Label::new("poll"));
            stats.take(&start(0, "page", 0.0));
        }
        assert!(too_little(&summary_of(&stats)).unwrap().contains("80 of 100 planned"));
        // What was due and had nothing to do was.
        (0..60).for_each(|_| stats.begun(Phase::Measured, Label::new("create")));
        assert_eq!(too_little(&summary_of(&stats)), None);
        assert!(note(&summary_of(&stats)).unwrap().contains("100% of 30 `invite`, 71% of 70 `poll`"));
    }

    #[test]
    fn what_did_not_happen_is_told_by_label_with_the_reasons() {
        let told = |missed: &[Event]| {
            let events = [&[response(0, "GET{event}", 0.1, true)], missed].concat();
            note(&summary_of(&statistics(Limits::default(), &events)))
        };
        let late = told(&[missed("invite", 12, 0), missed("poll", 30, 0)]).unwrap();
        assert!(late.contains("happen: 100% of 12 `invite`, 100% of 30 `poll` (42 fell due"), "{late}");
        let skipped = told(&[missed("invite", 0, 12)]).unwrap();
        assert!(skipped.contains("(12 had not begun") && !skipped.contains("fell due"), "{skipped}");
        assert_eq!(told(&[missed("invite", 2, 2)]), None, "too few for a share");
    }
}
