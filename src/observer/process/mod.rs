//! An observer that is a program of the user's own.
//!
//! The program reads events as lines of JSON from its standard input, after the last of them one line
//! `{"type":"report","results":{..}}` and the end. On its standard output it may answer with one line
//! `{"report": "text", "failures": ["..."]}`. `observers/README.md` describes the protocol.
//!
//! It runs beside the simulation and never slows it: events that it cannot take are dropped and
//! counted, and when it dies or hangs, that is a line in the report and nothing else.
//!
//! # Layout
//!
//! - `mod.rs`: [`Process`], the observer: parameters, events, the text for the report
//! - `child.rs`: the program: pipes, threads, the end
//! - `answer.rs`: what it says

mod answer;
mod child;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::time::Instant;

use self::answer::Answer;
use self::child::{Child, Ending};
use super::kind::{Kinds, Needs};
use super::ndjson::Line;
use super::{Finished, Observer, Stage, decoded};
use crate::command::shown_words;
use crate::config::{FromValue, Kind as ValueKind, Param, Seconds, Table};
use crate::event::Event;
use crate::report::{Failure, Outcome, Results, Summary, named};

/// Gives events to a program, and its answer to the report.
pub struct Process {
    command: Vec<String>,
    events: Kinds,
    bodies: bool,
    timeout: Duration,
    child: Option<Child>,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "command", default: "", help: "the program: a text for `sh -c`, or an array of arguments" },
    Param { name: "events", default: "all", help: "the kinds of events that it gets" },
    Param { name: "bodies", default: "false", help: "whether responses come with their bodies" },
    Param {
        name: "timeout",
        default: "10",
        help: "how long it may take to read the last events, and again to answer; when somebody ends the run, what is \
               left of 5 s",
    },
];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let command = command(&params);
    let events = Kinds::decode(&params);
    let bodies = decoded(&params, "bodies", false);
    let timeout = decoded(&params, "timeout", Seconds(Duration::from_secs(10)));
    params.finish();
    let (command, events, bodies, timeout) = (command?, events?, bodies?, timeout?.0);
    Some(Box::new(Process { command, events, bodies, timeout, child: None }))
}

fn command(params: &Table) -> Option<Vec<String>> {
    let value = params.required_value("command")?;
    let command = match &value.kind {
        ValueKind::String(text) if text.trim().is_empty() => return empty_command(params),
        ValueKind::String(text) => vec!["sh".to_owned(), "-c".to_owned(), text.clone()],
        ValueKind::Array(_) => Vec::<String>::from_value(value, params.diags())?,
        _ => return value.mismatch("a string for `sh -c` or an array of arguments", params.diags()),
    };
    if command.first().is_none_or(|program| program.trim().is_empty()) {
        return empty_command(params);
    }
    Some(command)
}

fn empty_command<T>(params: &Table) -> Option<T> {
    params.error_at_key("command", "the command is empty");
    None
}

impl Observer for Process {
    fn name(&self) -> &'static str {
        "Process"
    }

    fn needs(&self) -> Needs {
        Needs { events: self.events, bodies: self.bodies }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        let patience = if stage.lossless { self.timeout } else { Duration::ZERO };
        self.child = Some(Child::begin(&self.command, self.bodies, patience)?);
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        if let Some(child) = &mut self.child {
            child.tell(Line::of(event).to_text());
        }
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        let Some(mut child) = self.child.take() else { return super::said(Outcome::default()) };
        let results = serde_json::to_string(&Results::of(summary)).unwrap_or_default();
        child.tell(format!("{{\"type\":\"report\",\"results\":{results}}}\n"));
        let (timeout, by) = (self.timeout, summary.conclude_by);
        Box::pin(async move {
            // It has what is left twice at most: to read, and to answer.
            let left = by.map(|by| by.saturating_duration_since(Instant::now()) / 2);
            let timeout = left.map_or(timeout, |left| timeout.min(left));
            self.outcome(child.end(timeout).await)
        })
    }
}

impl Process {
    fn outcome(&self, ending: Ending) -> Outcome {
        let answer = Answer::read(&ending.said);
        let mut text = answer.text;
        let name = shown_words(&self.command);
        let dropped = (ending.dropped > 0).then(|| format!("{} events were dropped", ending.dropped));
        let words = ending.complained.join(" | ");
        let words = (!words.is_empty()).then(|| format!("its last words: {words}"));
        // Whatever is wrong with it is one line.
        let faults: Vec<String> = [dropped, ending.fault, answer.fault].into_iter().flatten().collect();
        if !faults.is_empty() {
            let told: Vec<String> = faults.into_iter().chain(words).collect();
            text.push_str(&format!("\n{}: {}\n", named(&name), told.join("; ")));
        }
        let failures = answer.failures.into_iter().map(Failure::from).collect();
        Outcome { text, failures, plugin: Some(name), ..Outcome::default() }
    }
}
