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
