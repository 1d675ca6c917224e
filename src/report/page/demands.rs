//! The thresholds of the config, each with its margin.

use serde::Serialize;

use super::bounds::{Few, NAME, sentence, short};
use crate::report::threshold::row;
use crate::report::{Judged, Results, State};

/// The most thresholds that are shown.
const MOST: usize = 100;

/// One threshold.
#[derive(Debug, Serialize)]
pub struct Demand {
    pub expression: String,
    /// `passed`, `failed` or `not evaluated`.
    pub state: &'static str,
    pub failed: bool,
    pub passed: bool,
    pub figure: String,
    pub limit: String,
    pub margin: String,
    pub remark: String,
}

impl Demand {
    fn of(judged: &Judged) -> Demand {
        let [expression, _, figure, limit, margin, remark] = row(judged);
        Demand {
            expression: short(&expression, 2 * NAME),
            state: judged.state.as_str(),
            failed: judged.state == State::Failed,
            passed: judged.state == State::Passed,
            figure,
            limit,
            margin,
            remark: sentence(&remark),
        }
    }
}

/// Those that failed first.
pub fn demands(results: &Results) -> Few<Demand> {
    let mut all: Vec<Demand> = results.thresholds.iter().map(Demand::of).collect();
    all.sort_by_key(|demand| !demand.failed);
    Few::of(all, MOST)
}
