//! The log of all that happens, a line of JSON each.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::kind::{Kinds, Needs};
use super::watch::said;
use super::{Finished, Line, Observer, Spool, Stage, decoded};
use crate::config::{Param, Table};
use crate::event::Event;
use crate::report::{Outcome, Summary};

/// Writes events to a file, one JSON object a line: the lines that plug-ins get (`observers/README.md`).
pub struct EventLog {
    path: PathBuf,
    events: Kinds,
    bodies: bool,
    lines: Option<Spool<String>>,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "path", default: "", help: "the file; what was in it is lost" },
    Param { name: "events", default: "all", help: "the kinds of events that are written" },
    Param { name: "bodies", default: "false", help: "whether responses come with their bodies" },
];

/// How long the end of a run, or a rehearsal at any time, waits for the disk.
const PATIENCE: Duration = Duration::from_secs(10);

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    let events = Kinds::decode(&params);
    let bodies = decoded(&params, "bodies", false);
    params.finish();
    Some(Box::new(EventLog { path: path?, events: events?, bodies: bodies?, lines: None }))
}

impl EventLog {
    /// Writes every event, without bodies.
    pub fn to(path: &Path) -> EventLog {
        EventLog { path: path.to_owned(), events: Kinds::ALL, bodies: false, lines: None }
    }
}

impl Observer for EventLog {
    fn name(&self) -> &'static str {
        "EventLog"
    }

    fn needs(&self) -> Needs {
        Needs { events: self.events, bodies: self.bodies }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        let file = File::create(&self.path)
            .map_err(|why| format!("{} cannot be written: {why}", self.path.display()))?;
        let patience = if stage.lossless { PATIENCE } else { Duration::ZERO };
        self.lines = Some(Spool::lines(file, patience));
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        if let Some(lines) = &mut self.lines {
            lines.push(Line::of(event).to_text());
        }
    }

    fn finish<'a>(&'a mut self, _: &'a Summary<'a>) -> Finished<'a> {
        let Some(mut lines) = self.lines.take() else { return said(Outcome::default()) };
        lines.finish(PATIENCE);
        let path = self.path.display();
        let text = match lines.dropped() {
            0 => String::new(),
            lost => format!("\n* EventLog: {lost} events are not in {path}: a slow or full disk\n"),
        };
        said(Outcome { text, ..Outcome::default() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::observer::test::{load, run};
    use crate::stats::test::{end, response};

    fn params(path: &Path, more: &str) -> String {
        format!("<key>path</key><string>{}</string>{more}", path.display())
    }

    fn lines(path: &Path) -> Vec<Value> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_event_is_a_line_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.ndjson");
        let events = [response(0, "GET{event}", 1.5, true), response(1, "PUT{event}", 0.5, false)];
        let (printed, outcome) = run("EventLog", &params(&path, ""), &events);
        assert_eq!((printed.as_str(), outcome), ("", Outcome::default()));
        let lines = lines(&path);
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["type"], &lines[0]["duration"]), (&"response".into(), &1.5.into()));
        assert_eq!(lines[1]["success"], false);
    }

    #[test]
    fn only_the_kinds_that_are_wanted_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events.ndjson");
        let only = "<key>events</key><array><string>operation</string></array>";
        let events = [response(0, "GET{event}", 1.5, true), end(0, "create", 1.0, None)];
        run("EventLog", &params(&path, only), &events);
        assert_eq!(lines(&path).len(), 1);
        let misspelt = only.replace("operation", "operatoin");
        let faults = load("EventLog", &params(&path, &misspelt)).err().unwrap();
        assert!(faults[0].contains("no event is called `operatoin`"), "{faults:?}");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_at_the_beginning() {
        let stage = Stage { output: crate::observer::Output::direct(std::io::sink()), lossless: true };
        let why = EventLog::to(Path::new("/no/such/folder/events")).begin(&stage).unwrap_err();
        assert!(why.starts_with("/no/such/folder/events cannot be written: "), "{why}");
    }

    #[test]
    fn a_full_disk_is_a_line_of_the_report() {
        let events: Vec<_> = (0..500).map(|_| response(0, "GET{event}", 1.5, true)).collect();
        let (_, outcome) = run("EventLog", &params(Path::new("/dev/full"), ""), &events);
        assert!(outcome.text.contains(" events are not in /dev/full: a slow or full disk"), "{outcome:?}");
        assert!(outcome.failures.is_empty());
    }
}
