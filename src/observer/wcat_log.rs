//! The log of the WCAT controller (mail-web-chat-network, A4 rows 21 to 23): what all clients have measured together, and each by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Observer, Stage};
use crate::config::{Param, Table};
use crate::event::ErrorKind;
use crate::label::Label;
use crate::report::Summary;
use crate::stats::{Period, Samples, Tally, is_auxiliary};

/// Writes the log at the end, of what was due in the measured phase.
pub struct WcatLog {
    file: LogFile,
    path: PathBuf,
    comment: String,
}

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "path", default: "", help: "the file; what was in it is lost" },
    Param { name: "comment", default: "none", help: "what stands at `Comment` in its head" },
];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    let comment = params.or("comment", String::new()).replace(char::is_control, " ");
    params.finish();
    let path = path?;
    Some(Box::new(WcatLog { file: LogFile::at(&path), path, comment }))
}

/// What was measured by one client, or by all.
#[derive(Default)]
struct Measured {
    /// Seconds.
    duration: f64,
    pages: Tally,
    /// Requests that are judged, good ones and bad ones.
    responses: Samples,
    requests: Tally,
    answers: u64,
    connects: Tally,
    connect_errors: u64,
}

impl Measured {
    fn of(period: Option<&Period>, duration: f64) -> Measured {
        let mut measured = Measured { duration, ..Measured::default() };
        let Some(period) = period else { return measured };
        for (label, tally) in &period.requests {
            measured.requests.merge(tally);
            if !is_auxiliary(*label) {
                measured.responses.merge(&tally.ok.service);
                measured.responses.merge(&tally.failed.service);
            }
        }
        let operation = |label: Label| period.operations.get(&label).cloned().unwrap_or_default();
        (measured.pages, measured.connects) = (operation(Label::PAGE), operation(Label::CONNECT));
        measured.answers = period.statuses.values().sum();
        let errors = CONNECTING.iter().filter_map(|kind| period.errors.get(kind));
        measured.connect_errors = errors.map(|errors| errors.count).sum();
        measured
    }
}

/// The errors that are about connecting.
const CONNECTING: [ErrorKind; 6] = [
    ErrorKind::Name,
    ErrorKind::Connect,
    ErrorKind::Descriptors,
    ErrorKind::Addresses,
    ErrorKind::ConnectTimeout,
    ErrorKind::Tls,
];

/// A row of the results: its name, and its number. None: it is not known here.
type Row = (&'static str, fn(&Measured) -> Option<f64>);

/// The rows in the order of the ancestor (row 22). Times are milliseconds.
const ROWS: [Row; 22] = [
    ("Duration", |one| Some(one.duration)),
    ("Pages Requested", |one| Some((one.pages.count() + one.pages.unfinished) as f64)),
    ("Pages Read", |one| Some(one.pages.successes() as f64)),
    ("Total Responses", |one| Some(one.answers as f64)),
    ("Avg Response Time", |one| mean(&one.responses)),
    ("Min Response Time", |one| least(&one.responses)),
    ("Max Response Time", |one| Some(milliseconds(one.responses.max()))),
    ("StdDev Response Time", |one| deviation(&one.responses)),
    ("Total Connects", |one| Some(one.connects.successes() as f64)),
    ("Avg Connect Time", |one| mean(&one.connects.ok.service)),
    ("Min Connect Time", |one| least(&one.connects.ok.service)),
    ("Max Connect Time", |one| Some(milliseconds(one.connects.ok.service.max()))),
    ("StdDev Connect Time", |one| deviation(&one.connects.ok.service)),
    ("Connect Errors", |one| Some(one.connect_errors as f64)),
    ("Read Errors", |one| Some(one.requests.failures().saturating_sub(one.connect_errors) as f64)),
    ("Data Read", |_| None),
    ("Header Bytes", |_| None),
    ("Total Bytes", |one| Some(one.requests.bytes_received as f64)),
    ("Avg Header per Page", |_| None),
    ("Avg Bytes per Page", |one| Some(share(one.requests.bytes_received, one.pages.successes()))),
    ("Bytes Sent", |one| Some(one.requests.bytes_sent as f64)),
    ("Requests Unanswered", |one| Some(one.requests.unanswered as f64)),
];

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn mean(samples: &Samples) -> Option<f64> {
    Some(samples.mean().unwrap_or_default() * 1e3)
}

fn deviation(samples: &Samples) -> Option<f64> {
    Some(samples.stddev().unwrap_or_default() * 1e3)
}

fn least(samples: &Samples) -> Option<f64> {
    Some(milliseconds(samples.quantile(0.0).unwrap_or_default()))
}

/// So much of the one for each of the other.
fn share(of: u64, each: u64) -> f64 {
    if each == 0 { 0.0 } else { of as f64 / each as f64 }
}

/// A line: what it is about, the sum, the sum for each second, and what each client has. Whole numbers, but for the rate.
fn line(name: &str, all: Option<f64>, seconds: f64, each: impl Iterator<Item = Option<f64>>) -> String {
    let whole = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number:.0}"));
    let rate = |number: f64| if seconds > 0.0 { number / seconds } else { 0.0 };
    let rate = all.map_or_else(String::new, |number| format!("{:.2}", rate(number)));
    let mut line = format!("{name}, {}, {rate},", whole(all));
    each.for_each(|number| line += &format!(" {},", whole(number)));
    line + "\n"
}

