//! The figure of an expression, from what was counted.

use std::time::Duration;

use super::{Expression, Labels, Measure, Quantile, Span, Subject};
use crate::label::Label;
use crate::stats::{Period, Samples, Tally};

/// What there is to judge.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    Found(f64),
    /// Nothing, and why.
    Nothing(&'static str),
    /// It happened, and never well: whoever asks for a time has none that could be good.
    NeverWell,
}

/// The figure of all labels together, or that of each.
#[derive(Clone, Debug, PartialEq)]
pub enum Figures {
    Whole(Figure),
    Each(Vec<(Label, Figure)>),
}

/// What an expression says of the time of one phase that has lasted `measured` so far.
pub fn figures(expression: &Expression, period: &Period, measured: Duration) -> Figures {
    let of = |tallies: &mut dyn Iterator<Item = &Tally>| figure(expression.measure, tallies, measured);
    let (labels, tallies) = match &expression.subject {
        Subject::Everything => {
            let groups = || period.groups.values();
            let requests = groups().map(|group| &group.requests);
            return Figures::Whole(of(&mut requests.chain(groups().map(|group| &group.operations))));
        }
        Subject::Requests(Labels::Together) => {
            return Figures::Whole(of(&mut period.groups.values().map(|group| &group.requests)));
        }
        Subject::Operations(Labels::Together) => {
            return Figures::Whole(of(&mut period.groups.values().map(|group| &group.operations)));
        }
        Subject::Requests(labels) => (labels, &period.requests),
        Subject::Operations(labels) => (labels, &period.operations),
    };
    match labels {
        Labels::One(label) => Figures::Whole(of(&mut tallies.get(label).into_iter())),
        labels => {
            let matched = tallies.iter().filter(|(label, _)| labels.matches(**label));
            Figures::Each(matched.map(|(label, tally)| (*label, of(&mut std::iter::once(tally)))).collect())
        }
    }
}

fn figure(measure: Measure, tallies: &mut dyn Iterator<Item = &Tally>, measured: Duration) -> Figure {
    let (mut ended, mut failed) = (0_u64, 0_u64);
    let mut samples = Samples::default();
    for tally in tallies {
        ended = ended.saturating_add(tally.count());
        failed = failed.saturating_add(tally.failures());
        match measure {
            Measure::Time(Span::Response, _) => samples.merge(&tally.ok.response),
            Measure::Time(Span::Service, _) => samples.merge(&tally.ok.service),
            Measure::Time(Span::Lag, _) => samples.merge(&tally.lag),
            _ => {}
        }
    }
    match measure {
        Measure::Time(Span::Lag, quantile) => {
            let nothing = if ended > 0 { "none of them began at a planned time" } else { NONE };
            time(&samples, quantile).map_or(Figure::Nothing(nothing), Figure::Found)
        }
        _ if ended == 0 => Figure::Nothing(NONE),
        Measure::Time(_, quantile) => time(&samples, quantile).map_or(Figure::NeverWell, Figure::Found),
        Measure::FailedPercent => Figure::Found(failed as f64 * 100.0 / ended as f64),
        Measure::FailedCount => Figure::Found(failed as f64),
        Measure::Count => Figure::Found(ended as f64),
        Measure::Rate if measured.is_zero() => Figure::Nothing("no time was measured"),
        Measure::Rate => Figure::Found(ended as f64 / measured.as_secs_f64()),
    }
}

const NONE: &str = "none came to an end in the measured phase";

/// Seconds.
fn time(samples: &Samples, quantile: Quantile) -> Option<f64> {
    let time = match quantile {
        Quantile::Mean => return samples.mean(),
        Quantile::Max => Some(samples.max()).filter(|_| samples.count() > 0),
        // As in the report.
        Quantile::Percentile(50.0) => samples.median(),
        Quantile::Percentile(percent) => samples.quantile(percent / 100.0),
    };
    time.map(|time| time.as_secs_f64())
}
