//! The logarithm of the value follows the bell curve: most are small, a few are very large.

use std::rc::Rc;

use rand_distr::Distribution as _;

use super::decode::{self, Build};
use super::special::normal_cdf;
use super::{Distribution, Draw, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Param, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "LogNormal",
    aliases: &["LogNormalDistribution"],
    help: "The log-normal distribution, from mu and sigma, or from mode and one of median and mean.",
    params: &[
        Param { name: "mu", default: "none", help: "the mean of the logarithm; with sigma" },
        Param { name: "sigma", default: "none", help: "the standard deviation of the logarithm; with mu" },
        Param { name: "mode", default: "none", help: "the most likely value; with median or mean" },
        Param {
            name: "median",
            default: "none",
            help: "half of the values are below it; not below the mode",
        },
        Param { name: "mean", default: "none", help: "the average; not below the mode" },
        Param {
            name: "maximum",
            default: "none",
            help: "a greater value is drawn again, up to 10 times, and then becomes the maximum",
        },
    ],
    build,
};

/// exp(Normal(mu, sigma)), with an optional maximum.
#[derive(Clone, Debug)]
pub struct LogNormal {
    mu: f64,
    sigma: f64,
    curve: rand_distr::LogNormal<f64>,
    maximum: Option<f64>,
}

/// How often a value above the maximum is drawn again, as in the ancestor (spec 4.1).
const REDRAWS: i32 = 10;

impl LogNormal {
    /// From the mean and the standard deviation of the logarithm.
    pub fn new(mu: f64, sigma: f64) -> Result<LogNormal, Refusal> {
        Refusal::unless_finite("mu", mu)?;
        if Refusal::unless_finite("sigma", sigma)? < 0.0 {
            return Err(Refusal::new("sigma", format!("{sigma} is below 0")));
        }
        let curve =
            rand_distr::LogNormal::new(mu, sigma).map_err(|e| Refusal::new("sigma", e.to_string()))?;
        Ok(LogNormal { mu, sigma, curve, maximum: None })
    }

    /// The one with this mode and median: mode = exp(mu - sigma^2), median = exp(mu).
    pub fn with_median(mode: f64, median: f64) -> Result<LogNormal, Refusal> {
        let ln_ratio = ln_ratio(mode, "median", median)?;
        LogNormal::new(mode.ln() + ln_ratio, ln_ratio.sqrt())
    }

    /// The one with this mode and mean: mean = exp(mu + sigma^2 / 2), so that mean / mode =
    /// exp(3/2 sigma^2). (The ancestor takes the formula of the median here, which makes the mean
    /// mode * ratio^1.5: spec 4.1.)
    pub fn with_mean(mode: f64, mean: f64) -> Result<LogNormal, Refusal> {
        let variance = ln_ratio(mode, "mean", mean)? * 2.0 / 3.0;
        LogNormal::new(mode.ln() + variance, variance.sqrt())
    }

    /// The same, with every value at most `maximum`. In the ancestor a value that is too large
    /// eleven times is an error that silently ends the habit that asked for it; here it becomes
    /// the maximum.
    pub fn with_maximum(self, maximum: f64) -> Result<LogNormal, Refusal> {
        let maximum = Some(Refusal::unless_positive("maximum", maximum)?);
        Ok(LogNormal { maximum, ..self })
    }

    /// The value that `draw` gives.
    pub fn number(&self, draw: &Draw) -> f64 {
        let mut rng = draw.rng();
        let Some(maximum) = self.maximum else { return self.curve.sample(&mut rng) };
        (0..=REDRAWS).map(|_| self.curve.sample(&mut rng)).find(|value| *value <= maximum).unwrap_or(maximum)
    }

    /// The probability that a curve whose logarithm has the mean `mu` lies below `limit`.
    fn below(&self, mu: f64, limit: f64) -> f64 {
        match self.sigma {
            0.0 => f64::from(u8::from(mu <= limit.ln())),
            sigma => normal_cdf((limit.ln() - mu) / sigma),
        }
    }

