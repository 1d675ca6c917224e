//! The log of all that happens, a line of JSON each.

use std::path::{Path, PathBuf};

use super::kind::{Kinds, Needs};
use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Line, Observer, Stage, decoded};
use crate::config::{Param, Table};
use crate::event::Event;
use crate::report::Summary;

/// Writes events to a file, one JSON object a line: the lines that plug-ins get (`observers/README.md`).
pub struct EventLog {
    file: LogFile,
    events: Kinds,
    bodies: bool,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "path", default: "", help: "the file; what was in it is lost" },
    Param { name: "events", default: "all", help: "the kinds of events that are written" },
    Param { name: "bodies", default: "false", help: "whether responses come with their bodies" },
];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    let events = Kinds::decode(&params);
    let bodies = decoded(&params, "bodies", false);
    params.finish();
    Some(Box::new(EventLog { file: LogFile::at(&path?), events: events?, bodies: bodies? }))
}

impl EventLog {
    /// Writes every event, without bodies.
    pub fn to(path: &Path) -> EventLog {
        EventLog { file: LogFile::at(path), events: Kinds::ALL, bodies: false }
    }
}

impl Observer for EventLog {
    fn name(&self) -> &'static str {
        "EventLog"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn needs(&self) -> Needs {
        Needs { events: self.events, bodies: self.bodies }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.file.open(stage)
    }

    fn observe(&mut self, event: &Event) {
        self.file.push(Line::of(event).to_text());
    }

    fn finish<'a>(&'a mut self, _: &'a Summary<'a>) -> Finished<'a> {
        said(self.file.close(self.name()))
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
        assert_eq!((printed.as_str(), outcome.text.as_str(), outcome.file), ("", "", Some(Ok(()))));
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
        let stage = Stage {
            output: crate::observer::Output::direct(std::io::sink()),
            lossless: true,
            monitors: Default::default(),
        };
        let why = EventLog::to(Path::new("/no/such/folder/events")).begin(&stage).unwrap_err();
        assert!(why.starts_with("/no/such/folder/events cannot be written: "), "{why}");
    }

    #[test]
    fn a_full_disk_is_told_whether_it_loses_much_or_little() {
        for (count, lost) in [(500, "lines are missing"), (1, "No space left on device")] {
            let events: Vec<_> = (0..count).map(|_| response(0, "GET{event}", 1.5, true)).collect();
            let (_, outcome) = run("EventLog", &params(Path::new("/dev/full"), ""), &events);
            let fault = outcome.file.unwrap().unwrap_err();
            assert!(fault.starts_with("/dev/full could not be written to its end: "), "{fault}");
            assert!(fault.contains(lost) && outcome.text == format!("\n* EventLog: {fault}\n"), "{fault}");
            assert!(outcome.failures.is_empty());
        }
    }
}
