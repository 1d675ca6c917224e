//! What the thread of the run and that of the page know together.
//!
//! The run never waits for the page: it looks at a flag, and puts what is new where the last of it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::report::page::Progress;
use crate::report::{Results, Stopwatch};
use crate::stats::Statistics;

/// A run at one moment, in a form that can go from thread to thread.
pub struct Parcel {
    /// When it was made, by the stopwatch of the link.
    pub made: Duration,
    /// None: it has ended.
    pub progress: Option<Progress>,
    contents: Contents,
}

/// What the page is made of, as bytes: the thread of the run has other things to do than to make figures.
enum Contents {
    /// [`Results::outline`] as JSON, and the statistics in the form in which workers send them.
    Counts { outline: Vec<u8>, stats: Vec<u8> },
    /// The results as JSON.
    Whole(Vec<u8>),
}

/// Both ends agree on what they send, so that this is a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error("a run cannot be told to its live page: {0}")]
pub struct NotTold(String);

impl Parcel {
    /// A run that goes on.
    pub fn going(
        made: Duration,
        progress: Progress,
        outline: &Results,
        stats: &Statistics,
    ) -> Result<Parcel, NotTold> {
        let stats = postcard::to_stdvec(stats).map_err(|why| NotTold(why.to_string()))?;
        let contents = Contents::Counts { outline: json(outline)?, stats };
        Ok(Parcel { made, progress: Some(progress), contents })
    }

    /// A run that has ended.
    pub fn ended(made: Duration, results: &Results) -> Result<Parcel, NotTold> {
        Ok(Parcel { made, progress: None, contents: Contents::Whole(json(results)?) })
    }

    /// What is in it.
    pub fn open(&self) -> Result<Results, NotTold> {
        let (text, stats) = match &self.contents {
            Contents::Counts { outline, stats } => (outline, Some(stats)),
            Contents::Whole(text) => (text, None),
        };
        let results: Results = serde_json::from_slice(text).map_err(|why| NotTold(why.to_string()))?;
        let Some(stats) = stats else { return Ok(results) };
        let stats: Statistics = postcard::from_bytes(stats).map_err(|why| NotTold(why.to_string()))?;
        Ok(results.counted(&stats))
    }
}

fn json(results: &Results) -> Result<Vec<u8>, NotTold> {
    serde_json::to_vec(results).map_err(|why| NotTold(why.to_string()))
}

/// Both ends of what they know together; each thread has a copy.
#[derive(Clone)]
pub struct Link {
    /// Somebody waits for something newer.
    wanted: Arc<AtomicBool>,
    /// The newest, if there was any yet.
    pub news: watch::Sender<Option<Arc<Parcel>>>,
    /// Tells the run that somebody wants it to end. One word is enough.
    pub stop: mpsc::Sender<()>,
    pub stopwatch: Stopwatch,
}

impl Link {
    /// With what hears that somebody wants the run to end.
    pub fn new() -> (Link, mpsc::Receiver<()>) {
        let (stop, stopped) = mpsc::channel(1);
        let link = Link {
            wanted: Arc::default(),
            news: watch::Sender::new(None),
            stop,
            stopwatch: Stopwatch::start(),
        };
        (link, stopped)
    }

    /// Somebody waits for something newer.
    pub fn want(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    /// Whether somebody waits.
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Puts something newer where the last was.
    pub fn tell(&self, parcel: Parcel) {
        self.wanted.store(false, Ordering::Relaxed);
        self.news.send_replace(Some(Arc::new(parcel)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary_of;
    use crate::stats::Limits;
    use crate::stats::test::{end, response, start, statistics};

    #[test]
    fn what_comes_out_is_what_went_in() {
        let labels: Vec<String> = (0..60).map(|n| format!("GET{{{n}}}")).collect();
        let answers =
            (0..6000).map(|n| response(n, &labels[n as usize % 60], 0.01 * f64::from(n % 97), n % 11 > 0));
        let events: Vec<_> = answers.chain([start(0, "invite", 0.5), end(0, "invite", 1.0, None)]).collect();
        let stats = statistics(Limits::default(), &events);
        let summary = summary_of(&stats);
        let progress = Progress { phase: "measured".into(), at_s: 1.0, end_s: None, first_reading_s: None };
        let results = Results::of(&summary);
        let going = Parcel::going(Duration::ZERO, progress, &Results::outline(&summary), &stats).unwrap();
        let ended = Parcel::ended(Duration::ZERO, &results).unwrap();
        assert!(going.progress.is_some() && ended.progress.is_none());
        let plain = |results: &Results| serde_json::to_value(results).unwrap();
        for parcel in [going, ended] {
            assert!(plain(&parcel.open().unwrap()) == plain(&results));
        }
    }

    #[test]
    fn nobody_is_told_who_does_not_want_it() {
        let (link, _stopped) = Link::new();
        assert!(!link.is_wanted() && link.news.borrow().is_none());
        let of_the_page = link.clone();
        of_the_page.want();
        assert!(link.is_wanted());
        let stats = Statistics::default();
        link.tell(Parcel::ended(Duration::ZERO, &Results::of(&summary_of(&stats))).unwrap());
        assert!(!link.is_wanted() && of_the_page.news.borrow().is_some());
    }
}
