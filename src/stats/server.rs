//! What servers say of themselves.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Texts;
use crate::event::{Figures, Phase, Said, ServerFigures, Unit};

/// What is known of one server from its own figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Server {
    /// The last figures of a statistics socket.
    pub figures: Option<Reading>,
    /// How often figures could not be had, and why.
    pub failures: Texts,
    /// The figures of any other monitor, by name.
    pub gauges: BTreeMap<Rc<str>, Gauge>,
}

/// Figures of a pod, and when they came, since the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub at: Duration,
    pub figures: ServerFigures,
}

/// One figure over the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gauge {
    pub unit: Unit,
    /// When it was read last in whichever phase, since the start of the run, and what it was.
    pub last: (Duration, f64),
    /// How often it was read in the measured phase, its least and its greatest.
    pub samples: u64,
    pub least: f64,
    pub greatest: f64,
    /// The time that these cover, seconds, and the sum of values times their time.
    covered: f64,
    sum: f64,
}

impl Server {
    pub(super) fn take(&mut self, at: Duration, phase: Phase, said: &Said) {
        match said {
            Said::Load(figures) => self.keep(Reading { at, figures: *figures }),
            Said::Nothing(reason) => self.failures.add(reason, 1),
            Said::Figures(figures) => self.read(at, phase, figures),
        }
    }

    fn read(&mut self, at: Duration, phase: Phase, read: &Figures) {
        // What was read for the first time covers no time, and yet it is something.
        let covers = at.saturating_sub(read.since).as_secs_f64().max(1e-3);
        for figure in &read.figures {
            let gauge = self.gauges.entry(figure.name.clone()).or_default();
            gauge.merge(&Gauge {
                unit: figure.unit,
                last: (at, figure.value),
                samples: u64::from(phase == Phase::Measured),
                least: figure.value,
                greatest: figure.value,
                covered: covers,
                sum: figure.value * covers,
            });
        }
    }

    pub(super) fn merge(&mut self, other: &Server) {
        self.failures.merge(&other.failures);
        if let Some(theirs) = other.figures {
            self.keep(theirs);
        }
        for (name, theirs) in &other.gauges {
            self.gauges.entry(name.clone()).or_default().merge(theirs);
        }
    }

    fn keep(&mut self, new: Reading) {
        self.figures = Some(self.figures.map_or(new, |old| old.later(new)));
    }
}

impl Reading {
    /// The later of two; of two at one moment the busier, so that the order does not matter.
    pub(super) fn later(self, other: Reading) -> Reading {
        let rank = |reading: &Reading| (reading.at, reading.figures.requests_per_s.to_bits());
        if rank(&other) > rank(&self) { other } else { self }
    }
}

impl Gauge {
    /// The mean over the time in the measured phase; None: it was not read in it.
    pub fn mean(&self) -> Option<f64> {
        // Rounding leads nowhere beyond what was read.
        (self.samples > 0).then(|| (self.sum / self.covered).max(self.least).min(self.greatest))
    }

    fn merge(&mut self, other: &Gauge) {
        if other.last.0 >= self.last.0 {
            (self.unit, self.last) = (other.unit, other.last);
        }
        match (self.samples, other.samples) {
            (_, 0) => {}
            (0, _) => *self = Gauge { unit: self.unit, last: self.last, ..other.clone() },
            _ => {
                self.samples += other.samples;
                self.least = self.least.min(other.least);
                self.greatest = self.greatest.max(other.greatest);
                self.covered += other.covered;
                self.sum += other.sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Figure;

    fn said(since: u64, value: f64) -> Said {
        let figures = vec![Figure { name: "cpu".into(), unit: Unit::Percent, value }];
        Said::Figures(Figures { since: Duration::from_secs(since), figures })
    }

    #[test]
    fn means_are_those_of_the_measured_phase_and_weighed_by_time() {
        let (mut warm, mut rest) = (Server::default(), Server::default());
        let at = Duration::from_secs;
        warm.take(at(10), Phase::Warmup, &said(0, 90.0));
        assert_eq!((warm.gauges["cpu"].mean(), warm.gauges["cpu"].last.1), (None, 90.0));
        warm.take(at(20), Phase::Measured, &said(10, 20.0));
        rest.take(at(25), Phase::Measured, &said(20, 50.0));
        rest.take(at(35), Phase::Cooldown, &said(25, 1.0));
        warm.merge(&rest);
        let cpu = &warm.gauges["cpu"];
        assert_eq!((cpu.samples, cpu.least, cpu.greatest), (2, 20.0, 50.0));
        assert_eq!((cpu.mean(), cpu.last, cpu.unit), (Some(30.0), (at(35), 1.0), Unit::Percent));
    }
}
