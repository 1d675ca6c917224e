//! The response times of a run as HdrHistogram's interval log, which the tools of that family read.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::intervals::Intervals;
use super::kind::{Kind, Kinds, Needs};
use super::log_file::LogFile;
use super::watch::said;
use super::{Finished, Observer, Stage};
use crate::config::{Param, Seconds, Table};
use crate::event::{Event, What};
use crate::report::Summary;
use crate::stats::Histogram;

/// Writes a line for each label and interval in which something came to an end, while the run goes on: tag, begin and
/// length of the interval in seconds since the start of the run, the longest in milliseconds, and the histogram in
/// microseconds, as V2, deflated, in base64. What failed has a tag of its own.
pub struct HdrLog {
    file: LogFile,
    intervals: Intervals<Counts>,
}

/// What was counted in one interval: the histogram, and the longest.
type Counts = BTreeMap<Tag, (Histogram, Duration)>;

/// A label, and whether it is about what failed.
type Tag = (&'static str, bool);

/// The parameters.
pub const PARAMS: &[Param] = &[
    Param { name: "path", default: "", help: "the file; what was in it is lost" },
    Param { name: "interval", default: "1.0", help: "how long an interval is, at least a second" },
];

/// An interval where nobody says another.
const INTERVAL: Duration = Duration::from_secs(1);

/// The first lines. The one in quotes is what readers of this format expect.
const HEAD: &str = "#[Times since the start of the run: seconds; histograms: response times in microseconds]
#[Histogram log format version 1.3]
#[MaxValueDivisor: 1000.000]
\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"
";

/// Decodes the parameters.
pub fn build(params: Table) -> Option<Box<dyn Observer>> {
    let path = params.required::<String>("path").map(PathBuf::from);
    let interval = params.or("interval", Seconds(INTERVAL)).0;
    if interval < INTERVAL {
        params.error_at_key("interval", "an interval is at least a second");
        return None;
    }
    params.finish();
    Some(Box::new(HdrLog { intervals: Intervals::of(interval), ..HdrLog::to(&path?) }))
}

impl HdrLog {
    /// With an interval of a second.
    pub fn to(path: &Path) -> HdrLog {
        HdrLog { file: LogFile::at(path), intervals: Intervals::of(INTERVAL) }
    }

    fn count(&mut self, at: Duration, tag: Tag, response: Duration) {
        for (number, counts) in self.intervals.closed_by(at) {
            self.write(number, counts);
        }
        let (histogram, longest) = self.intervals.at(at).entry(tag).or_default();
        histogram.record(response);
        *longest = response.max(*longest);
    }

    /// Writes what was counted in one interval.
    fn write(&mut self, number: u64, counts: Counts) {
        let length = self.intervals.length().as_secs_f64();
        for ((label, failed), (histogram, longest)) in counts {
            let mut line = format!("Tag={}", plain(label));
            // A String takes everything.
            let _ = writeln!(
                line,
                "{},{:.3},{length:.3},{:.3},{}",
                if failed { ":failed" } else { "" },
                number as f64 * length,
                longest.as_secs_f64() * 1e3,
                histogram.to_base64()
            );
            self.file.push(line);
        }
    }
}

/// A label as a tag: without what ends one.
fn plain(label: &str) -> String {
    label.replace([',', ' ', '\r', '\n'], "_")
}

impl Observer for HdrLog {
    fn name(&self) -> &'static str {
        "HdrLog"
    }

    fn file(&self) -> Option<&Path> {
        Some(self.file.path())
    }

    fn needs(&self) -> Needs {
        Needs { events: Kinds::NONE.with(Kind::Response).with(Kind::Operation), bodies: false }
    }

    fn begin(&mut self, stage: &Stage) -> Result<(), String> {
        self.file.open(stage)?;
        self.file.push(HEAD);
        Ok(())
    }

    fn observe(&mut self, event: &Event) {
        match &event.what {
            What::Response(response) if response.ended() => {
                let tag = (response.label.as_str(), !response.success);
                self.count(event.at, tag, response.response());
            }
            What::OperationEnd(end) if !end.unfinished => {
                self.count(event.at, (end.label.as_str(), !end.success), end.end.saturating_sub(end.due));
            }
            _ => {}
        }
    }

    fn finish<'a>(&'a mut self, summary: &'a Summary<'a>) -> Finished<'a> {
        for (number, counts) in self.intervals.rest() {
            self.write(number, counts);
        }
        self.file.push(format!("#[Start of the run: {}]\n", summary.started.to_rfc3339()));
        said(self.file.close(self.name()))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hdrhistogram::serialization::Deserializer;
    use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};

    use super::*;
    use crate::observer::test::{load, run};
    use crate::stats::test::{end, response};

    fn at(seconds: f64, mut event: Event) -> Event {
        event.at = Duration::from_secs_f64(seconds);
        event
    }

    #[test]
    fn the_reader_of_the_format_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.hlog");
        let parameters = format!(
            "<key>path</key><string>{}</string><key>interval</key><string>2s</string>",
            path.display()
        );
        let events = [
            at(0.5, response(0, "GET{event}", 0.25, true)),
            at(1.9, response(0, "GET{event}", 0.75, true)),
            at(4.1, response(0, "GET{event}", 0.5, false)),
            // A worker was late: a little, and too much.
            at(2.5, response(0, "GET{event}", 0.5, true)),
            at(1.0, end(0, "reply done", 1.5, None)),
        ];
        run("HdrLog", &parameters, &events);
        let text = std::fs::read(&path).unwrap();
        let mut read = Vec::new();
        for entry in IntervalLogIterator::new(&text) {
            let LogEntry::Interval(interval) = entry.unwrap() else { continue };
            let bytes = STANDARD.decode(interval.encoded_histogram()).unwrap();
            let histogram: hdrhistogram::Histogram<u64> =
                Deserializer::new().deserialize(&mut bytes.as_slice()).unwrap();
            read.push((
                interval.tag().unwrap().as_str().to_owned(),
                interval.start_timestamp().as_secs(),
                interval.duration().as_secs(),
                interval.max(),
                histogram.len(),
            ));
        }
        let line = |tag: &str, from, max, count| (tag.to_owned(), from, 2, max, count);
        assert_eq!(
            read,
            [
                line("GET{event}", 0, 750.0, 2),
                line("GET{event}", 2, 500.0, 1),
                line("reply_done", 2, 1500.0, 1),
                line("GET{event}:failed", 4, 500.0, 1),
            ]
        );
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with("#[Times") && text.ends_with("T09:00:00+01:00]\n"), "{text}");
    }

    #[test]
    fn an_interval_is_at_least_a_second() {
        let short = "<key>path</key><string>x</string><key>interval</key><real>0.1</real>";
        assert!(load("HdrLog", short).err().unwrap()[0].contains("at least a second"));
    }
}
