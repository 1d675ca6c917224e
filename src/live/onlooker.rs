//! The end of a live page in the thread of the run.

use std::time::Duration;

use super::link::{Link, NotTold, Parcel};
use crate::event::Phase;
use crate::report::page::Progress;
use crate::scenario::{Conducted, Moment, Onlooker};

/// Nobody gets anything newer sooner than this after the last.
const LEAST: Duration = Duration::from_millis(900);

/// Tells the page about the run, when somebody looks at it: otherwise it costs a look at a flag a second.
pub struct Reporter {
    link: Link,
    last: Option<Duration>,
}

impl Reporter {
    pub fn new(link: Link) -> Reporter {
        Reporter { link, last: None }
    }

    fn tell(&mut self, parcel: Result<Parcel, NotTold>) {
        // What cannot be told is not missed by the run; the page says that it has heard nothing.
        if let Ok(parcel) = parcel {
            self.link.tell(parcel);
        }
    }
}

impl Onlooker for Reporter {
    fn look(&mut self, moment: &Moment<'_>) {
        let now = self.link.stopwatch.elapsed();
        let soon = self.last.is_some_and(|last| now.saturating_sub(last) < LEAST);
        if soon || !self.link.is_wanted() {
            return;
        }
        self.last = Some(now);
        self.tell(Parcel::going(now, progress(moment), &moment.outline(), moment.stats));
    }

    fn finish(&mut self, conducted: &Conducted) {
        self.tell(Parcel::ended(self.link.stopwatch.elapsed(), &conducted.results));
    }
}

fn progress(moment: &Moment<'_>) -> Progress {
    let phase = moment.phase.map_or("ending", Phase::words);
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    Progress {
        phase: phase.to_owned(),
        at_s: moment.elapsed.as_secs_f64(),
        end_s: seconds(moment.phases.end()),
        first_reading_s: seconds(moment.first_reading),
    }
}
