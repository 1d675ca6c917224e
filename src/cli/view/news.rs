//! The figures of a run as a line now and then, where nothing can be drawn in place.

use std::time::Duration;

use super::layout::{clock, kind, lag, left, phase, time};
use super::pace::Pace;
use super::state::State;
use crate::report::page::numbers::{count, plain};
use crate::scenario::{Moment, Onlooker};

/// How often, by the machine's clock.
const EVERY: Duration = Duration::from_secs(10);

/// Logs a line every ten seconds, under the target `progress`.
pub struct News {
    said: Option<Duration>,
    pace: Pace,
}

impl News {
    pub fn new() -> News {
        News { said: None, pace: Pace::default() }
    }
}

impl Onlooker for News {
    fn begin(&mut self, moment: &Moment<'_>) {
        self.said = Some(moment.real);
        self.pace.look(moment.elapsed, moment.real);
    }

    fn look(&mut self, moment: &Moment<'_>) {
        let pace = self.pace.look(moment.elapsed, moment.real);
        // A look may come a little before its time.
        let due = self.said.unwrap_or_default() + EVERY - Duration::from_millis(100);
        if moment.real < due {
            return;
        }
        self.said = Some(moment.real);
        let state = State::of(moment, 0, pace);
        let milliseconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1e3);
        tracing::info!(
            target: "progress",
            phase = phase(state.phase),
            virtual_time = state.rehearsed,
            elapsed_s = state.elapsed.as_secs_f64(),
            left_s = state.left.map(|left| left.as_secs_f64()),
            users = state.users.there,
            users_expected = state.users.expected,
            clients = state.clients.there,
            requests = state.requests,
            failed = state.failed,
            window_s = state.recent.span.as_secs_f64(),
            requests_per_s = state.recent.rate(),
            p50_ms = milliseconds(state.recent.p50),
            p95_ms = milliseconds(state.recent.p95),
            p99_ms = milliseconds(state.recent.p99),
            lag_ms = milliseconds(state.recent.lag_mean),
            lag_max_ms = state.recent.lag_max.as_secs_f64() * 1e3,
            "{}", line(&state)
        );
    }
}

/// The figures of a moment in a line.
pub fn line(state: &State) -> String {
    let recent = &state.recent;
    let left = left(state).map(|left| format!(", {left}")).unwrap_or_default();
    format!(
        "{} {}{}{left}; {} of {} users; {} requests/s, {} so far, {} failed; p50 {}, p95 {}, p99 {}; {}",
        phase(state.phase),
        clock(state.elapsed),
        kind(state),
        count(state.users.there),
        count(state.users.expected),
        plain(recent.rate()),
        count(state.requests),
        count(state.failed),
        time(recent.p50),
        time(recent.p95),
        time(recent.p99),
        lag(recent),
    )
}
