//! The report as one HTML page, for people: a function of the results file, and of nothing else.
//!
//! The page needs no network and no other file. Its texts stand in the template; what is said about this run is made
//! here, as texts and numbers that are ready to be shown. However long the run was and whatever is in its results, the
//! page stays below 1 MB: every list has a bound (`bounds.rs`), every curve and every distribution a number of points.
//!
//! # Layout
//!
//! - `mod.rs`: [`render`]; `live.rs`: the same page while its run goes on; `view.rs`: all that the template shows
//! - `headline.rs`: the verdict and the answers of the first screen; `health.rs`: whether the generator can be believed
//! - `labels.rs`: tables by label; `strip.rs`: the distribution of one label as a drawing; `axis.rs`: its scale
//! - `curves.rs`: the charts over time; `course.rs`: the same as a short table
//! - `demands.rs`: the thresholds and their margins
//! - `mix.rs`: tables by population and habit; `faults.rs`: errors, statuses and reasons
//! - `protocols.rs`: tables of protocols and of the steps of their sessions
//! - `server.rs`: what servers said of themselves
//! - `words.rs`: what a person calls an error, a status; `numbers.rs`: times, counts and shares
//! - `bounds.rs`: how much of a list and of a text is shown
//! - `assets.rs`: from a template, styles and scripts to a page with the policy that admits only these; `assets/`: these
//!   files
//! - `escape.rs`: data within a script element

mod assets;
mod axis;
mod bounds;
mod course;
mod curves;
mod demands;
mod escape;
mod faults;
mod headline;
mod health;
mod labels;
mod live;
mod mix;
pub mod numbers;
mod protocols;
mod server;
mod strip;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub(super) use self::assets::{STYLE, document};
pub(super) use self::headline::capital;
pub use self::live::{Live, Progress, live, not_yet, update};
use self::view::View;
use super::Results;

/// The page could not be made: a fault of its template.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0:#}")]
pub struct PageError(#[from] minijinja::Error);

/// The page about these results, as a whole HTML document in UTF-8.
///
/// # Errors
/// Only when the template does not fit what it is given.
pub fn render(results: &Results) -> Result<String, PageError> {
    Ok(assets::fill(&View::of(results))?)
}
