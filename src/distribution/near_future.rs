//! A time some minutes from now.

use std::rc::Rc;

use chrono::TimeDelta;

use super::decode::Build;
use super::log_normal::LogNormal;
use super::{Distribution, Draw, EventTime, Refusal, Sample, SampleError, SampleKind};
use crate::config::{Entry, Table};

pub const ENTRY: Entry<Build> = Entry {
    name: "NearFuture",
    aliases: &["NearFutureDistribution"],
    help: "A time in UTC some minutes from now: half are within 18 minutes, most likely are 10.",
    params: &[],
    build,
};

/// Now plus whole seconds drawn from LogNormal(7, 0.8): mode 578 s, median 1097 s, mean 1510 s.
#[derive(Clone, Debug)]
pub struct NearFuture {
    ahead: LogNormal,
}

impl NearFuture {
    /// The one there is.
    pub fn new() -> Result<NearFuture, Refusal> {
        Ok(NearFuture { ahead: LogNormal::new(7.0, 0.8)? })
    }
}

fn build(_: &Table<'_>) -> Option<Rc<dyn Distribution>> {
    Some(Rc::new(NearFuture::new().ok()?))
}

impl Distribution for NearFuture {
    fn kind(&self) -> SampleKind {
        SampleKind::When
    }

    fn sample(&self, draw: &Draw) -> Result<Sample, SampleError> {
        let seconds = self.ahead.number(draw) as i64;
        TimeDelta::try_seconds(seconds)
            .and_then(|ahead| draw.now.checked_add_signed(ahead))
            .map(|time| Sample::When(EventTime::Utc(time)))
            .ok_or(SampleError::Year(ENTRY.name))
    }

    fn name(&self) -> &'static str {
        ENTRY.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;

    #[test]
    fn it_lies_ahead_with_the_right_median_and_in_whole_seconds() {
        let near = NearFuture { ahead: LogNormal::new(7.0, 0.8).unwrap() };
        let ahead = (0..20_000).map(|n| match near.sample(&draw(n)).unwrap() {
            Sample::When(time) => (time.utc() - draw(n).now).num_milliseconds() as f64 / 1000.0,
            other => panic!("{other:?}"),
        });
        let ahead = sorted(ahead.collect());
        assert!(ahead.iter().all(|s| *s >= 0.0 && s.fract() == 0.0));
        assert_close(quantile(&ahead, 0.5), 1097.0, 25.0);
        assert_close(mean(&ahead), 1510.0, 40.0);
    }
}
