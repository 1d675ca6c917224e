//! What every profile has: whether it is lived at all, when it is due by itself, and its draws.

use std::time::Duration;

use super::{Context, Pace, Pacing, Timer};
use crate::config::{Param, Seconds, Table};
use crate::distribution::{Draw, Numbers};
use crate::random::{self, Stream};

/// The parameters that every profile takes.
#[derive(Clone, Debug)]
pub struct Habit {
    /// `enabled`: whether the profile is lived; a profile that is not is still checked.
    pub enabled: bool,
    /// `pacing` (design, decision 5).
    pub pacing: Pacing,
    /// The profile's name and place in the configuration: two profiles of one kind in one mix draw apart.
    place: Box<str>,
}

/// `enabled`, of every profile.
pub const ENABLED: Param = Param {
    name: "enabled",
    default: "true",
    help: "whether the profile is lived; if not, it is only checked",
};

/// `pacing`, of every profile; one that only reacts has no use for it.
pub const PACING: Param = Param {
    name: "pacing",
    default: "open",
    help: "open: due times do not slip with a slow server; closed: the next is counted from the end of the one before",
};

impl Habit {
    /// Reads the parameters of the profile `name`.
    pub fn decode(params: &Table<'_>, name: &str) -> Habit {
        let path = params.at().path();
        let place = format!("{name} {path}").trim_end().into();
        Habit { enabled: params.or("enabled", true), pacing: params.or("pacing", Pacing::Open), place }
    }

    /// The timer of an interval (spec 6): first after a random whole number of seconds up to the interval.
    pub fn every(&self, interval: Duration) -> Option<Timer> {
        Some(Timer { pace: Pace::Staggered { interval }, pacing: self.pacing })
    }

    /// The timer whose gaps a distribution draws, the first one before the first occurrence.
    pub fn drawn(&self, gaps: &Numbers) -> Option<Timer> {
        let (gaps, mean) = (gaps.clone(), gaps.mean());
        // A number has no use for the time of its draw.
        let seconds = move |stream: Stream, n: u64| {
            gaps.number(&Draw::new(stream, n, chrono::DateTime::UNIX_EPOCH)).unwrap_or(f64::NAN)
        };
        Some(Timer { pace: Pace::Drawn { seconds: Box::new(seconds), mean }, pacing: self.pacing })
    }

    /// The one draw for `what` in this act.
    pub fn draw(&self, cx: &Context, what: &str) -> Draw {
        Draw::new(self.stream(cx, what), cx.occurrence, cx.run.clock.utc())
    }

    /// The draws for `what`, where an act makes several.
    pub fn draws(&self, cx: &Context, what: &str) -> Stream {
        self.stream(cx, what).sub(cx.occurrence)
    }

    /// The draws for `what` that are numbered throughout the life of the client.
    pub fn stream(&self, cx: &Context, what: &str) -> Stream {
        cx.stream_of(&self.purpose(what))
    }

    /// A new UUID in lower case. It also depends on when the run began, since a second run of one seed
    /// meets the events of the first on a server that keeps them.
    pub fn uuid(&self, cx: &Context, what: &str) -> String {
        let epoch = cx.run.clock.epoch().timestamp_micros();
        random::uuid(&mut self.draws(cx, what).sub(epoch.cast_unsigned()).at(0))
    }

    /// The key of a note in the client's memory.
    pub fn key(&self, what: &str) -> String {
        self.purpose(what).concat()
    }

    fn purpose<'a>(&'a self, what: &'a str) -> [&'a str; 3] {
        [&self.place, ": ", what]
    }
}

/// The parameter `interval`: seconds above 0.
pub fn interval(params: &Table<'_>, default: u64) -> Option<Duration> {
    let Some(Seconds(interval)) = params.optional("interval") else {
        // A bad value is reported already; then no guess is needed.
        return Some(Duration::from_secs(default));
    };
    if interval.is_zero() {
        params.error_at_key("interval", "the interval must be above 0");
        return None;
    }
    Some(interval)
}

/// A parameter that is a share in percent, 0 to 100.
pub fn percent(params: &Table<'_>, name: &'static str, default: f64) -> Option<f64> {
    let percent = params.or(name, default);
    if !(0.0..=100.0).contains(&percent) {
        params.error_at_key(name, format!("{percent} is no percentage, which is from 0 to 100"));
        return None;
    }
    Some(percent)
}

/// Whether one draw falls into a share: `percent` of the draws do, 0 % none and 100 % all.
pub fn falls_within(percent: f64, stream: Stream, n: u64) -> bool {
    random::unit(&mut stream.at(n)) * 100.0 < percent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn a_share_is_exact() {
        let stream = Seed(1).stream(0, 0, "share");
        let count = |percent| (0..10_000).filter(|n| falls_within(percent, stream, *n)).count();
        assert_eq!((count(0.0), count(100.0)), (0, 10_000));
        assert!((2_850..3_150).contains(&count(30.0)), "{}", count(30.0));
        assert!((50..150).contains(&count(1.0)), "{}", count(1.0));
    }
}
