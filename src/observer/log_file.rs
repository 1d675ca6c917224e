//! A file that is written line by line while a run goes on.

use std::fs::{File, TryLockError};
use std::io::{self, LineWriter};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::opening::{is_standard, open_to_write};
use super::{Spool, Stage};
use crate::report::Outcome;

/// A file of lines, which neither a slow nor a full disk makes a run wait for.
pub struct LogFile {
    path: PathBuf,
    lines: Option<Spool<String>>,
}

/// How long the end of a run, or a rehearsal at any time, waits for the disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes of a line that is written in one piece, at most.
const LONGEST: usize = 1 << 16;

impl LogFile {
    /// The file of this path, which is not touched yet.
    pub fn at(path: &Path) -> LogFile {
        LogFile { path: path.to_owned(), lines: None }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file; what was in it is lost. No other run can open it before this one is over.
    pub fn open(&mut self, stage: &Stage) -> Result<(), String> {
        let file =
            emptied(&self.path).map_err(|why| format!("{} cannot be written: {why}", self.path.display()))?;
        let patience = if stage.lossless { PATIENCE } else { Duration::ZERO };
        self.lines = Some(match is_standard(&self.path) {
            // Others write there too: between lines, and not within one.
            true => Spool::lines(LineWriter::with_capacity(LONGEST, file), patience),
            false => Spool::lines(file, patience),
        });
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

/// The file, locked and empty: what another run writes is not touched.
fn emptied(path: &Path) -> io::Result<File> {
    let file = open_to_write(path, File::options().write(true).create(true).truncate(false))?;
    if !is_standard(path) && file.metadata()?.is_file() {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("another run writes this file; name another one"));
            }
            // Not every file system has locks.
            Ok(()) | Err(TryLockError::Error(_)) => file.set_len(0)?,
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::Output;

    #[test]
    fn what_another_run_writes_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        let stage =
            Stage { output: Output::direct(io::sink()), lossless: true, monitors: Default::default() };
        let mut first = LogFile::at(&path);
        first.open(&stage).unwrap();
        first.push("a line\n");
        let why = LogFile::at(&path).open(&stage).unwrap_err();
        assert!(why.ends_with("cannot be written: another run writes this file; name another one"), "{why}");
        first.close("EventLog");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a line\n");
        LogFile::at(&path).open(&stage).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    }
}
