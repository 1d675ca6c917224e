//! Users who came later than was due, as it stands in the results file and is told.

use serde::{Deserialize, Serialize};

use super::Distribution;
use crate::stats::{Delays, Samples};

/// The users of the whole run who did not come when they were due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DelayFigures {
    /// How much later than they were due, or there was room for them, users came, of those who came 1 ms late or more: the
    /// lag of the generator. Absent if all came when they were due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag: Option<Distribution>,
    /// How long users waited for room, as `maxUsers` let no more in at one time, of those who waited: until they came, or
    /// until the end. It is in no other time. Absent if nobody waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited: Option<Distribution>,
    /// How many of these were still waiting when the run ended, and never came: they are not among `users`.
    pub never_came: u64,
}

impl From<&Delays> for DelayFigures {
    fn from(delays: &Delays) -> DelayFigures {
        let any = |samples: &Samples| (samples.count() > 0).then(|| samples.into());
        DelayFigures { lag: any(&delays.lag), waited: any(&delays.waited), never_came: delays.never_came }
    }
}

impl DelayFigures {
    /// How many came late and by how much, with times as `time` writes seconds; None if nobody did.
    pub fn late(&self, time: impl Fn(f64) -> String) -> Option<String> {
        let (count, times) = told(self.lag.as_ref()?, time)?;
        Some(format!("{} late, as the generator was: {times}", users(count, "came")))
    }

    /// How many waited for room and how long; None if nobody did.
    pub fn waiting(&self, time: impl Fn(f64) -> String) -> Option<String> {
        let (count, times) = told(self.waited.as_ref()?, time)?;
        let waited = users(count, "waited");
        let never_came = match self.never_came {
            0 => String::new(),
            n => format!("; {n} of them still waited at the end, and never came"),
        };
        Some(format!(
            "{waited} for room, as `maxUsers` let no more in at one time, which is no lag: {times}{never_came}"
        ))
    }
}

fn users(count: u64, did: &str) -> String {
    if count == 1 { format!("1 user {did}") } else { format!("{count} users {did}") }
}

/// How many, and how long on average and at most.
fn told(times: &Distribution, time: impl Fn(f64) -> String) -> Option<(u64, String)> {
    let (mean, max) = (time(times.mean?), time(times.max?));
    Some((times.count, format!("{mean} on average, {max} at most")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::event::{Delayed, What};
    use crate::report::{Results, summary_of};
    use crate::stats::test::{measured, statistics, who};
    use crate::stats::{Limits, Statistics};

    fn delayed(user: u32, waited_ms: u64, lag_us: u64, came: bool) -> What {
        let (waited, lag) = (Duration::from_millis(waited_ms), Duration::from_micros(lag_us));
        What::Delayed(Delayed { who: who(user), waited, lag, came })
    }

    #[test]
    fn waiting_and_lateness_are_told_apart() {
        let told = |events: &[What]| {
            let events: Vec<_> =
                events.iter().map(|what| measured(Duration::from_secs(9), what.clone())).collect();
            // The halves of two workers are the whole.
            let mut stats = Statistics::default();
            for part in events.chunks(2) {
                stats.merge(&statistics(Limits::default(), part)).unwrap();
            }
            let delays = Results::of(&summary_of(&stats)).delays;
            let seconds = |seconds: f64| format!("{seconds:.3} s");
            (delays.late(seconds), delays.waiting(seconds), serde_json::to_value(&delays).unwrap())
        };
        let (late, waiting, json) = told(&[]);
        assert_eq!((late, waiting, json), (None, None, serde_json::json!({ "never_came": 0 })));
        let events = [
            delayed(0, 0, 4_000, true),
            delayed(1, 1_000, 0, true),
            delayed(2, 2_000, 999, true),
            delayed(3, 6_000, 0, false),
        ];
        let (late, waiting, json) = told(&events);
        assert_eq!(
            late.unwrap(),
            "1 user came late, as the generator was: 0.004 s on average, 0.004 s at most"
        );
        assert_eq!(
            waiting.unwrap(),
            "3 users waited for room, as `maxUsers` let no more in at one time, which is no lag: 3.000 s on average, \
             6.000 s at most; 1 of them still waited at the end, and never came"
        );
        assert_eq!((&json["waited"]["count"], &json["never_came"]), (&3.into(), &1.into()));
    }
}
