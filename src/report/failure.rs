//! Why a run failed.

use std::fmt;

use super::general;

/// One reason why a run failed: a sentence, and what was measured where that does not say it. The sentences of the
/// ancestor have no figure, and stand in the text of the report as they always did (spec 7.3, 7.4); the figure is a note
/// under them there. Everywhere else both stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub sentence: String,
    measured: Option<Measured>,
}

/// A figure, and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Measured {
    what: String,
    figure: String,
}

impl Failure {
    /// With a figure that is of `what`.
    pub fn measured(sentence: String, what: String, figure: String) -> Failure {
        Failure { sentence, measured: Some(Measured { what, figure }) }
    }

    /// With the share that `part` has of `all`.
    pub fn share(sentence: String, what: String, part: u64, all: u64) -> Failure {
        let percent = part as f64 * 100.0 / all.max(1) as f64;
        let percent = general((percent * 100.0).round() / 100.0);
        Failure::measured(sentence, what, format!("{part} of {all} ({percent}%)"))
    }

    /// What was measured, as a note.
    pub fn note(&self) -> Option<String> {
        self.measured.as_ref().map(|Measured { what, figure }| format!("{what}: {figure}"))
    }
}

impl From<String> for Failure {
    fn from(sentence: String) -> Failure {
        Failure { sentence, measured: None }
    }
}

impl From<&str> for Failure {
    fn from(sentence: &str) -> Failure {
        sentence.to_owned().into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match &self.measured {
            Some(Measured { figure, .. }) => write!(f, "{}: {figure}", self.sentence),
            None => f.write_str(&self.sentence),
        }
    }
}
