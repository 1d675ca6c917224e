//! A file that is written line by line while a run goes on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Spool, Stage};
use crate::report::Outcome;

/// A file of lines, which neither a slow nor a full disk makes a run wait for.
pub struct LogFile {
    path: PathBuf,
    lines: Option<Spool<String>>,
}

/// How long the end of a run, or a rehearsal at any time, waits for the disk.
const PATIENCE: Duration = Duration::from_secs(10);

impl LogFile {
    /// The file of this path, which is not touched yet.
    pub fn at(path: &Path) -> LogFile {
        LogFile { path: path.to_owned(), lines: None }
    }

    /// Makes the file; what was in it is lost.
    pub fn open(&mut self, stage: &Stage) -> Result<(), String> {
        let file = File::create(&self.path)
            .map_err(|why| format!("{} cannot be written: {why}", self.path.display()))?;
        let patience = if stage.lossless { PATIENCE } else { Duration::ZERO };
        self.lines = Some(Spool::lines(file, patience));
        Ok(())
    }

    /// Writes lines, each with its end.
    pub fn push(&mut self, lines: impl Into<String>) {
        if let Some(spool) = &mut self.lines {
            spool.push(lines.into());
        }
    }

    /// Waits until everything is written; what the observer of this name then has to say.
    pub fn close(&mut self, name: &str) -> Outcome {
        let whole = Outcome { file: Some(Ok(())), ..Outcome::default() };
        let Some(mut lines) = self.lines.take() else { return whole };
        let Some(why) = lines.complete(PATIENCE) else { return whole };
        // What had been given to the system, or was about to be, may be lost besides.
        let lost = match lines.dropped() {
            0 => String::new(),
            lost => format!("; at least {lost} lines are missing"),
        };
        let fault = format!("{} could not be written to its end: {why}{lost}", self.path.display());
        Outcome { text: format!("\n* {name}: {fault}\n"), file: Some(Err(fault)), ..Outcome::default() }
    }
}
