//! How fast it should be: the quality of service.

use std::collections::BTreeMap;

use super::thresholds::read_named;
use crate::config::{Table, Value};
use crate::label::Label;
use crate::stats::{Tally, is_auxiliary};

/// Mean durations that are considered good, by label (spec 7.9).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Benchmarks(BTreeMap<Label, Benchmark>);

#[derive(Clone, Copy, Debug, PartialEq)]
struct Benchmark {
    /// Seconds.
    mean: f64,
    /// How much a difference counts.
    weight: f64,
}

impl Benchmarks {
    /// From the parameter `benchmarksPath`; none without it.
    pub fn from_params(params: &Table) -> Option<Benchmarks> {
        match params.optional::<String>("benchmarksPath") {
            Some(path) => Benchmarks::decode(&read_named(&path, params, "benchmarksPath")?, params),
            None if params.has("benchmarksPath") => None,
            None => Some(Benchmarks::default()),
        }
    }

    fn decode(value: &Value, params: &Table) -> Option<Benchmarks> {
        let diags = params.diags();
        let table = Table::new(value, diags, "the benchmarks")?;
        let mut all = BTreeMap::new();
        let mut sound = true;
        for pair in table.pairs() {
            let row = Table::new(&pair.value, diags, "the benchmark").and_then(|row| {
                let (mean, weight) = (row.required("mean"), row.required("weight"));
                row.finish();
                Some(Benchmark { mean: mean?, weight: weight? })
            });
            let label = Label::canonical(&pair.key);
            match row {
                None => sound = false,
                Some(row) if row.mean <= 0.0 => {
                    diags.error(&pair.value.at, "the mean of a benchmark must be above zero");
                    sound = false;
                }
                Some(row) if pair.key == label.as_str() => drop(all.insert(label, row)),
                Some(row) => drop(all.entry(label).or_insert(row)),
            }
        }
        sound.then_some(Benchmarks(all))
    }

    /// The quality of one label: 1 as the benchmark, less is faster. None without a benchmark, or
    /// without a success.
    pub fn quality(&self, label: Label, tally: &Tally) -> Option<f64> {
        let benchmark = self.0.get(&label).filter(|_| !is_auxiliary(label))?;
        let mean = tally.ok.service.mean()?;
        Some((mean / benchmark.mean - 1.0) * benchmark.weight + 1.0)
    }

    /// Whether there is a benchmark for this label.
    pub fn knows(&self, label: Label) -> bool {
        self.0.contains_key(&label)
    }

    /// The plain average over all labels that have a quality; None without any.
    pub fn overall(&self, tallies: &BTreeMap<Label, Tally>) -> Option<f64> {
        let all: Vec<f64> = tallies.iter().filter_map(|(label, tally)| self.quality(*label, tally)).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    }
}