/// A text without what parts the fields of a line.
fn plain(text: &str) -> String {
    text.replace([',', '\r', '\n'], " ")
}

impl WcatLog {
    /// The whole log.
    fn text(&self, summary: &Summary<'_>) -> String {
        let seconds = summary.measured_time.as_secs_f64();
        let all = summary.stats.measured();
        let each: Vec<(&str, Option<&Period>)> =
            summary.counted.iter().map(|(name, stats)| (name.as_str(), stats.measured())).collect();
        let mut text = self.head(summary, seconds);
        results(&mut text, seconds, all, &each);
        counters(&mut text, summary);
        files(&mut text, seconds, all, &each);
        classes(&mut text, seconds, all, &each);
        text
    }

    fn head(&self, summary: &Summary<'_>, seconds: f64) -> String {
        let about = &summary.about;
        let cooldown = summary.run_time.saturating_sub(summary.measured_from + summary.measured_time);
        let clients = summary.counted.len().max(1) as u64;
        let servers: Vec<String> = about.servers.iter().map(|server| plain(server)).collect();
        let fields = [
            ("WCAT Version", format!("populace {}", about.version)),
            ("ConfigFile", about.config.clone()),
            ("ScriptFile", about.clients.clone()),
            ("LogFile", self.path.display().to_string()),
            ("Test Run Date", summary.started.format("%a %b %d %H:%M:%S %Y").to_string()),
            ("Comment", self.comment.clone()),
            ("Server [IpAddr:Port]", servers.join(" ")),
            ("Clients", clients.to_string()),
            ("Threads", about.planned_users.div_ceil(clients).to_string()),
            (
                "Duration",
                format!(
                    "{seconds:.0} seconds (Warmup {:.0} seconds, Cooldown {:.0} seconds)",
                    summary.measured_from.as_secs_f64(),
                    cooldown.as_secs_f64()
                ),
            ),
        ];
        fields.into_iter().map(|(name, value)| format!("{name} = {value}\n")).collect()
    }
}

/// The results: a column for all, one for the rate, and one for each client.
fn results(text: &mut String, seconds: f64, all: Option<&Period>, each: &[(&str, Option<&Period>)]) {
    let whole = Measured::of(all, seconds);
    let parts: Vec<Measured> = each.iter().map(|(_, period)| Measured::of(*period, seconds)).collect();
    let names: String = each.iter().map(|(name, _)| format!(" {},", plain(name))).collect();
    *text += &format!("\nResults:\nData, Summary, Rate,{names}\n");
    let numbers = (1..=each.len()).map(|number| Some(number as f64));
    *text += &line("Client Id", Some(0.0), seconds, numbers);
    for (name, number) in ROWS {
        *text += &line(name, number(&whole), seconds, parts.iter().map(number));
    }
}

