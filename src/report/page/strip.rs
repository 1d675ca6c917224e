//! The distribution of the times of one label, as a drawing of a line's height.

use serde::Serialize;

use super::axis::{Axis, WIDTH};
use crate::report::Distribution;
use crate::stats::Histogram;

/// The height of a drawing, in its own units.
pub const HEIGHT: f64 = 26.0;

/// How many columns a distribution has.
const COLUMNS: usize = 60;

/// A shape over the scale of its table: the higher, the more of the times lie there.
#[derive(Debug, PartialEq, Serialize)]
pub struct Strip {
    /// The path of the shape.
    pub shape: String,
    /// Where half, 95 and 99 of 100 have come to an end.
    pub p50: String,
    pub p95: String,
    pub p99: String,
}

impl Strip {
    /// None without times.
    pub fn of(times: &Distribution, histogram: &Histogram, axis: &Axis) -> Option<Strip> {
        let mut columns = [0u64; COLUMNS];
        for (micros, count) in histogram.counts() {
            let column = (axis.x(micros as f64 / 1e6) / WIDTH * COLUMNS as f64) as usize;
            columns[column.min(COLUMNS - 1)] += u64::from(count);
        }
        let mark = |seconds: Option<f64>| seconds.map(|seconds| format!("{:.1}", axis.x(seconds)));
        Some(Strip {
            shape: shape(&columns)?,
            p50: mark(times.p50)?,
            p95: mark(times.p95)?,
            p99: mark(times.p99)?,
        })
    }
}

/// Steps along the bottom line, the highest as high as the drawing; None if all are empty.
fn shape(columns: &[u64; COLUMNS]) -> Option<String> {
    let highest = columns.iter().max().copied().filter(|highest| *highest > 0)?;
    let step = WIDTH / COLUMNS as f64;
    let mut path = String::new();
    let mut open = false;
    for (place, count) in columns.iter().enumerate() {
        if *count == 0 {
            if std::mem::take(&mut open) {
                path.push_str(&format!("V{HEIGHT}"));
            }
            continue;
        }
        if !open {
            path.push_str(&format!("M{} {HEIGHT}", place as f64 * step));
            open = true;
        }
        // What is rare is still to be seen.
        let height = (*count as f64 / highest as f64 * (HEIGHT - 4.0)).max(1.0);
        path.push_str(&format!("V{:.1}h{step}", HEIGHT - height));
    }
    if open {
        path.push_str(&format!("V{HEIGHT}"));
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn distribution(millis: &[u64]) -> Distribution {
        let mut histogram = Histogram::default();
        millis.iter().for_each(|ms| histogram.record(Duration::from_millis(*ms)));
        let quantile = |q| histogram.quantile(q).map(|time| time.as_secs_f64());
        Distribution {
            count: histogram.count(),
            mean: None,
            stddev: None,
            p50: quantile(0.5),
            p90: quantile(0.9),
            p95: quantile(0.95),
            p99: quantile(0.99),
            p999: quantile(0.999),
            max: quantile(1.0),
            histogram: histogram.to_base64(),
        }
    }

    fn strip(times: &Distribution, axis: &Axis) -> Option<Strip> {
        Strip::of(times, &Histogram::of_base64(&times.histogram).unwrap(), axis)
    }

    #[test]
    fn the_most_frequent_is_the_highest() {
        let times = distribution(&[10, 10, 10, 10, 1000]);
        let axis = Axis::over([0.001, 10.0].into_iter());
        let strip = strip(&times, &axis).unwrap();
        assert_eq!(strip.shape, "M60 26V4.0h4V26M180 26V20.5h4V26");
        assert_eq!((strip.p50.as_str(), strip.p99.as_str()), ("60.0", "180.0"));
    }

    #[test]
    fn without_times_there_is_nothing_to_draw() {
        let axis = Axis::over(std::iter::empty());
        assert_eq!(strip(&distribution(&[]), &axis), None);
    }
}
