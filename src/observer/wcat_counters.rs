//! What monitors read, as the WCAT controller writes its counters (spec A4, rows 13 and 24).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Observer, Stage};
use crate::config::{Param, Table};
use crate::report::{Summary, cell};
use crate::stats::Row;

/// Writes a table of all figures of all monitors when the run is over: a line for each row of the timeline in which one was
/// read. As long as the timeline's rows are no longer than the monitors' intervals (for 10 s: runs of up to 4 h 30 min),
/// that is every reading.
pub struct WcatCounters {
    path: PathBuf,
    file: LogFile,
}

/// The parameters.
pub const PARAMS: &[Param] =
    &[Param { name: "path", default: "", help: "the file, as run.prf; what was in it is lost" }];

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    params.finish();
    path.map(|path| Box::new(WcatCounters { file: LogFile::at(&path), path }) as Box<dyn Observer>)
}

/// A monitor and one of its figures.
type Column = (Rc<str>, Rc<str>);

/// The whole text.
fn text(path: &Path, summary: &Summary) -> String {
    let rows: Vec<_> = summary.stats.timeline().rows().filter(|(_, row)| !row.monitors.is_empty()).collect();
    let columns: BTreeSet<Column> = rows.iter().flat_map(|(_, row)| columns(row)).collect();
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let started = summary.started.format("%Y-%m-%d %H:%M:%S");
    let mut text = format!(
        "File,{}\r\nNumCounters,{}\r\nMachineName,{}\r\nStart Time,{started}\r\n\r\n",
        cell(&file),
        columns.len(),
        cell(&summary.about.servers.join(" ")),
    );
    let names = columns.iter().map(|(monitor, figure)| cell(&format!("{monitor}\\{figure}")));
    text.push_str(&line("Time".to_owned(), names));
    for (at, row) in rows {
        let value = |(monitor, figure): &Column| -> Option<f64> {
            Some(row.monitors.get(monitor)?.1.iter().find(|one| one.name == *figure)?.value)
        };
        let values =
            columns.iter().map(|column| value(column).map_or(String::new(), |value| value.to_string()));
        text.push_str(&line(at.as_secs().to_string(), values));
    }
    text
}

fn columns(row: &Row) -> impl Iterator<Item = Column> {
    let of = |(monitor, (_, read)): (&Rc<str>, &(_, Vec<crate::event::Figure>))| {
        read.iter().map(|figure| (monitor.clone(), figure.name.clone())).collect::<Vec<_>>()
    };
    row.monitors.iter().flat_map(of)
}

fn line(first: String, rest: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = std::iter::once(first).chain(rest).collect();
    cells.join(",") + "\r\n"
}

impl Observer for WcatCounters {
    fn name(&self) -> &'static str {
        "WcatCounters"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.file.open(stage)
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        self.file.push(text(&self.path, summary));
        said(self.file.close(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::event::{Figure, Figures, Said, Unit, What};
    use crate::observer::test::run;
    use crate::stats::test::measured;

    #[test]
    fn every_reading_is_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.prf");
        let read = |at: u64, pod: &str, figures: &[(&str, f64)]| {
            let figure = |(name, value): &(&str, f64)| Figure {
                name: (*name).into(),
                unit: Unit::Number,
                value: *value,
            };
            let figures = Figures { since: Duration::ZERO, figures: figures.iter().map(figure).collect() };
            measured(
                Duration::from_secs(at),
                What::ServerFigures { pod: pod.into(), figures: Said::Figures(figures) },
            )
        };
        let events = [
            read(0, "web1", &[("load", 1.5)]),
            read(10, "web1", &[("cpu", 12.5), ("load", 2.0)]),
            read(10, "a,\"b", &[("x", 7.0)]),
        ];
        let params = format!("<key>path</key><string>{}</string>", path.display());
        let (_, outcome) = run("WcatCounters", &params, &events);
        assert_eq!(outcome.file, Some(Ok(())));
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..2], ["File,run.prf", "NumCounters,3"]);
        assert!(
            lines[2].starts_with("MachineName,") && lines[3].starts_with("Start Time,2026-01-05 09:00:00"),
            "{text}"
        );
        assert_eq!(lines[5..], ["Time,\"a,\"\"b\\x\",web1\\cpu,web1\\load", "0,,,1.5", "10,7,12.5,2"]);
    }
}