/// The means of what monitors read in the measured phase (row 14).
fn counters(text: &mut String, summary: &Summary<'_>) {
    let servers = summary.stats.servers().iter();
    let gauges =
        servers.flat_map(|(monitor, server)| server.gauges.iter().map(move |gauge| (monitor, gauge)));
    for (number, (monitor, (name, gauge))) in gauges.enumerate() {
        if number == 0 {
            *text += "\nPerformance Counters:\n";
        }
        let mean = gauge.mean().map_or_else(String::new, |mean| format!("{mean:.2}"));
        *text += &format!("{}\\{}, {mean},\n", plain(monitor), plain(name));
    }
}

/// How often each was asked for, and how often there was no good answer.
fn files(text: &mut String, seconds: f64, all: Option<&Period>, each: &[(&str, Option<&Period>)]) {
    *text += "\nFiles:\n";
    let labels = all.iter().flat_map(|period| period.requests.keys()).filter(|label| !is_auxiliary(**label));
    for label in labels {
        let number = |period: Option<&Period>| {
            Some(period.and_then(|period| period.requests.get(label)).map_or(0, Tally::count) as f64)
        };
        *text +=
            &line(&plain(label.as_str()), number(all), seconds, each.iter().map(|(_, one)| number(*one)));
    }
}

/// A number out of what was counted.
type Number<'a> = dyn Fn(Option<&Period>) -> f64 + 'a;

