//! What became of a threshold, as the results file has it.

use serde::{Deserialize, Serialize};

use super::Measure;
use crate::label::Label;

/// A threshold that is an expression, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The expression, written in the one usual way.
    pub expression: String,
    pub state: State,
    /// It fails when there is nothing to judge.
    pub required: bool,
    /// What `figure`, `limit` and `margin` are in.
    pub unit: Unit,
    /// `<`, `<=`, `>` or `>=`: how the figure shall stand to the limit.
    pub relation: String,
    pub limit: f64,
    /// What was measured. Of a pattern, of the label with the least margin. Null when there is none.
    pub figure: Option<f64>,
    /// How far the figure is on the good side of the limit; negative on the other.
    pub margin: Option<f64>,
    /// The label that the figure is of; null when all were counted together, or nothing was judged.
    pub label: Option<Label>,
    /// Of a pattern: every label that was judged, those with the least margin first. Else empty.
    pub labels: Vec<OfLabel>,
    /// Why there is no figure, or how the run ended by it.
    pub reason: Option<String>,
    /// How long the condition may be broken while the run goes on.
    pub abort_s: Option<f64>,
    /// When it ended the run, since the start of the run.
    pub aborted_at_s: Option<f64>,
}

/// One of the labels that a pattern matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfLabel {
    pub label: Label,
    pub state: State,
    /// Null when it has none, as the time of what never succeeded.
    pub figure: Option<f64>,
    pub margin: Option<f64>,
}

/// Whether a condition held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Passed,
    Failed,
    /// There was nothing to judge.
    NotEvaluated,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Passed => "passed",
            State::Failed => "failed",
            State::NotEvaluated => "not evaluated",
        }
    }
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "%")]
    Percent,
    /// A number of requests or operations.
    #[serde(rename = "1")]
    Number,
    #[serde(rename = "1/s")]
    PerSecond,
}

impl From<Measure> for Unit {
    fn from(measure: Measure) -> Unit {
        match measure {
            Measure::Time(..) => Unit::Seconds,
            Measure::FailedPercent => Unit::Percent,
            Measure::FailedCount | Measure::Count => Unit::Number,
            Measure::Rate => Unit::PerSecond,
        }
    }
}
