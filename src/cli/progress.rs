//! The progress of a rehearsal, as one line on the terminal.

use std::io::IsTerminal;
use std::time::Duration;

use super::complain;
use crate::scenario::{Moment, Onlooker, Options};

/// How many cells the bar has.
const CELLS: usize = 30;

/// Shows how far virtual time has come on its way to the end, until it is dropped.
pub struct Progress(());

impl Progress {
    /// None where nobody would see it, and of a run in the machine's time.
    pub fn of(options: &Options) -> Option<Box<dyn Onlooker>> {
        let shown = options.rehearse && std::io::stderr().is_terminal();
        shown.then(|| Box::new(Progress(())) as Box<dyn Onlooker>)
    }
}

impl Onlooker for Progress {
    fn look(&mut self, moment: &Moment<'_>) {
        if let Some(left) = moment.left {
            complain(&format!("\r{}", line(moment.elapsed, moment.real, moment.elapsed + left)));
        }
    }
}

impl Drop for Progress {
    /// Takes the line away, so that the report stands alone.
    fn drop(&mut self) {
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
