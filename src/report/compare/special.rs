//! The functions of probability that intervals need.

use crate::distribution::ln_gamma;

/// The regularised incomplete beta function: the probability that a draw of Beta(a, b) is at most `x`; both above zero
/// (continued fraction, DLMF 8.17.22, by the method of Lentz).
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    // The fraction converges quickly on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf(b, a, 1.0 - x);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    front.exp() / a / fraction(a, b, x)
}

/// The fraction's value is what the front is divided by.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const MOST_TERMS: u32 = 100_000;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for term in 1..=MOST_TERMS {
        let m = f64::from(term / 2);
        let numerator = match term % 2 {
            1 => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
            _ => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
        };
        d = 1.0 / kept(1.0 + numerator * d);
        c = kept(1.0 + numerator / c);
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-13 {
            break;
        }
    }
    value
}

/// Of `n` tries that succeed with `p` each, the number of successes that is not exceeded with probability `tail`, on
/// the line between the whole numbers (by the beta distribution); None when even none at all is likelier than that.
pub fn binomial_quantile(n: f64, p: f64, tail: f64) -> Option<f64> {
    let at_most = |k: f64| beta_cdf(n - k, k + 1.0, 1.0 - p);
    if at_most(0.0) > tail {
        return None;
    }
    Some(rising(0.0, n * p, |k| at_most(k) - tail))
}

/// What a standard normal draw exceeds with probability `tail`, below a half.
pub fn normal_quantile(tail: f64) -> f64 {
    // As many degrees of freedom as make no difference.
    student_quantile(tail, 1e6)
}

/// What a draw of Student's t with so many degrees of freedom exceeds with probability `tail`, below a half.
pub fn student_quantile(tail: f64, freedom: f64) -> f64 {
    let above = |t: f64| 0.5 * beta_cdf(freedom / 2.0, 0.5, freedom / (freedom + t * t));
    // On a scale of powers, as few degrees of freedom have very long tails.
    rising(0.0, 40.0, |power: f64| tail - above(power.exp_m1())).exp_m1()
}

/// Where a function that rises from below zero to above it passes zero.
fn rising(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if function(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-4, "{found} is not {expected}");
    }

    #[test]
    fn quantiles_meet_the_tables() {
        near(normal_quantile(0.025), 1.959_964);
        near(normal_quantile(1e-4), 3.719_016);
        near(student_quantile(0.025, 10.0), 2.228_139);
        near(student_quantile(0.0005, 30.0), 3.645_959);
        near(student_quantile(0.005, 1.0), 63.656_741);
    }

    #[test]
    fn the_beta_distribution_is_that_of_counts() {
        // At most 2 of 10 with 0.3 each: summed by hand.
        near(beta_cdf(8.0, 3.0, 0.7), 0.382_783);
        near(beta_cdf(0.5, 0.5, 0.25), 1.0 / 3.0);
        near(beta_cdf(5e5, 5e5, 0.5), 0.5);
    }

    #[test]
    fn few_tries_bound_nothing() {
        // 0.99 to the power of 300 is 0.049.
        assert_eq!(binomial_quantile(300.0, 0.01, 0.04), None);
        assert!(binomial_quantile(300.0, 0.01, 0.06).is_some());
        // At most 2 of 10 with 0.3: see above.
        near(binomial_quantile(10.0, 0.3, 0.382_783).unwrap(), 2.0);
    }
}
