//! One label in both runs.

use serde::Serialize;

use super::effective::{FEWEST_BLOCKS, Judged, effective};
use super::interval::{Interval, change, difference, percentile, rate};
use super::special::normal_quantile;
use super::{Kind, labels};
use crate::label::Label;
use crate::report::{BlockFigures, Distribution, Figures, PERCENTILES, Results};
use crate::stats::Histogram;

/// With fewer samples than this beyond a percentile it is not worth a share of the error.
const FEWEST_BEYOND: f64 = 5.0;

/// One label in both runs.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    pub kind: Kind,
    pub label: Label,
    /// How many came to an end in A and in B.
    pub counts: [u64; 2],
    /// Percentile to how it changed: as a part of what it was in A.
    pub percentiles: Vec<(&'static str, Change)>,
    /// How the part that failed changed, as a part of all; None where nothing failed.
    pub failures: Option<Change>,
    /// The mean service time of requests in B as a part of that in A.
    pub quality: Option<f64>,
}

/// One figure in both runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Seconds, or the part that failed; None without samples.
    pub a: Option<f64>,
    pub b: Option<f64>,
    /// From A to B; zero is no change.
    pub change: Option<f64>,
    /// What that lies between; None where the samples are too few to say.
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub finding: Finding,
}

/// What is said of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// There may be no difference.
    None,
    /// Too few samples, or too few blocks.
    TooFew,
    Better,
    /// Slower, but perhaps not by more than is allowed.
    Slower,
    /// Slower by more than is allowed, or fails more.
    Worse,
}

impl Compared {
    /// All figures with their names.
    pub fn changes(&self) -> impl Iterator<Item = (&'static str, &Change)> {
        let times = self.percentiles.iter().map(|(name, change)| (*name, change));
        times.chain(self.failures.iter().map(|change| ("failed", change)))
    }

    /// Without what was found of its figures, which stay.
    pub fn unjudged(&mut self) {
        let times = self.percentiles.iter_mut().map(|(_, change)| change);
        for change in times.chain(&mut self.failures).filter(|change| change.finding != Finding::TooFew) {
            change.finding = Finding::None;
        }
        self.quality = None;
    }

    /// Those that at least one run has.
    pub fn shown(&self) -> impl Iterator<Item = (&'static str, &Change)> {
        self.changes().filter(|(_, change)| change.a.is_some() || change.b.is_some())
    }
}

/// The figures of one label in both runs.
pub struct Both<'a> {
    kind: Kind,
    label: Label,
    sides: [&'a Figures; 2],
}

/// All labels that both runs have.
pub fn pairs<'a>(a: &'a Results, b: &'a Results) -> Vec<Both<'a>> {
    let of = |results: &'a Results, kind, label: &Label| match kind {
        Kind::Request => results.requests.get(label),
        Kind::Operation => results.operations.get(label),
    };
    let both = labels(a).filter_map(|(kind, label)| {
        let sides = [of(a, kind, &label)?, of(b, kind, &label).filter(|figures| figures.count > 0)?];
        Some(Both { kind, label, sides })
    });
    both.collect()
}

