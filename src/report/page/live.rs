//! The page while its run goes on: it asks its server for what is new, and shows the report in the end.

use serde::{Deserialize, Serialize};

use super::numbers::moment;
use super::view::View;
use super::{PageError, assets, escape};
use crate::report::Results;

/// How far a run is that goes on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What it is doing, in a word or two, as `warm-up`.
    pub phase: String,
    /// How long it has gone on, and how long it will, in seconds; without an end, until somebody stops it.
    pub at_s: f64,
    pub end_s: Option<f64>,
    /// When the server's own figures will first have been read, in seconds; None: nothing reads them.
    pub first_reading_s: Option<f64>,
}

/// Seconds that a server may take to say its first figures.
const PATIENCE_S: f64 = 5.0;

impl Progress {
    /// `warm-up, 0:42 of 10:00`.
    pub fn words(&self) -> String {
        let at = moment(self.at_s);
        match self.end_s {
            Some(end) => format!("{}, {at} of {}", self.phase, moment(end)),
            None => format!("{}, {at} so far", self.phase),
        }
    }

    /// When the server's own figures will first be read, as `0:10`; None if that should have been by now, or never will.
    pub fn first_reading(&self) -> Option<String> {
        let first = self.first_reading_s.filter(|first| self.at_s < first + PATIENCE_S)?;
        Some(moment(first))
    }
}

/// A page that follows its run.
#[derive(Clone, Debug)]
pub struct Live {
    /// The whole document.
    pub page: String,
    /// Its Content-Security-Policy, which stands in it too.
    pub policy: String,
}

/// The page about a run as it is now; without progress it has ended.
///
/// # Errors
/// Only when the template does not fit what it is given.
pub fn live(results: &Results, progress: Option<&Progress>) -> Result<Live, PageError> {
    let whole = whole(results, progress)?;
    let (page, policy) = assets::fill_live(&View::live(results, progress), whole.as_deref())?;
    Ok(Live { page, policy })
}

/// The page before anything is known of the run. It asks again by itself.
///
/// # Errors
/// As [`live`].
pub fn not_yet() -> Result<Live, PageError> {
    let (page, policy) = assets::fill_not_yet()?;
    Ok(Live { page, policy })
}

/// The report of a run that has ended as a file of its own: whoever serves the page goes, and a reader wants to keep it.
fn whole(results: &Results, progress: Option<&Progress>) -> Result<Option<String>, PageError> {
    progress.is_none().then(|| super::render(results)).transpose()
}

/// What replaces its parts in such a page: an object of JSON on one line, with the `title`, the `report` as HTML, the
/// `data` of the charts, and whether it `goes` on; when it does not, the report as a `page` of its own.
///
/// # Errors
/// As [`live`].
pub fn update(results: &Results, progress: Option<&Progress>) -> Result<String, PageError> {
    let view = View::live(results, progress);
    let report = assets::part(&view)?;
    Ok(escape::json(&Update {
        title: &format!("{} \u{b7} populace", view.title),
        report: &report,
        data: &view.charts,
        goes: progress.is_some(),
        page: whole(results, progress)?,
    }))
}

#[derive(Serialize)]
struct Update<'a, D: Serialize> {
    title: &'a str,
    report: &'a str,
    data: &'a D,
    goes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}
