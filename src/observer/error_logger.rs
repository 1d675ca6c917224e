//! A file for each request that failed or took too long (spec 7.6).

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::kind::{Kind, Kinds, Needs};
use super::request_logger::{BODY, code, said as words};
use super::watch::said;
use super::{Finished, Observer, Output, Spool, Stage};
use crate::config::{OwnFolder, Param, Seconds, Table};
use crate::event::{Bodies, Event, Response, What};
use crate::report::{Outcome, Summary};

/// Writes `error-NNNNNNNN.txt` for a request that failed, `duration-NNNNNNNN.txt` for one that was
/// slow, each numbered from 1, and says so. The directory is emptied at the start, but only of such
/// files, and only if an earlier run has made it.
pub struct ErrorLogger {
    directory: PathBuf,
    threshold: Duration,
    errors: u64,
    slow: u64,
    unwritten: u64,
    stage: Option<Running>,
}

struct Running {
    output: Output,
    files: Spool<(PathBuf, String)>,
    /// Held while the run goes on, so that two runs never share a directory.
    _lock: File,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "directory", default: "", help: "where the files go; made if it is not there" },
    Param { name: "durationThreshold", default: "", help: "the service time from which a request is slow" },
];

/// The file that says that a directory is ours.
const MARKER: &str = ".populace-error-logger";

/// The most files of either sort, so that a server that always fails does not fill the disk.
const MOST: u64 = 10_000;

/// Files that may wait for a slow disk.
const ROOM: usize = 1000;

/// How long the end of a run, or a rehearsal at any time, waits for the disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// Decodes the parameters; a directory with something else in it is an error.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let directory = params.required::<String>("directory").map(PathBuf::from);
    let threshold = params.required::<Seconds>("durationThreshold");
    if let Some(Err(fault)) = directory.as_deref().map(check) {
        params.error_at_key("directory", fault).help(format!(
            "name a directory that does not exist or is empty; one of an earlier run is known by its file {MARKER}"
        ));
        return None;
    }
    params.finish();
    let (errors, slow, unwritten, stage) = (0, 0, 0, None);
    let (directory, threshold) = (directory?, threshold?.0);
    Some(Box::new(ErrorLogger { directory, threshold, errors, slow, unwritten, stage }))
}

/// Whether the directory may be used: it is not there, or empty, or was made by an earlier run.
fn check(directory: &Path) -> Result<(), String> {
    match fs::read_dir(directory) {
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(fault) => Err(format!("cannot read the directory: {fault}")),
        Ok(_) if directory.join(MARKER).is_file() => Ok(()),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err("the directory holds files that no run of this program has made".to_owned()),
        },
    }
}

impl Observer for ErrorLogger {
    fn name(&self) -> &'static str {
        "ErrorLogger"
    }

    fn needs(&self) -> Needs {
        Needs { events: Kinds::NONE.with(Kind::Response), bodies: true }
    }

    fn folder(&self) -> Option<OwnFolder> {
        Some(OwnFolder { path: self.directory.clone(), owns: |name| name == MARKER || is_ours(name) })
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        let directory = self.directory.display();
        check(&self.directory).map_err(|fault| format!("{directory}: {fault}"))?;
        let lock = empty(&self.directory).map_err(|fault| format!("{directory}: {fault}"))?;
        let write =
            |next: Option<(PathBuf, String)>| next.map_or(Ok(()), |(path, text)| fs::write(path, text));
        let patience = if stage.lossless { PATIENCE } else { Duration::ZERO };
        let files = Spool::new(ROOM, patience, write);
        self.stage = Some(Running { output: stage.output.clone(), files, _lock: lock });
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        let What::Response(response) = &event.what else { return };
        if !response.success {
            self.errors += 1;
            self.write("error", self.errors, response, String::new());
        } else if response.service() > self.threshold {
            self.slow += 1;
            let first = format!("LONG RESPONSE: {:.1} sec\n", response.service().as_secs_f64());
            self.write("duration", self.slow, response, first);
        }
    }

    fn finish<'a>(&'a mut self, _: &'a Summary<'a>) -> Finished<'a> {
        let fault = self.stage.as_mut().and_then(|stage| stage.files.complete(PATIENCE));
        self.unwritten += self.stage.as_ref().map_or(0, |stage| stage.files.dropped());
        let (text, file) = match (self.unwritten, fault) {
            (0, None) => (String::new(), None),
            (files, None) => (format!("\n* ErrorLogger: {files} files were not written: too many\n"), None),
            (files, Some(why)) => {
                let fault =
                    format!("{} has not every file, {files} are missing: {why}", self.directory.display());
                (format!("\n* ErrorLogger: {fault}\n"), Some(Err(fault)))
            }
        };
        said(Outcome { text, file, ..Outcome::default() })
    }
}

