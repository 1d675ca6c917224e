//! A look at the durations while a run goes on (spec 7.7).

use std::collections::VecDeque;

use super::kind::{Kind, Kinds, Needs};
use super::{Observer, Output, Stage};
use crate::config::{Param, Table};
use crate::event::{Event, What};

/// Prints mean, median, standard deviation and median deviation of the last 200 durations of all
/// requests, first when there are as many, then after every further hundred.
#[derive(Default)]
pub struct SimpleStatistics {
    last: VecDeque<f64>,
    until: usize,
    output: Option<Output>,
}

/// There are no parameters.
pub const PARAMS: &[Param] = &[];

const WINDOW: usize = 200;
const STEP: usize = 100;

/// Makes one.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    params.finish();
    Some(Box::new(SimpleStatistics { until: WINDOW, ..SimpleStatistics::default() }))
}

impl Observer for SimpleStatistics {
    fn name(&self) -> &'static str {
        "SimpleStatistics"
    }

    fn needs(&self) -> Needs {
        Needs { events: Kinds::NONE.with(Kind::Response), bodies: false }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.output = Some(stage.output.clone());
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        let What::Response(response) = &event.what else { return };
        self.last.push_back(response.service().as_secs_f64());
        if self.last.len() > WINDOW {
            self.last.pop_front();
        }
        self.until -= 1;
        if self.until == 0 {
            self.until = STEP;
            let text = describe(self.last.make_contiguous());
            if let Some(output) = &self.output {
                output.line(text);
            }
        }
    }
}

fn describe(all: &[f64]) -> String {
    let count = all.len() as f64;
    let mean = all.iter().sum::<f64>() / count;
    let variance = all.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let middle = median(all.to_vec());
    let deviation = median(all.iter().map(|value| (value - middle).abs()).collect());
    let stddev = variance.sqrt();
    format!("mean: {mean:.4}\nmedian: {middle:.4}\nstddev: {stddev:.4}\nmad: {deviation:.4}")
}

/// The upper median.
fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observer::test::live;
    use crate::stats::test::{measured, response, who};

    #[test]
    fn it_speaks_at_200_and_then_at_every_100() {
        let mut events: Vec<Event> =
            (0..200).map(|n| response(0, "GET", f64::from(n % 4), n % 2 == 0)).collect();
        let failure = What::ClientFailure { who: who(0), reason: "boom".into() };
        events.push(measured(Duration::ZERO, failure));
        let first = live("SimpleStatistics", "", &events);
        assert_eq!(first, "mean: 1.5000\nmedian: 2.0000\nstddev: 1.1180\nmad: 1.0000\n");
        events.extend((0..199).map(|_| response(0, "GET", 7.0, true)));
        let text = live("SimpleStatistics", "", &events);
        assert_eq!(text.matches("mean").count(), 2);
        assert!(text.contains("median: 7.0000"));
    }
}