impl Both<'_> {
    /// How many figures will get an interval.
    pub fn figures(&self) -> usize {
        let percentiles = PERCENTILES.iter().filter(|(name, part)| self.enough(name, *part)).count();
        percentiles + usize::from(self.fails())
    }

    pub fn compare(&self, tail: f64, max_regression: f64) -> Compared {
        let histograms = self.times().map(|times| Histogram::of_base64(&times.histogram).unwrap_or_default());
        let percentiles = PERCENTILES.iter().map(|(name, part)| {
            (*name, self.percentile(name, *part, &histograms, tail).judged(max_regression))
        });
        let [a, b] = self.sides.map(|side| side.service.mean.filter(|mean| *mean > 0.0));
        let ratio = |a: Option<f64>, b: Option<f64>| Some(b? / a?);
        Compared {
            kind: self.kind,
            label: self.label,
            counts: self.sides.map(|side| side.count),
            percentiles: percentiles.collect(),
            failures: self.any_failed().then(|| self.failures(tail).judged(0.0)),
            quality: ratio(a, b).filter(|_| self.kind == Kind::Request),
        }
    }

    /// The times that are compared.
    fn times(&self) -> [&Distribution; 2] {
        self.sides.map(|side| match self.kind {
            Kind::Request => &side.service,
            Kind::Operation => &side.response,
        })
    }

    fn blocks(&self) -> Option<[&BlockFigures; 2]> {
        let [a, b] = self.sides.map(|side| side.blocks.as_ref());
        let both = [a?, b?];
        both.iter().all(|blocks| blocks.succeeded.0.len() >= FEWEST_BLOCKS).then_some(both)
    }

    fn enough(&self, name: &str, part: f64) -> bool {
        let beyond = part.min(1.0 - part);
        let blocks = self.blocks().filter(|both| both.iter().all(|blocks| blocks.within.contains_key(name)));
        blocks.is_some() && self.times().iter().all(|times| times.count as f64 * beyond >= FEWEST_BEYOND)
    }

    fn any_failed(&self) -> bool {
        self.sides.iter().any(|side| side.failed > 0)
    }

    fn fails(&self) -> bool {
        self.any_failed() && self.blocks().is_some()
    }

    fn percentile(&self, name: &str, part: f64, samples: &[Histogram; 2], tail: f64) -> Change {
        let [a, b] = self.times().map(|times| times.percentile(name));
        let known = a.zip(b).zip(self.blocks()).filter(|_| self.enough(name, part));
        let intervals = known.and_then(|((a, b), [in_a, in_b])| {
            let interval = |blocks: &BlockFigures, samples: &Histogram, value| {
                Some(percentile(samples, value, part, worth(blocks, name, tail)?, tail))
            };
            Some((interval(in_a, &samples[0], a)?, interval(in_b, &samples[1], b)?))
        });
        match intervals {
            Some((in_a, in_b)) => Change::of(a, b, change(in_a, in_b)),
            None => {
                let exact = |value| Interval { value, lower: None, upper: None };
                let unknown = a.zip(b).map(|(a, b)| change(exact(a), exact(b)));
                Change { a, b, change: unknown.map(|change| change.value), ..Change::UNKNOWN }
            }
        }
    }

    fn failures(&self, tail: f64) -> Change {
        let [a, b] = self.sides.map(|side| side.failed as f64 / side.count as f64);
        let quantile = normal_quantile(tail);
        let known = self.blocks().and_then(|[in_a, in_b]| {
            Some(difference(rate(failed(in_a, tail)?, quantile), rate(failed(in_b, tail)?, quantile)))
        });
        match known {
            Some(known) => Change::of(Some(a), Some(b), known),
            None => Change { a: Some(a), b: Some(b), change: Some(b - a), ..Change::UNKNOWN },
        }
    }
}

/// As how many independent samples a percentile is known. Where the blocks cannot tell, each counts as one sample.
fn worth(blocks: &BlockFigures, name: &str, tail: f64) -> Option<f64> {
    let (within, all) = (&blocks.within.get(name)?.0, &blocks.succeeded.0);
    let judged = effective(within, all, tail)?;
    let parted = judged.part > 0.0 && judged.part < 1.0;
    Some(if parted { judged.effective } else { judged.effective.min(all.len() as f64) })
}

fn failed(blocks: &BlockFigures, tail: f64) -> Option<Judged> {
    let pairs = blocks.succeeded.0.iter().zip(&blocks.failed.0);
    let all: Vec<u64> = pairs.map(|(ok, failed)| ok.saturating_add(*failed)).collect();
    effective(&blocks.failed.0, &all, tail)
}

impl Change {
    const UNKNOWN: Change =
        Change { a: None, b: None, change: None, lower: None, upper: None, finding: Finding::TooFew };

    fn of(a: Option<f64>, b: Option<f64>, interval: Interval) -> Change {
        let Interval { value, lower, upper } = interval;
        Change { a, b, change: Some(value), lower, upper, finding: Finding::None }
    }

    /// With the finding that the interval allows, where so much more is no failure.
    fn judged(mut self, allowed: f64) -> Change {
        self.finding = match (self.lower, self.upper) {
            (Some(lower), _) if lower > allowed => Finding::Worse,
            (Some(lower), _) if lower > 0.0 => Finding::Slower,
            (_, Some(upper)) if upper < 0.0 => Finding::Better,
            (Some(_), Some(_)) => Finding::None,
            _ => Finding::TooFew,
        };
        self
    }
}
