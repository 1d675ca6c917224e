//! The files that are made of the results of a run, at its end or of a results file.

use std::path::PathBuf;

use clap::Args;

use super::files::Wanted;
use crate::report::{Results, junit, markdown, page};

/// The forms beside the results file itself.
#[derive(Debug, Args)]
pub struct Outputs {
    /// Write the report as a page for a browser, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the thresholds as JUnit's XML, a test case each, for build servers
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a summary in Markdown, as for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

impl Outputs {
    /// Whether none is wanted.
    pub fn are_none(&self) -> bool {
        self.wanted().iter().all(|(_, path, _)| path.is_none())
    }

    /// All, also those that are not wanted.
    pub fn wanted(&self) -> [Wanted<'_, Results>; 3] {
        [
            ("--html", self.html.as_deref(), |results, place| {
                place.write_text(&page::render(results).map_err(|why| why.to_string())?)
            }),
            ("--junit", self.junit.as_deref(), |results, place| place.write_text(&junit(results))),
            ("--markdown", self.markdown.as_deref(), |results, place| place.write_text(&markdown(results))),
        ]
    }
}
