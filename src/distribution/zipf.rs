//! Ranks: the first is the most popular, the second half as popular, and so on.

use std::rc::Rc;

use super::curve::Curve;
use super::decode::{self, Build};
use super::{Distribution, Refusal};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "Zipf",
    aliases: &["ZipfDistribution"],
    help: "Ranks from 1 to n, where rank k has a weight of 1 / k^s.",
    params: &[
        Param { name: "n", default: "", help: "the last rank, from 1 to 2^52" },
        Param { name: "s", default: "1", help: "0 makes all ranks equal, more makes the first more popular" },
    ],
    build,
};

/// Ranks from 1 to `n` with the exponent `s`.
pub fn new(n: u64, s: f64) -> Result<Curve<rand_distr::Zipf<f64>>, Refusal> {
    if !(1..=1 << 52).contains(&n) {
        return Err(Refusal::new("n", format!("{n} is not from 1 to 2^52")));
    }
    if Refusal::unless_finite("s", s)? < 0.0 {
        return Err(Refusal::new("s", format!("{s} is below 0")));
    }
    let n = n as f64;
    let law = rand_distr::Zipf::new(n, s).map_err(|e| Refusal::new("s", e.to_string()))?;
    Ok(Curve::new(ENTRY.name, law, harmonic(n, s - 1.0) / harmonic(n, s)))
}

/// The sum of 1 / k^s for k from 1 to n: term by term up to 1000, the rest by the formula of
/// Euler and Maclaurin.
fn harmonic(n: f64, s: f64) -> f64 {
    let exact = n.min(1000.0);
    let start: f64 = (1..=exact as u32).map(|k| f64::from(k).powf(-s)).sum();
    if n == exact {
        return start;
    }
    let integral = if (s - 1.0).abs() < 1e-9 {
        (n / exact).ln()
    } else {
        (n.powf(1.0 - s) - exact.powf(1.0 - s)) / (1.0 - s)
    };
    start + integral + (n.powf(-s) - exact.powf(-s)) / 2.0
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    let n = params.required("n");
    let s = params.or("s", 1.0);
    decode::made(params, new(n?, s))
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn the_first_rank_has_its_share() {
        let zipf = new(10, 1.0).unwrap();
        let sum = 7381.0 / 2520.0;
        assert_mean(&zipf, 10.0 / sum, 0.08);
        let samples = numbers(&zipf, 20_000);
        assert!(samples.iter().all(|s| (1.0..=10.0).contains(s) && s.fract() == 0.0));
        let first = samples.iter().filter(|s| **s == 1.0).count() as f64 / 20_000.0;
        assert_close(first, 1.0 / sum, 0.01);
        assert_eq!(numbers(&new(1, 2.0).unwrap(), 3), [1.0; 3]);
        assert_eq!(new(0, 1.0).unwrap_err().param, "n");
        assert_eq!(new(5, -1.0).unwrap_err().param, "s");
    }

    #[test]
    fn the_mean_of_many_ranks_is_exact_too() {
        for s in [0.0, 0.5, 1.0, 1.2, 2.0] {
            let direct: f64 = (1..=50_000u32).map(|k| f64::from(k).powf(-s)).sum();
            assert_close(harmonic(50_000.0, s) / direct, 1.0, 1e-8);
        }
    }
}
