//! The progress of a rehearsal, as one line on the terminal.

use std::io::IsTerminal;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::complain;
use crate::report::Stopwatch;

/// How often the line is written anew, by the machine's clock.
const EVERY: Duration = Duration::from_millis(200);

/// How many cells the bar has.
const CELLS: usize = 30;

/// Shows how far virtual time has come on its way to `end`, until it is dropped.
pub async fn show(end: Duration) {
    if !std::io::stderr().is_terminal() || end.is_zero() {
        return std::future::pending().await;
    }
    let (begun, watch) = (Instant::now(), Stopwatch::start());
    let mut shown = Duration::ZERO;
    // Often enough to be smooth, seldom enough to cost nothing.
    let tick = (end / 2000).max(Duration::from_millis(10));
    loop {
        sleep(tick).await;
        let real = watch.elapsed();
        if real.saturating_sub(shown) >= EVERY {
            shown = real;
            complain(&format!("\r{}", line(begun.elapsed(), real, end)));
        }
    }
}

/// Takes the line away, so that the report stands alone.
pub fn clear() {
    if std::io::stderr().is_terminal() {
        complain("\r\x1b[K");
    }
}

/// The bar, the virtual time of all, the speed, and how long it will still take.
fn line(now: Duration, real: Duration, end: Duration) -> String {
    let share = (now.as_secs_f64() / end.as_secs_f64()).clamp(0.0, 1.0);
    let full = (share * CELLS as f64) as usize;
    let speed = now.as_secs_f64() / real.as_secs_f64().max(1e-9);
    let left = end.saturating_sub(now).as_secs_f64() / speed.max(1e-9);
    format!(
        "[{}{}] {} of {} at {speed:.0} times real time, {left:.0} s to go\x1b[K",
        "=".repeat(full),
        " ".repeat(CELLS - full),
        hours(now),
        hours(end),
    )
}

fn hours(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_time_speed_and_end() {
        let line = line(Duration::from_secs(7200), Duration::from_secs(4), Duration::from_secs(28_800));
        assert_eq!(
            line,
            "[=======                       ] 2:00:00 of 8:00:00 at 1800 times real time, 12 s to go\x1b[K"
        );
    }
}