impl ErrorLogger {
    fn write(&mut self, sort: &str, number: u64, response: &Response, first: String) {
        let Some(stage) = &mut self.stage else { return };
        if number > MOST {
            self.unwritten += 1;
            return;
        }
        let path = self.directory.join(format!("{sort}-{number:08}.txt"));
        let code = code(response);
        let text = format!("{first}RESPONSE CODE: {code}\n{}\n", words(response, Bodies::LIMIT.max(BODY)));
        let announced = format!("{} {} -> {}", response.who.uid, response.label, path.display());
        if stage.files.push((path, text)) {
            stage.output.line(announced);
        }
    }
}

/// Makes the directory or removes the files of an earlier run; the lock that keeps others out.
fn empty(directory: &Path) -> std::io::Result<File> {
    fs::create_dir_all(directory)?;
    let marker = directory.join(MARKER);
    let mut lock = OpenOptions::new().create(true).truncate(false).write(true).open(marker)?;
    lock.try_lock().map_err(|_| std::io::Error::other("another run is using this directory"))?;
    lock.write_all(b"The error files in this directory are replaced by every run.\n")?;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if is_ours(&name) {
            fs::remove_file(path)?;
        }
    }
    Ok(lock)
}

/// Whether the file of this name is one of those that are written, and removed by the next run.
fn is_ours(name: &str) -> bool {
    let ours = ["error-", "duration-"].into_iter().find_map(|sort| name.strip_prefix(sort));
    ours.is_some_and(|rest| rest.ends_with(".txt") && rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observer::test::{load, run};
    use crate::stats::test::response;

    fn params(directory: &Path) -> String {
        let directory = directory.display();
        format!(
            "<key>directory</key><string>{directory}</string><key>durationThreshold</key><real>10.0</real>"
        )
    }

    #[test]
    fn each_bad_request_has_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("a/errors");
        let events = [
            response(0, "GET{event}", 11.0, false),
            response(1, "GET{event}", 12.34, true),
            response(0, "GET{event}", 1.0, true),
            response(0, "PUT{event}", 1.0, false),
        ];
        let (printed, outcome) = run("ErrorLogger", &params(&directory), &events);
        assert_eq!(outcome, Outcome::default());
        assert_eq!(printed.lines().count(), 3);
        assert!(printed.contains("user02 GET{event} -> "), "{printed}");
        let slow = fs::read_to_string(directory.join("duration-00000001.txt")).unwrap();
        assert!(slow.starts_with("LONG RESPONSE: 12.3 sec\nRESPONSE CODE: 200\nURL: http"), "{slow}");
        assert!(
            fs::read_to_string(directory.join("error-00000002.txt")).unwrap().contains("METHOD: PUT{event}")
        );
        run("ErrorLogger", &params(&directory), &events[..1]);
        assert!(!directory.join("error-00000002.txt").exists());
    }

    #[test]
    fn the_directory_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("error-00000001.txt"), "mine").unwrap();
        let faults = load("ErrorLogger", &params(folder.path())).err().unwrap();
        assert!(faults[0].contains("holds files that no run of this program has made"), "{faults:?}");
        assert!(load("ErrorLogger", "").err().unwrap().len() == 2);
    }

    #[test]
    fn two_runs_do_not_share_a_directory() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("errors");
        let lock = empty(&directory).unwrap();
        assert!(empty(&directory).unwrap_err().to_string().contains("another run"));
        drop(lock);
        assert!(empty(&directory).is_ok());
    }
}