    /// The share of draws that become the maximum after all redraws.
    fn clamped(&self) -> f64 {
        self.maximum.map_or(0.0, |maximum| (1.0 - self.below(self.mu, maximum)).powi(REDRAWS + 1))
    }
}

/// ln(value / mode), which is not below 0.
fn ln_ratio(mode: f64, param: &'static str, value: f64) -> Result<f64, Refusal> {
    Refusal::unless_positive("mode", mode)?;
    Refusal::unless_positive(param, value)?;
    if value < mode {
        let why =
            format!("the {param} ({value}) of a log-normal distribution is never below its mode ({mode})");
        return Err(Refusal::new(param, why));
    }
    Ok((value / mode).ln())
}

/// Which of the three forms the parameters mean; `median` wins over `mean` (spec 4.1).
fn from_parameters([mu, sigma, mode, median, mean]: [Option<f64>; 5]) -> Result<LogNormal, Refusal> {
    match (mu, sigma, mode, median, mean) {
        (Some(mu), Some(sigma), ..) => LogNormal::new(mu, sigma),
        (Some(_), None, ..) => {
            Err(Refusal::new("mu", "mu and sigma must both be given, or neither; sigma is missing"))
        }
        (None, Some(_), ..) => {
            Err(Refusal::new("sigma", "mu and sigma must both be given, or neither; mu is missing"))
        }
        (.., None, _, _) => {
            Err(Refusal::new("mode", "without mu and sigma, mode and one of median and mean are needed"))
        }
        (.., Some(mode), Some(median), _) => LogNormal::with_median(mode, median),
        (.., Some(mode), None, Some(mean)) => LogNormal::with_mean(mode, mean),
        (.., Some(_), None, None) => Err(Refusal::new("mode", "with mode, one of median and mean is needed")),
    }
}

fn build(params: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    const FORMS: [&str; 5] = ["mu", "sigma", "mode", "median", "mean"];
    let given = FORMS.map(|name| params.optional(name));
    let maximum = params.optional("maximum");
    // One that is there but broken has been reported; it is not to be called missing as well.
    if FORMS.iter().zip(given).any(|(name, value)| params.has(name) && value.is_none()) {
        return None;
    }
    let made = from_parameters(given).and_then(|made| match maximum {
        Some(maximum) => made.with_maximum(maximum),
        None => Ok(made),
    });
    if let Ok(made) = &made {
        warn(params, &given, made);
    }
    decode::made(params, made)
}

/// Says which parameters have no effect, and whether the maximum shapes the values too much.
fn warn(params: &Table<'_>, given: &[Option<f64>; 5], made: &LogNormal) {
    let ignored: &[&str] = if given[0].is_some() {
        &["mode", "median", "mean"]
    } else if given[3].is_some() {
        &["mean"]
    } else {
        &[]
    };
    for name in ignored {
        if let Some(at) = params.key_at(name) {
            params.diags().warning(&at, format!("{name} has no effect beside the other parameters"));
        }
    }
    if let (true, Some(at)) = (made.clamped() > 0.01, params.key_at("maximum")) {
        let percent = made.clamped() * 100.0;
        params.diags().warning(&at, format!("{percent:.0} % of the values will be the maximum itself"));
    }
}

impl Distribution for LogNormal {
    fn kind(&self) -> SampleKind {
        SampleKind::Number
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        Ok(Sample::Number(self.number(draw)))
    }

