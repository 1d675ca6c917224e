//! The files that are made of the results of a run, at its end or of a results file.

use std::path::PathBuf;

use clap::Args;

use super::place::Place;
use crate::report::{Results, csv, junit, markdown, page};

/// The forms beside the results file itself.
#[derive(Debug, Args)]
pub struct Outputs {
    /// Write the report as a page for a browser, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the course of the run as comma-separated values, a line a second (longer in runs of over 34 minutes)
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the thresholds as JUnit's XML, a test case each, for build servers
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a summary in Markdown, as for a pull request
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// Makes a file's text.
type Form = fn(&Results) -> Result<String, String>;

/// Files that could be written when they were looked at, and what shall stand in them.
pub struct Files(Vec<(Place, Form)>);

impl Outputs {
    /// Whether none is wanted.
    pub fn are_none(&self) -> bool {
        self.wanted().iter().all(|(_, path, _)| path.is_none())
    }

    fn wanted(&self) -> [(&'static str, &Option<PathBuf>, Form); 4] {
        [
            ("--html", &self.html, |results| page::render(results).map_err(|why| why.to_string())),
            ("--csv", &self.csv, |results| Ok(csv(results))),
            ("--junit", &self.junit, |results| Ok(junit(results))),
            ("--markdown", &self.markdown, |results| Ok(markdown(results))),
        ]
    }

    /// Looks at all of them, before the run: hours must not end with a path that cannot be written. `other` is a file
    /// that is written too, with its option.
    pub fn find(&self, other: Option<(&'static str, &Place)>) -> Result<Files, String> {
        let mut found: Vec<(&str, Place, Form)> = Vec::new();
        for (option, path, form) in self.wanted() {
            let Some(path) = path else { continue };
            let place = Place::find(path)?;
            let others = found.iter().map(|(option, place, _)| (*option, place)).chain(other);
            if let Some((taken, _)) = others.into_iter().find(|(_, other)| other.is(&place)) {
                return Err(format!("{taken} and {option} name one file"));
            }
            found.push((option, place, form));
        }
        Ok(Files(found.into_iter().map(|(_, place, form)| (place, form)).collect()))
    }
}

impl Files {
    /// Writes all; what could not be written.
    pub fn write(self, results: &Results) -> Vec<String> {
        let write = |(place, form): (Place, Form)| place.write_text(&form(results)?);
        self.0.into_iter().filter_map(|file| write(file).err()).collect()
    }
}
