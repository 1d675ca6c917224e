//! What is written when a run is over: the report, the verdict, the results file.
//!
//! Everything here is a function of a [`Summary`]: the statistics and the facts of the run.
//!
//! # Layout
//!
//! - `summary.rs`: [`Summary`], all that is known at the end of a run
//! - `verdict.rs`: [`Verdict`] and [`conclude`], which joins what the observers said to the final text
//! - `failure.rs`: [`Failure`], why a run failed: a sentence and a figure
//! - `notes.rs`: what a reader of the verdict must know beside it
//! - `load.rs`: how much of the planned load happened, and when that is too little for a pass
//! - `waiting.rs`: requests without an answer at the end, and when they are too many for a pass
//! - `exit.rs`: [`Exit`], the exit codes and which of two wins
//! - `host.rs`: [`Host`], what the run cost this machine, [`Cost`], what a worker cost, and [`Stopwatch`], its clock
//! - `results.rs`: [`Results`], the results file, field by field; `figures.rs`: its figures of one label;
//!   `blocks.rs`: how these lie in time; `rows.rs`: its timeline; `groups.rs`: those of populations, profiles and phases;
//!   `errors.rs`: what went wrong; `delays.rs`: who came later than was due
//! - `checks.rs`: [`CheckFigures`], what was looked for in answers, in the results file
//! - `monitors.rs`: [`MonitorFigures`], what monitors read, in the results file
//! - `protocol/`: [`Protocol`], what is spoken in sessions, and its figures
//! - `page/`: the same as one HTML page, for people
//! - `compare/`: two results files against each other
//! - `workers.rs`: what became of the workers, as the report shows it
//! - `threshold/`: [`Threshold`], conditions as expressions: parsed, judged, shown
//! - `export/`: a run in forms that other programs read
//! - `table.rs`: [`Table`], columns that fit their contents
//! - `markup.rs`: texts within Markdown
//! - `format.rs`: numbers and times as the reports write them

mod blocks;
mod checks;
pub mod compare;
mod delays;
mod errors;
mod exit;
mod export;
mod failure;
mod figures;
mod format;
mod groups;
mod host;
mod load;
mod markup;
mod monitors;
mod notes;
pub mod page;
mod protocol;
mod results;
mod rows;
mod summary;
mod table;
mod threshold;
mod verdict;
mod waiting;
mod workers;

pub use blocks::{BlockFigures, Column as BlockColumn, PERCENTILES};
pub use checks::CheckFigures;
pub use delays::DelayFigures;
pub use errors::{AlikeFigures, ErrorFigures};
pub use exit::Exit;
pub use export::{CsvLines, cell, csv, junit, markdown};
pub use failure::Failure;
pub use figures::{Distribution, Figures};
pub use format::{clock_time, general, title_case, window, wrapped};
pub use groups::{GroupFigures, PhaseFigures, PopulationFigures};
pub use host::{Cost, Host, Stopwatch};
pub use load::too_few_came;
pub use monitors::{GaugeFigures, MonitorFigures, measure};
pub use protocol::{Protocol, ProtocolFigures, StepFigures, Sums};
pub use results::{PluginText, RESULTS_SCHEMA, Results, SCHEMA};
pub use rows::{Come, TimelineRow};
#[cfg(test)]
pub use summary::tests::summary as summary_of;
pub use summary::{About, Summary, WorkerState};
pub use table::{Column, Table};
pub use threshold::{
    Aborted, Breaches, Expression, Fault, Judged, Labels, Measure, OfLabel, Quantile, Relation, Span, State,
    Subject, Threshold, Unit, judge,
};
pub use verdict::{Outcome, Verdict, conclude, first_error, given_up, named};
