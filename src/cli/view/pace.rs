//! How fast a rehearsal goes on.

use std::time::Duration;

/// After so many seconds of the machine's clock what was before counts a third of what it did: few enough to follow a
/// rehearsal that slows down as its users come, many enough for a figure that can be read.
const MEMORY: f64 = 3.0;

/// The virtual seconds that a second of the machine's clock has brought of late. The mean since the beginning would
/// promise an end too soon wherever a rehearsal slows down.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// When it looked last: virtual time, and the machine's.
    last: Option<(Duration, Duration)>,
    /// Both since the beginning, where what is longer ago counts less.
    sums: (f64, f64),
}

impl Pace {
    /// Looks again, `elapsed` in virtual time and `real` by the machine's clock; None as long as there is nothing to
    /// judge by.
    pub fn look(&mut self, elapsed: Duration, real: Duration) -> Option<f64> {
        if let Some((before, real_before)) = self.last.replace((elapsed, real)) {
            let gone = real.saturating_sub(real_before).as_secs_f64();
            let kept = (-gone / MEMORY).exp();
            self.sums.0 = self.sums.0 * kept + elapsed.saturating_sub(before).as_secs_f64();
            self.sums.1 = self.sums.1 * kept + gone;
        }
        (self.sums.0 > 0.0 && self.sums.1 > 0.0).then(|| self.sums.0 / self.sums.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks five times a second at what goes on so fast, and gives the last pace and the greatest change from one to the next.
    fn looked(pace: &mut Pace, seconds: u64, speeds: impl Fn(u64) -> f64) -> (f64, f64) {
        let (mut elapsed, mut real) = pace.last.unwrap_or_default();
        let mut seen: Vec<f64> = pace.look(elapsed, real).into_iter().collect();
        for n in 0..seconds * 5 {
            real += Duration::from_millis(200);
            elapsed += Duration::from_secs_f64(speeds(n) / 5.0);
            seen.extend(pace.look(elapsed, real));
        }
        let jumps = seen.windows(2).map(|two| (two[1] / two[0]).ln().abs());
        (*seen.last().unwrap(), jumps.fold(0.0, f64::max))
    }

    #[test]
    fn it_is_that_of_the_last_seconds() {
        let mut pace = Pace::default();
        assert_eq!(pace.look(Duration::ZERO, Duration::from_millis(40)), None, "it has just begun");
        let (fast, _) = looked(&mut pace, 10, |_| 1000.0);
        assert!((fast - 1000.0).abs() < 1.0, "{fast}");
        // The mean of both stretches would be 400.
        let (slow, _) = looked(&mut pace, 20, |_| 100.0);
        assert!((100.0..105.0).contains(&slow), "{slow}");
    }

    #[test]
    fn it_does_not_jump() {
        let mut pace = Pace::default();
        looked(&mut pace, 10, |_| 300.0);
        let (after, jump) = looked(&mut pace, 20, |n| if n % 2 == 0 { 100.0 } else { 500.0 });
        assert!((250.0..350.0).contains(&after) && jump < 0.1, "{after} {jump}");
    }
}
