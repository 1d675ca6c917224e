//! Report and results file, as a run writes them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use populace::config::{Diagnostics, read_bytes};
use populace::observer::Watch;
use populace::report::{About, Host, Results, Stopwatch, Summary, conclude};
use populace::stats::Statistics;

use crate::samples::CLIENTS;

/// How long the files are, bytes.
pub struct Written {
    pub report: u64,
    pub results: u64,
}

/// The observer that writes the report, with the thresholds that it has by itself.
pub fn watch() -> Result<Watch, String> {
    let text = "<plist><array><dict><key>type</key><string>ReportStatistics</string></dict></array></plist>";
    let diagnostics = Diagnostics::new();
    let value = read_bytes("observers", text.as_bytes(), &diagnostics);
    let watch = value.and_then(|value| Watch::load(&value, &diagnostics));
    watch.ok_or_else(|| diagnostics.all().iter().map(ToString::to_string).collect())
}

/// Lets the observers conclude, and writes both files.
pub fn write(stats: &Statistics, stopwatch: &Stopwatch, watch: &mut Watch) -> Result<Written, String> {
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let summary = summary(stats, stopwatch);
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|why| why.to_string())?;
    let outcomes = runtime.block_on(watch.finish(&summary));
    let (report, verdict, failures) = conclude(&summary, outcomes);
    let results = Results::of(&summary).concluded(verdict, failures, Vec::new());
    Ok(Written {
        report: to_disk(&folder.path().join("report.txt"), |file| file.write_all(report.as_bytes()))?,
        results: to_disk(&folder.path().join("results.json"), |file| {
            serde_json::to_writer_pretty(file, &results).map_err(std::io::Error::from)
        })?,
    })
}

/// Writes a file until the disk has it; gives its length.
fn to_disk(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<u64, String> {
    let all = || {
        let mut file = BufWriter::new(File::create(path)?);
        write(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()?;
        Ok(file.get_ref().metadata()?.len())
    };
    all().map_err(|why: std::io::Error| format!("{}: {why}", path.display()))
}

fn summary<'a>(stats: &'a Statistics, stopwatch: &Stopwatch) -> Summary<'a> {
    let host = Host::measure(stopwatch);
    Summary {
        stats,
        about: About::default(),
        seed: 1,
        plan_hash: None,
        trace_hash: None,
        started: host.started,
        run_time: Duration::from_secs(86_400),
        measured_from: Duration::ZERO,
        measured_time: Duration::from_secs(86_400),
        accounts: u64::from(CLIENTS),
        clients_started: u64::from(CLIENTS),
        interrupted: false,
        conclude_by: None,
        broken: None,
        thresholds: Vec::new(),
        remarks: Vec::new(),
        prepared: 0,
        made_beforehand: BTreeMap::new(),
        protocols: Vec::new(),
        words: Default::default(),
        thoughtful: Default::default(),
        monitors: BTreeMap::new(),
        workers: BTreeMap::new(),
        counted: BTreeMap::new(),
        host,
    }
}
