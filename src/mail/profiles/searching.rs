//! When a mailbox is searched: at moments drawn over the whole run, so many in 8 hours (row 38).

use std::time::Duration;

use crate::random::{Stream, unit};

/// A day of work.
const DAY: Duration = Duration::from_secs(8 * 3600);

/// The most searches that are made up for at once.
const MOST: usize = 100;

/// How many searches fall into the time after `from` up to `to`, since the start of the run. What hangs on chance is the
/// moments alone: of a whole number a day, all fall into each day. Part of a number is the chance of one more.
pub fn between(rate: f64, from: Duration, to: Duration, stream: Stream) -> usize {
    let seconds = DAY.as_secs();
    let mut count = 0;
    for day in from.as_secs() / seconds..=to.as_secs() / seconds {
        let draws = stream.sub(day);
        let all = rate.floor() as u64 + u64::from(unit(&mut draws.at(0)) < rate.fract());
        for n in 0..all {
            let moment = DAY.mul_f64(day as f64 + unit(&mut draws.at(n + 1)));
            count += usize::from(moment > from && moment <= to);
            if count == MOST {
                return count;
            }
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn a_day_has_its_searches_and_half_an_hour_few() {
        let secs = Duration::from_secs;
        let mut few = 0;
        for client in 0..200 {
            let stream = Seed(3).stream(client, client, "search");
            assert_eq!(between(12.0, Duration::ZERO, DAY, stream), 12);
            assert_eq!(between(12.0, Duration::ZERO, DAY * 2, stream), 24);
            let steps = (0..480).map(|n| between(12.0, secs(n * 60), secs((n + 1) * 60), stream));
            assert_eq!(steps.sum::<usize>(), 12, "none is lost between two looks, none comes twice");
            few += between(12.0, Duration::ZERO, secs(1800), stream);
        }
        // 12 a day for 200 clients are 150 in half an hour.
        assert!((110..190).contains(&few), "{few}");
        let stream = Seed(3).stream(0, 0, "search");
        assert_eq!(between(0.0, Duration::ZERO, DAY, stream), 0);
        assert_eq!(between(1e6, Duration::ZERO, DAY, stream), MOST);
    }
}
