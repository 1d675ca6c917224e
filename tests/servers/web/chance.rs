//! Whether what happened agrees with chance.

/// Whether so many of `all` are what is to be expected where each is one of them with this probability: within three
/// standard deviations of the binomial distribution.
pub fn is_share(count: u64, all: u64, probability: f64) -> bool {
    let (all, count) = (all as f64, count as f64);
    let deviation = (all * probability * (1.0 - probability)).sqrt();
    all > 0.0 && (count - all * probability).abs() <= 3.0 * deviation
}

/// The test of Kolmogorov and Smirnov, at the level of one in a hundred: whether these may have been drawn from the exponential
/// distribution with this mean. Where they may not, the greatest distance and the one that is allowed.
pub fn are_exponential(gaps: &[f64], mean: f64) -> Result<(), (f64, f64)> {
    let mut sorted = gaps.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = sorted.len() as f64;
    let distance = sorted.iter().enumerate().fold(0.0, |most: f64, (place, gap)| {
        let expected = 1.0 - (-gap / mean).exp();
        most.max(expected - place as f64 / all).max((place + 1) as f64 / all - expected)
    });
    let allowed = 1.628 / all.sqrt();
    if sorted.len() >= 20 && distance <= allowed { Ok(()) } else { Err((distance, allowed)) }
}

#[test]
fn what_is_no_chance_is_told() {
    assert!(
        is_share(70, 100, 0.7) && is_share(83, 100, 0.7) && !is_share(84, 100, 0.7) && !is_share(0, 0, 0.7)
    );
    // The values of the exponential distribution at equal steps of probability, and others.
    let drawn: Vec<f64> = (0..50).map(|n| -((50.0 - f64::from(n) - 0.5) / 50.0).ln()).collect();
    assert_eq!(are_exponential(&drawn, 1.0), Ok(()));
    assert!(are_exponential(&drawn, 2.5).is_err() && are_exponential(&[1.0; 50], 1.0).is_err());
    assert!(are_exponential(&drawn[..19], 1.0).is_err());
}
