//! Judges thresholds by what was counted.

use std::time::Duration;

use super::breach::Aborted;
use super::figure::{Figure, Figures, figures};
use super::{Expression, Judged, OfLabel, State};
use crate::label::Label;
use crate::stats::{Period, Statistics};

/// A condition, and what follows when it is not fulfilled.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    pub expression: Expression,
    /// It fails too when there was nothing to judge.
    pub required: bool,
    /// For how long it may be broken before the run ends early; None: it never does.
    pub abort: Option<Duration>,
}

impl Threshold {
    /// Whether the condition is broken by what was counted so far.
    pub(super) fn is_broken(&self, period: &Period, measured: Duration) -> bool {
        let broken = |figure: &Figure| self.state(figure) == State::Failed;
        match figures(&self.expression, period, measured) {
            Figures::Whole(figure) => broken(&figure),
            Figures::Each(all) => all.iter().any(|(_, figure)| broken(figure)),
        }
    }

    fn state(&self, figure: &Figure) -> State {
        let Expression { relation, limit, .. } = &self.expression;
        match figure {
            Figure::Found(found) if relation.holds(*found, *limit) => State::Passed,
            Figure::Found(_) | Figure::NeverWell => State::Failed,
            Figure::Nothing(_) => State::NotEvaluated,
        }
    }

    fn margin(&self, figure: f64) -> f64 {
        let Expression { relation, limit, .. } = &self.expression;
        let margin = if relation.is_upper() { limit - figure } else { figure - limit };
        // Of decimal figures a decimal margin.
        (margin * 1e9).round() / 1e9
    }

    fn of_label(&self, label: Label, figure: &Figure) -> OfLabel {
        let found = number(figure);
        OfLabel {
            label,
            state: self.state(figure),
            figure: found,
            margin: found.map(|found| self.margin(found)),
        }
    }

    fn judge(&self, period: &Period, measured: Duration) -> Judged {
        let Expression { measure, relation, limit, .. } = &self.expression;
        let mut judged = Judged {
            expression: self.expression.to_string(),
            state: State::NotEvaluated,
            required: self.required,
            unit: (*measure).into(),
            relation: relation.as_str().to_owned(),
            limit: *limit,
            figure: None,
            margin: None,
            label: None,
            labels: Vec::new(),
            reason: None,
            abort_s: self.abort.map(|time| time.as_secs_f64()),
            aborted_at_s: None,
        };
        match figures(&self.expression, period, measured) {
            Figures::Whole(figure) => {
                judged.state = self.state(&figure);
                judged.figure = number(&figure);
                judged.margin = judged.figure.map(|found| self.margin(found));
                judged.label =
                    self.expression.subject.label().filter(|_| judged.state != State::NotEvaluated);
                judged.reason = reason(&figure).map(str::to_owned);
            }
            Figures::Each(all) => {
                let nothing = all.iter().find_map(|(_, figure)| reason(figure));
                let all = all.iter().map(|(label, figure)| self.of_label(*label, figure));
                judged.labels = all.filter(|one| one.state != State::NotEvaluated).collect();
                // What never went well has no margin, and stands first.
                judged.labels.sort_by(|a, b| {
                    let rank = |one: &OfLabel| one.margin.unwrap_or(f64::NEG_INFINITY);
                    rank(a).total_cmp(&rank(b)).then(a.label.cmp(&b.label))
                });
                match judged.labels.first() {
                    Some(worst) => {
                        (judged.state, judged.figure, judged.margin) =
                            (worst.state, worst.figure, worst.margin);
                        judged.label = Some(worst.label);
                        judged.reason = worst.figure.is_none().then(|| NEVER_WELL.to_owned());
                    }
                    None => judged.reason = Some(nothing.unwrap_or("no such label occurred").to_owned()),
                }
            }
        }
        if self.required && judged.state == State::NotEvaluated {
            judged.state = State::Failed;
            judged.reason = judged.reason.map(|reason| format!("{reason}, and it is required"));
        }
        judged
    }
}

const NEVER_WELL: &str = "none of them succeeded";

fn number(figure: &Figure) -> Option<f64> {
    match figure {
        Figure::Found(found) => Some(*found),
        Figure::Nothing(_) | Figure::NeverWell => None,
    }
}

fn reason(figure: &Figure) -> Option<&'static str> {
    match figure {
        Figure::Found(_) => None,
        Figure::Nothing(why) => Some(why),
        Figure::NeverWell => Some(NEVER_WELL),
    }
}

