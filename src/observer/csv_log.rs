//! The course of a run as comma-separated values, second by second.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::intervals::Intervals;
use super::kind::{Kind, Kinds, Needs};
use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Observer, Stage};
use crate::config::{Param, Table};
use crate::event::{Event, Said, What};
use crate::report::{Come, CsvLines, Summary, TimelineRow};
use crate::stats::{Histogram, Row};

/// Writes a line for every second of a run, however long that is, while it goes on: the lines that
/// [`csv`](crate::report::csv) makes of the rows of a results file, with percentiles that are exact to three digits.
pub struct CsvLog {
    file: LogFile,
    seconds: Intervals<Second>,
    lines: CsvLines,
    /// Who has come and left so far.
    come: Come,
    /// The first rows, until it is known which columns there are.
    held: Option<Vec<TimelineRow>>,
    /// The monitors whose figures have columns.
    monitors: Rc<[Rc<str>]>,
}

/// What happened in a second.
#[derive(Default)]
struct Second {
    row: Row,
    response: Histogram,
}

/// The parameters.
pub const PARAMS: &[Param] = &[Param { name: "path", default: "", help: "the file; what was in it is lost" }];

const SECOND: Duration = Duration::from_secs(1);

/// For so long it is waited at most until all figures of all monitors are known, seconds: who is asked once a minute is read
/// twice by then, however long the answer takes.
const PATIENCE: f64 = 65.0;

/// Whether the rows from the start on tell which columns these monitors have. Rates are known when one is read for the second
/// time, and of one that has nothing else nothing is heard before that.
fn has_columns(rows: &[TimelineRow], monitors: &[Rc<str>]) -> bool {
    let Some(last) = rows.last() else { return false };
    let told = |monitor: &Rc<str>| rows.iter().filter(|row| row.monitors.contains_key(monitor)).count();
    last.at_s >= PATIENCE || monitors.iter().all(|monitor| told(monitor) >= 2)
}

/// The most lines in which nothing happened (some months of them): a worker may tell any time.
const SPARE: u64 = 10_000_000;

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    params.finish();
    Some(Box::new(CsvLog::to(&path?)))
}

impl CsvLog {
    pub fn to(path: &Path) -> CsvLog {
        let lines = CsvLines::of(SECOND.as_secs_f64(), SPARE);
        CsvLog {
            file: LogFile::at(path),
            seconds: Intervals::of(SECOND),
            lines,
            come: Come::default(),
            held: Some(Vec::new()),
            monitors: Rc::default(),
        }
    }

    /// The row of a second that is over.
    fn row(&mut self, number: u64, second: &Second) -> TimelineRow {
        let quantile = |part| second.response.quantile(part);
        TimelineRow::of(Duration::from_secs(number), &second.row, quantile, &mut self.come)
    }

    fn write(&mut self, row: TimelineRow) {
        match &mut self.held {
            Some(held) => {
                held.push(row);
                if has_columns(held, &self.monitors) {
                    self.release();
                }
            }
            None => self.lines.row(&row, &mut |line| self.file.push(line)),
        }
    }

    /// Writes the head and the rows that waited for it.
    fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        self.file.push(self.lines.head(&held));
        for row in &held {
            self.lines.row(row, &mut |line| self.file.push(line));
        }
    }
}

impl Observer for CsvLog {
    fn name(&self) -> &'static str {
        "CsvLog"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn needs(&self) -> Needs {
        let events = [Kind::Response, Kind::Operation, Kind::Status, Kind::Left, Kind::SimExpired]
            .into_iter()
            .fold(Kinds::NONE, Kinds::with);
        Needs { events, bodies: false }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.monitors = stage.monitors.clone();
        self.file.open(stage)
    }