/// Of each class how many pages came, how many failed, and how many of ten thousand were of it (row 23).
fn classes(text: &mut String, seconds: f64, all: Option<&Period>, each: &[(&str, Option<&Period>)]) {
    *text += "\nClasses:\n";
    let is_class = |label: &&Label| ![Label::PAGE, Label::CONNECT, Label::SESSION].contains(label);
    let labels: BTreeSet<Label> =
        all.iter().flat_map(|period| period.operations.keys()).filter(is_class).copied().collect();
    let tally = |period: Option<&Period>, label: Label| {
        period.and_then(|period| period.operations.get(&label)).cloned().unwrap_or_default()
    };
    let sum = |period: Option<&Period>| labels.iter().map(|label| tally(period, *label).count()).sum::<u64>();
    for label in &labels {
        // The ancestor knows them by their numbers.
        let name = plain(label.as_str().strip_prefix("class ").unwrap_or(label.as_str()));
        let rows: [(&str, &Number<'_>); 3] = [
            ("Fetched", &|period| tally(period, *label).successes() as f64),
            ("Errored", &|period| tally(period, *label).failures() as f64),
            ("Distrib", &|period| share(tally(period, *label).count() * 10_000, sum(period))),
        ];
        for (row, number) in rows {
            let each = each.iter().map(|(_, one)| Some(number(*one)));
            *text += &line(&format!("{name}, {row}"), Some(number(all)), seconds, each);
        }
    }
}

impl Observer for WcatLog {
    fn name(&self) -> &'static str {
        "WcatLog"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.file.open(stage)
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        let text = self.text(summary);
        self.file.push(text);
        said(self.file.close(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Figure, Figures, Said, Unit, What};
    use crate::observer::test::run;
    use crate::report::summary_of;
    use crate::stats::Limits;
    use crate::stats::test::{end, measured, response, statistics};

    fn log() -> WcatLog {
        let path = PathBuf::from("t.log");
        WcatLog { file: LogFile::at(&path), path, comment: "files, of all sizes".to_owned() }
    }

    fn client(pages: u32, failed: u32, class: &str, milliseconds: f64) -> Vec<Event> {
        let mut events = Vec::new();
        for number in 0..pages {
            let failure = (number < failed).then_some("status 500");
            events.push(end(0, "page", milliseconds / 1e3, failure));
            events.push(end(0, class, milliseconds / 1e3, failure));
            events.push(end(0, "connect", 0.01, None));
            events.push(response(0, "GET{/a,b}", milliseconds / 1e3, failure.is_none()));
        }
        events
    }

    #[test]
    fn the_log_has_all_and_each() {
        let (one, other) = (client(30, 1, "class 1", 100.0), client(10, 0, "class 2", 200.0));
        let figure = Figure { name: "cpu".into(), unit: Unit::Percent, value: 12.5 };
        let figures = Figures { since: Duration::from_secs(10), figures: vec![figure] };
        let read = What::ServerFigures { pod: "web1".into(), figures: Said::Figures(figures) };
        let read = measured(Duration::from_secs(12), read);
        let all: Vec<&Event> = one.iter().chain(&other).chain([&read]).collect();
        let stats = statistics(Limits::default(), all);
        let mut summary = summary_of(&stats);
        summary.measured_time = Duration::from_secs(10);
        summary.measured_from = Duration::from_secs(5);
        summary.run_time = Duration::from_secs(18);
        summary.about.planned_users = 8;
        summary.counted = [
            ("a".to_owned(), statistics(Limits::default(), &one)),
            ("b".to_owned(), statistics(Limits::default(), &other)),
        ]
        .into();
        let text = log().text(&summary);
        for expected in [
            "Test Run Date = Mon Jan 05 09:00:00 2026",
            "Comment = files, of all sizes",
            "Clients = 2",
            "Threads = 4",
            "Duration = 10 seconds (Warmup 5 seconds, Cooldown 3 seconds)",
            "Data, Summary, Rate, a, b,",
            "Client Id, 0, 0.00, 1, 2,",
            "Duration, 10, 1.00, 10, 10,",
            "Pages Requested, 40, 4.00, 30, 10,",
            "Pages Read, 39, 3.90, 29, 10,",
            "Total Responses, 40, 4.00, 30, 10,",
            "Avg Response Time, 125, 12.50, 100, 200,",
            "Min Response Time, 100, 10.00, 100, 200,",
            "Max Response Time, 200, 20.00, 100, 200,",
            "StdDev Response Time, 43, 4.33, 0, 0,",
            "Total Connects, 40, 4.00, 30, 10,",
            "Avg Connect Time, 10, 1.00, 10, 10,",
            "Connect Errors, 0, 0.00, 0, 0,",
            "Read Errors, 1, 0.10, 1, 0,",
            "Header Bytes, , , , ,",
            "Total Bytes, 40000, 4000.00, 30000, 10000,",
            "Avg Bytes per Page, 1026, 102.56, 1034, 1000,",
            "web1\\cpu, 12.50,",
            "GET{/a b}, 40, 4.00, 30, 10,",
            "1, Fetched, 29, 2.90, 29, 0,",
            "1, Errored, 1, 0.10, 1, 0,",
            "1, Distrib, 7500, 750.00, 10000, 0,",
            "2, Distrib, 2500, 250.00, 0, 10000,",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn it_is_written_at_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.log");
        let parameters = format!("<key>path</key><string>{}</string>", path.display());
        let (printed, outcome) = run("WcatLog", &parameters, &client(2, 0, "class 1", 5.0));
        assert_eq!((printed.as_str(), outcome.text.as_str(), outcome.file), ("", "", Some(Ok(()))));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("\nData, Summary, Rate,\n") && text.contains("\nPages Read, 2, 0.01,\n"),
            "{text}"
        );
        let (_, outcome) = run("WcatLog", "<key>path</key><string>/dev/full</string>", &[]);
        assert!(outcome.file.unwrap().unwrap_err().starts_with("/dev/full could not be written"), "");
    }
}
