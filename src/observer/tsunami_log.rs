//! The statistics file of IDX-Tsunami (mail-web-chat-network, A2 rows 54 to 56), for the programs that read it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::intervals::Intervals;
use super::kind::{Kind, Kinds, Needs};
use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Observer, Stage};
use crate::config::{Param, Table};
use crate::event::{ErrorKind, Event, Response, What};
use crate::label::Label;
use crate::report::Summary;

/// Writes every ten seconds what was counted in them, and since the start: how many users are there, times of requests, pages,
/// sessions, connections and transactions in milliseconds, bytes, users, statuses and errors.
pub struct TsunamiLog {
    file: LogFile,
    started: Option<DateTime<FixedOffset>>,
    dumps: Intervals<Counted>,
    /// The number of the next dump, and what was counted before it.
    next: u64,
    before: Before,
}

/// The parameters.
pub const PARAMS: &[Param] = &[Param { name: "path", default: "", help: "the file; what was in it is lost" }];

const EVERY: Duration = Duration::from_secs(10);

/// The most dumps in which nothing happened (some months of them): a worker may tell any time.
const SPARE: u64 = 1_000_000;

/// What was counted between two dumps.
#[derive(Default)]
struct Counted {
    samples: BTreeMap<String, Sample>,
    counts: BTreeMap<String, u64>,
    /// By how many the users that are there have become more, and by how many they were more at most.
    users: i64,
    peak: i64,
}

/// What was counted before.
#[derive(Default)]
struct Before {
    /// The greatest and the least of each sample, milliseconds.
    extremes: BTreeMap<String, (f64, f64)>,
    totals: BTreeMap<String, u64>,
    users: i64,
    most_users: i64,
}

/// Times in milliseconds, as the ancestor counts them: one after the other, so that only mean and sum of squares are kept.
#[derive(Default)]
struct Sample {
    count: u64,
    mean: f64,
    squares: f64,
    most: f64,
    least: f64,
}

impl Sample {
    fn take(&mut self, time: Duration) {
        let value = time.as_secs_f64() * 1e3;
        (self.least, self.most) =
            if self.count == 0 { (value, value) } else { (self.least.min(value), self.most.max(value)) };
        self.count += 1;
        let from_mean = value - self.mean;
        self.mean += from_mean / self.count as f64;
        self.squares += from_mean * (value - self.mean);
    }

    /// The standard deviation of all there are.
    fn deviation(&self) -> f64 {
        (self.squares / self.count as f64).sqrt()
    }
}

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    params.finish();
    let file = LogFile::at(&path?);
    Some(Box::new(TsunamiLog {
        file,
        started: None,
        dumps: Intervals::of(EVERY),
        next: 0,
        before: Before::default(),
    }))
}

impl Counted {
    fn sample(&mut self, name: &str, time: Duration) {
        match self.samples.get_mut(name) {
            Some(sample) => sample.take(time),
            None => self.samples.entry(name.to_owned()).or_default().take(time),
        }
    }

    fn count(&mut self, name: &str, number: u64) {
        match self.counts.get_mut(name) {
            Some(count) => *count += number,
            None => drop(self.counts.insert(name.to_owned(), number)),
        }
    }

    fn answered(&mut self, response: &Response) {
        self.count("size", response.bytes_received);
        match response.status {
            Some(status) => {
                self.sample("request", response.service());
                self.count(&status.to_string(), 1);
            }
            None => self.count(&error(response.error), 1),
        }
    }

    fn take(&mut self, what: &What) {
        match what {
            What::Response(response) if response.ended() => self.answered(response),
            What::OperationEnd(end) if !end.unfinished => {
                let (label, time) = (end.label.as_str(), end.end.saturating_sub(end.begun));
                match end.label {
                    Label::CONNECT if !end.success => {}
                    // The ancestor knows these by the same names.
                    Label::SESSION | Label::PAGE | Label::CONNECT => self.sample(label, time),
                    _ => self.sample(&format!("tr_{}", plain(label)), time),
                }
            }
            // A user comes with its first program, and goes with its last.
            What::Arrived { who, .. } if who.is_first() => {
                self.users += 1;
                self.peak = self.peak.max(self.users);
                self.count("users_count", 1);
            }
            What::Checked(checked) => self.count(if checked.found { "match" } else { "nomatch" }, 1),
            What::Left { user: true, .. } => {
                self.users -= 1;
                self.count("finish_users_count", 1);
            }
            _ => {}
        }
    }
}