    fn mean(&self) -> Option<f64> {
        let variance = self.sigma * self.sigma;
        let whole = (self.mu + variance / 2.0).exp();
        let Some(maximum) = self.maximum else { return Some(whole) };
        let inside = self.below(self.mu, maximum);
        if inside == 0.0 {
            return Some(maximum);
        }
        let mean_inside = whole * self.below(self.mu + variance, maximum) / inside;
        Some(mean_inside * (1.0 - self.clamped()) + maximum * self.clamped())
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    /// Spec 13, test_stats 1.
    #[test]
    fn the_three_forms_give_samples_between_0_and_1000() {
        for made in
            [LogNormal::new(1.0, 1.0), LogNormal::with_median(1.0, 2.0), LogNormal::with_mean(1.0, 2.0)]
        {
            let samples = numbers(&made.unwrap(), 100);
            assert!(samples.iter().all(|s| (0.0..=1000.0).contains(s)), "{samples:?}");
        }
    }

    /// Spec 13, test_stats 2.
    #[test]
    fn one_parameter_alone_is_refused() {
        for only in 0..5 {
            let mut given = [None; 5];
            given[only] = Some(1.0);
            assert!(from_parameters(given).is_err(), "parameter {only}");
        }
    }

    /// In the ancestor this one has the mean 14.7 and the median 6 (spec 4.1 [run]).
    #[test]
    fn the_mean_form_has_that_mean() {
        let made = LogNormal::with_mean(1.0, 6.0).unwrap();
        assert_close(made.mean().unwrap(), 6.0, 1e-9);
        assert_close(mean(&numbers(&made, 100_000)), 6.0, 0.15);
        assert_close((made.mu - made.sigma * made.sigma).exp(), 1.0, 1e-9);
    }

    /// In the 2013 state mode 6 and median 8 is the constant 6 (whole-number division).
    #[test]
    fn the_median_form_has_that_median() {
        for (mode, median) in [(6.0, 8.0), (450.0, 650.0), (300.0, 1800.0)] {
            let made = LogNormal::with_median(mode, median).unwrap();
            let samples = sorted(numbers(&made, 20_000));
            assert_close(quantile(&samples, 0.5) / median, 1.0, 0.04);
            assert_close((made.mu - made.sigma * made.sigma).exp(), mode, 1e-6);
        }
        let shipped = LogNormal::with_median(1.0, 6.0).unwrap();
        assert_close(shipped.mu, 1.791_759, 1e-6);
        assert_close(shipped.sigma, 1.338_566, 1e-6);
    }

    #[test]
    fn a_median_or_mean_below_the_mode_is_refused_at_that_parameter() {
        assert_eq!(LogNormal::with_median(2.0, 1.0).unwrap_err().param, "median");
        assert_eq!(LogNormal::with_mean(2.0, 1.0).unwrap_err().param, "mean");
        assert_eq!(LogNormal::with_mean(0.0, 1.0).unwrap_err().param, "mode");
        assert_eq!(number_at(&LogNormal::with_median(2.0, 2.0).unwrap(), 0), 2.0);
    }

    #[test]
    fn the_median_wins_over_the_mean() {
        let made = from_parameters([None, None, Some(1.0), Some(6.0), Some(7.0)]).unwrap();
        assert_close(made.mu.exp(), 6.0, 1e-9);
    }

    /// The ancestor raises an error after ten redraws, which ends the habit.
    #[test]
    fn a_maximum_is_never_exceeded_and_never_an_error() {
        let made = LogNormal::with_median(1.0, 6.0).unwrap().with_maximum(60.0).unwrap();
        let samples = numbers(&made, 50_000);
        assert!(samples.iter().all(|s| *s <= 60.0));
        assert_eq!(samples.iter().filter(|s| **s == 60.0).count(), 0, "redrawn, not cut");
        assert_close(mean(&samples), made.mean().unwrap(), 0.15);
        let tight = LogNormal::new(5.0, 0.5).unwrap().with_maximum(1.0).unwrap();
        assert_eq!(numbers(&tight, 50), vec![1.0; 50]);
        assert_close(tight.mean().unwrap(), 1.0, 1e-6);
        let half = LogNormal::new(1.0, 1.0).unwrap().with_maximum(1.2).unwrap();
        assert_close(mean(&numbers(&half, 50_000)), half.mean().unwrap(), 0.01);
    }

    proptest::proptest! {
        #[test]
        fn samples_stay_in_range(mode in 0.1f64..1e4, ratio in 1.0f64..100.0, maximum in 0.1f64..1e6, n: u64) {
            let made = LogNormal::with_mean(mode, mode * ratio).unwrap().with_maximum(maximum).unwrap();
            let sample = number_at(&made, n);
            proptest::prop_assert!(sample > 0.0 && sample <= maximum);
        }
    }
}