/// Judges every threshold by what was counted in the measured phase, which lasted `measured`. One that has ended the run
/// has failed, whatever came in afterwards.
pub fn judge(
    thresholds: &[Threshold],
    stats: &Statistics,
    measured: Duration,
    aborted: Option<&Aborted>,
) -> Vec<Judged> {
    let nothing = Period::default();
    let period = stats.measured().unwrap_or(&nothing);
    let mut all: Vec<Judged> = thresholds.iter().map(|one| one.judge(period, measured)).collect();
    if let Some(aborted) = aborted
        && let Some(judged) = all.get_mut(aborted.index)
    {
        judged.state = State::Failed;
        judged.aborted_at_s = Some(aborted.at.as_secs_f64());
        judged.reason = Some(aborted.to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Missed, What};
    use crate::stats::Limits;
    use crate::stats::test::{end, measured, response, start, statistics, who};

    fn judged(text: &str, required: bool, events: &[Event]) -> Judged {
        let threshold = Threshold { expression: text.parse().unwrap(), required, abort: None };
        let stats = statistics(Limits::default(), events);
        judge(&[threshold], &stats, Duration::from_secs(10), None).remove(0)
    }

    fn events() -> Vec<Event> {
        vec![
            response(0, "PUT{event}", 0.1, true),
            response(0, "PUT{event}", 0.3, true),
            response(0, "PUT{event}", 9.0, false),
            response(0, "PUT{update}", 0.2, true),
            response(0, "GET{event}", 0.4, false),
            response(0, "CHALLENGE{digest}", 5.0, true),
            start(0, "invite", 0.02),
            end(0, "invite", 1.0, None),
            measured(
                Duration::ZERO,
                What::Missed(Missed {
                    who: who(0),
                    profile: None,
                    label: Label::new("create"),
                    late: 1,
                    skipped: 0,
                }),
            ),
        ]
    }

    #[test]
    fn figures_are_those_of_the_report() {
        for (text, state, figure) in [
            ("operation invite response p95 < 2s", State::Passed, Some(1.0)),
            ("operation invite response p95 < 1s", State::Failed, Some(1.0)),
            ("request PUT{event} service mean <= 0.2s", State::Passed, Some(0.2)),
            // The upper median, as in the report.
            ("request PUT{event} service p50 < 300ms", State::Failed, Some(0.3)),
            ("request PUT{event} failed < 1%", State::Failed, Some(100.0 / 3.0)),
            ("request failed <= 2", State::Passed, Some(2.0)),
            ("request count >= 5", State::Passed, Some(5.0)),
            ("request rate > 0.5", State::Failed, Some(0.5)),
            ("request service max < 500ms", State::Passed, Some(0.3)),
            ("request CHALLENGE{digest} service max < 500ms", State::Failed, Some(5.0)),
            ("lag max < 50ms", State::Passed, Some(0.02)),
            ("operation lag max < 10ms", State::Failed, Some(0.02)),
        ] {
            let judged = judged(text, false, &events());
            let near = |a: f64, b: f64| (a - b).abs() <= b * 0.001;
            let same = judged.figure.zip(figure).is_some_and(|(found, expected)| near(found, expected));
            assert!(judged.state == state && same, "{text}: {judged:?}");
            let good = judged.margin.unwrap() > 0.0 || (judged.margin == Some(0.0) && state == State::Passed);
            assert_eq!(good, state == State::Passed, "{text}: {judged:?}");
        }
    }

    #[test]
    fn what_did_not_occur_is_not_evaluated_and_fails_only_if_required() {
        for text in [
            "operation accept response p95 < 2s",
            "operation create response p95 < 2s",
            "operation accept failed <= 0",
            "request DELETE{*} failed < 1%",
            "operation accept count > 100",
        ] {
            let (free, required) = (judged(text, false, &events()), judged(text, true, &events()));
            assert_eq!((free.state, free.figure, free.label), (State::NotEvaluated, None, None), "{text}");
            assert!(free.reason.is_some());
            assert_eq!(required.state, State::Failed, "{text}");
            assert!(required.reason.unwrap().ends_with("and it is required"), "{text}");
        }
        assert_eq!(judged("request count > 0", false, &[]).state, State::NotEvaluated);
    }

    #[test]
    fn what_never_succeeded_has_no_good_time() {
        let judged = judged("request GET{event} response p95 < 2s", false, &events());
        assert_eq!((judged.state, judged.figure), (State::Failed, None));
        assert_eq!(judged.reason.as_deref(), Some("none of them succeeded"));
    }

    #[test]
    fn each_label_of_a_pattern_is_judged_for_itself() {
        let judged_each = judged("request PUT{*} service max < 250ms", false, &events());
        let labels: Vec<_> = judged_each.labels.iter().map(|one| (one.label.as_str(), one.state)).collect();
        assert_eq!(labels, [("PUT{event}", State::Failed), ("PUT{update}", State::Passed)]);
        assert_eq!((judged_each.state, judged_each.label), (State::Failed, Some(Label::new("PUT{event}"))));
        // Together they are below it: (0.1 + 0.3 + 0.2) / 3. The other label has no time, and stands first.
        assert_eq!(judged("request PUT{*} service mean < 210ms", false, &events()).state, State::Passed);
        let all = judged("request * service mean < 210ms", false, &events());
        assert_eq!((all.state, all.label), (State::Failed, Some(Label::new("GET{event}"))));
        assert_eq!(all.labels.len(), 3, "auxiliary labels are not among them");
    }

    #[test]
    fn one_that_ended_the_run_has_failed() {
        let threshold =
            Threshold { expression: "request count > 0".parse().unwrap(), required: false, abort: None };
        let stats = statistics(Limits::default(), &events());
        let aborted = Aborted { index: 0, at: Duration::from_secs(7), broken: Duration::from_secs(3) };
        let judged = judge(&[threshold], &stats, Duration::from_secs(7), Some(&aborted)).remove(0);
        assert_eq!((judged.state, judged.aborted_at_s), (State::Failed, Some(7.0)));
        assert_eq!(judged.reason.as_deref(), Some("broken for 3 s, it ended the run after 7 s"));
    }
}