/// The counter of an error, as far as it has the same name there (row 31).
fn error(kind: Option<ErrorKind>) -> String {
    match kind {
        Some(ErrorKind::Timeout) => "timeout".to_owned(),
        Some(ErrorKind::Connect) => "error_connect".to_owned(),
        Some(ErrorKind::ConnectTimeout) => "error_connect_timeout".to_owned(),
        Some(other) => format!("error_{}", other.as_str().replace('-', "_")),
        None => "error_unknown".to_owned(),
    }
}

/// A name without what parts the fields of a line.
fn plain(name: &str) -> String {
    name.replace(char::is_whitespace, "_")
}

impl TsunamiLog {
    /// Writes a dump, and those before it in which nothing was counted.
    fn close(&mut self, number: u64, counted: Counted) {
        let quiet = number.saturating_sub(self.next).min(SPARE);
        for number in number - quiet..number {
            self.dump(number, Counted::default());
        }
        self.dump(number, counted);
    }

    fn dump(&mut self, number: u64, counted: Counted) {
        self.next = number + 1;
        let end = EVERY.saturating_mul(u32::try_from(number + 1).unwrap_or(u32::MAX));
        let text = self.before.text(self.moment(end).timestamp(), counted);
        self.file.push(text);
    }

    /// What time it was so long after the start.
    fn moment(&self, after: Duration) -> DateTime<FixedOffset> {
        let after = TimeDelta::from_std(after).unwrap_or(TimeDelta::MAX);
        let started = self.started.unwrap_or_default();
        started.checked_add_signed(after).unwrap_or(started)
    }
}

impl Before {
    /// The lines of a dump at this moment, in seconds since 1970.
    fn text(&mut self, moment: i64, counted: Counted) -> String {
        self.most_users = self.most_users.max(self.users + counted.peak);
        self.users += counted.users;
        for (name, sample) in &counted.samples {
            let (most, least) = self.extremes.entry(name.clone()).or_insert((sample.most, sample.least));
            (*most, *least) = (most.max(sample.most), least.min(sample.least));
        }
        for (name, count) in &counted.counts {
            *self.totals.entry(name.clone()).or_default() += count;
        }
        let mut text =
            format!("# stats: dump at {moment}\nstats: users {} {}\n", self.users, self.most_users);
        // A String takes everything. What was there once has a line in every dump.
        for (name, (most, least)) in &self.extremes {
            let (most, least) = (number(*most), number(*least));
            let _ = match counted.samples.get(name) {
                Some(sample) => {
                    let (mean, deviation) = (number(sample.mean), number(sample.deviation()));
                    writeln!(text, "stats: {name} {} {mean} {deviation} {most} {least}", sample.count)
                }
                None => writeln!(text, "stats: {name} 0 0 0 {most} {least}"),
            };
        }
        for (name, total) in &self.totals {
            let _ = writeln!(text, "stats: {name} {} {total}", counted.counts.get(name).unwrap_or(&0));
        }
        text
    }
}

/// A number with six digits, as the ancestor's language writes it: from 0.1 up to 10000 plain, others with an exponent.
fn number(value: f64) -> String {
    if (0.1..10_000.0).contains(&value) {
        let before = if value < 1.0 { 0 } else { value.log10().floor() as usize + 1 };
        return format!("{value:.*}", 6 - before);
    }
    let text = format!("{value:.5e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

impl Observer for TsunamiLog {
    fn name(&self) -> &'static str {
        "TsunamiLog"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn needs(&self) -> Needs {
        let events = [Kind::Response, Kind::Operation, Kind::Status, Kind::Left, Kind::Check]
            .into_iter()
            .fold(Kinds::NONE, Kinds::with);
        Needs { events, bodies: false }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.file.open(stage)
    }

    fn started(&mut self, at: DateTime<FixedOffset>) {
        self.started = Some(at);
    }

    fn observe(&mut self, event: &Event) {
        for (number, counted) in self.dumps.closed_by(event.at) {
            self.close(number, counted);
        }
        self.dumps.at(event.at).take(&event.what);
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        for (number, counted) in self.dumps.rest() {
            self.close(number, counted);
        }
        let end = self.moment(summary.run_time);
        let (seconds, micros) = (end.timestamp(), end.timestamp_subsec_micros());
        self.file.push(format!("EndMonitor:{{{},{},{micros}}}\n", seconds / 1_000_000, seconds % 1_000_000));
        said(self.file.close(self.name()))
    }
}

#[cfg(test)]
mod tests;