    fn observe(&mut self, event: &Event) {
        // What a statistics socket says has no column.
        let of_socket = matches!(&event.what, What::ServerFigures { figures: Said::Load(_), .. });
        if of_socket || !Row::counts(&event.what) {
            return;
        }
        for (number, second) in self.seconds.closed_by(event.at) {
            let row = self.row(number, &second);
            self.write(row);
        }
        let second = self.seconds.at(event.at);
        second.row.take(event);
        if let What::Response(response) = &event.what
            && response.ended()
        {
            second.response.record(response.response());
        }
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        let end = (summary.measured_from + summary.measured_time).min(summary.run_time).as_secs_f64();
        let mut rest = Vec::new();
        for (number, second) in self.seconds.rest() {
            let come = self.come;
            rest.push((come, self.row(number, &second)));
        }
        while rest.pop_if(|(come, row)| row.is_idle_end(end, SECOND.as_secs_f64(), *come)).is_some() {}
        for (_, row) in rest {
            self.write(row);
        }
        self.release();
        self.lines.end(end, &mut |line| self.file.push(line));
        said(self.file.close(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ErrorKind, Figure, Figures, Unit};
    use crate::observer::test::run;
    use crate::stats::test::response;

    fn at(seconds: f64, service: f64, success: bool) -> Event {
        let mut event = response(0, "GET{event}", service, success);
        event.at = Duration::from_secs_f64(seconds);
        event
    }

    /// A monitor reads figures of these names, which are the seconds since the start.
    fn read(monitor: &str, seconds: f64, names: &[&str]) -> Event {
        let figure = |name: &&str| Figure { name: (*name).into(), unit: Unit::Number, value: seconds };
        let figures = Figures { since: Duration::ZERO, figures: names.iter().map(figure).collect() };
        let mut event = at(seconds, 0.1, true);
        event.what = What::ServerFigures { pod: monitor.into(), figures: Said::Figures(figures) };
        event
    }

    fn lines(path: &Path) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_second_has_its_own_line_after_hours_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.csv");
        let parameters = format!("<key>path</key><string>{}</string>", path.display());
        // Two in the second 9,000; a worker tells of the second before it late; one is cut off by the end.
        let mut cut = at(9_003.0, 0.0, false);
        if let What::Response(response) = &mut cut.what {
            response.error = Some(ErrorKind::Unanswered);
        }
        let events = [at(9_000.1, 0.2504, true), at(9_000.9, 0.5, false), at(8_999.5, 0.1, true), cut];
        let (printed, outcome) = run("CsvLog", &parameters, &events);
        assert_eq!((printed.as_str(), outcome.text.as_str(), outcome.file), ("", "", Some(Ok(()))));
        let lines = lines(&path);
        assert_eq!(lines.len(), 9_001);
        assert!(lines.iter().enumerate().all(|(second, line)| line[0] == second.to_string()));
        let shown = |second: usize| lines[second][4..8].join(" ");
        assert_eq!((shown(8_998), shown(8_999)), ("0 0  ".into(), "1 0 0.100031 0.100031".into()));
        let [p50, p95] = [6, 7].map(|column: usize| lines[9_000][column].parse::<f64>().unwrap());
        assert!((p50 - 0.2504).abs() < 0.0003 && (p95 - 0.5).abs() < 0.0005, "{p50} {p95}");
        assert_eq!(lines[9_000][4..6], ["2", "1"]);
    }

    #[test]
    fn what_monitors_read_has_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.csv");
        let parameters = format!("<key>path</key><string>{}</string>", path.display());
        let read = |seconds, names: &[&str]| read("web1", seconds, names);
        // The second time a rate is known; what comes later has no column.
        let events = [
            at(0.1, 0.1, true),
            read(0.2, &["load"]),
            at(5.0, 0.1, true),
            read(10.5, &["load", "cpu"]),
            at(12.0, 0.1, true),
            read(20.5, &["load", "new"]),
            at(21.0, 0.1, true),
        ];
        run("CsvLog", &parameters, &events);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(",left,web1 cpu,web1 load"), "{}", lines[0]);
        let ends = [(1, ",0,,0.2"), (2, ",0,,"), (6, ",0,,"), (11, ",0,10.5,10.5"), (21, ",0,,20.5")];
        for (line, end) in ends {
            assert!(lines[line].ends_with(end), "{line}: {}", lines[line]);
        }
    }

    #[test]
    fn a_monitor_of_which_nothing_is_heard_at_first_has_columns_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.csv");
        let parameters = format!("<key>path</key><string>{}</string>", path.display());
        // Of totals nothing is known before they are read again: after ten seconds, after a minute, and too late.
        let events = [
            at(0.1, 0.1, true),
            at(8.0, 0.1, true),
            read("ten", 10.5, &["in"]),
            read("ten", 20.5, &["in"]),
            at(30.0, 0.1, true),
            read("minute", 64.5, &["out"]),
            at(66.0, 0.1, true),
            read("later", 75.5, &["x"]),
        ];
        run("CsvLog", &parameters, &events);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].ends_with(",left,minute out,ten in"), "{}", lines[0]);
        for (line, end) in [(9, ",0,,"), (11, ",0,,10.5"), (21, ",0,,20.5"), (65, ",0,64.5,"), (76, ",0,,")] {
            assert!(lines[line].ends_with(end), "{line}: {}", lines[line]);
        }
    }

    #[test]
    fn a_full_disk_is_told() {
        let full = "<key>path</key><string>/dev/full</string>";
        let (_, outcome) = run("CsvLog", full, &[at(1.0, 0.5, true)]);
        let why = outcome.file.unwrap().unwrap_err();
        assert!(why.starts_with("/dev/full could not be written to its end: No space left"), "{why}");
        assert!(outcome.text.contains(&why), "{}", outcome.text);
    }
}
