//! Logs: what happens beside the run itself, on standard error.
//!
//! A message is a whole sentence for people; its fields are for programs, and only in JSON.

use std::fmt;
use std::io;

use chrono::{DateTime, Local, SecondsFormat};
use clap::{Args, ValueEnum};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, Layer, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use super::view::terminal;
use crate::config::did_you_mean;

/// What is logged, by its target.
const TARGETS: &[&str] = &["run", "progress", "live", "server", "worker", "monitor", "connection", "client"];

/// What is said beside the results, and how.
#[derive(Debug, Args)]
pub struct Logging {
    /// Say nothing on standard error but errors: no view, no progress, no notices
    #[arg(long, short)]
    quiet: bool,
    /// How logs are written on standard error; `json`: an object a line, and no view. What is to be said of the
    /// configuration comes before, as text
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    log_format: Form,
    /// What is logged: `off`, `error`, `warn`, `info`, `debug`; or by target, as `info,connection=debug` (targets: `run`,
    /// `progress`, `live`, `server`, `worker`, `monitor`, `connection`, `client`) [default: info; with --quiet error]
    #[arg(long, value_name = "LEVEL", value_parser = filter)]
    log_level: Option<Targets>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// What a worker process logs, for its manager to show.
#[derive(Debug, Args)]
pub struct WorkerLogging {
    /// What is logged on standard error, as of `populace run`
    #[arg(long, value_name = "LEVEL", value_parser = filter)]
    log_level: Option<Targets>,
}

fn filter(text: &str) -> Result<Targets, String> {
    let filter: Targets = text.parse().map_err(|_| {
        "expected off, error, warn, info or debug, or such by target, as `info,connection=debug`".to_owned()
    })?;
    for (target, _) in &filter {
        if !TARGETS.contains(&target) {
            let help = did_you_mean(target, TARGETS.iter().copied());
            return Err(format!("nothing is logged under `{target}`: {help}"));
        }
    }
    Ok(filter)
}

impl Logging {
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Programs read the logs.
    pub fn is_for_programs(&self) -> bool {
        self.log_format == Form::Json
    }

    /// What is logged.
    pub fn filter(&self) -> Targets {
        let usual = if self.quiet { LevelFilter::ERROR } else { LevelFilter::INFO };
        self.log_level.clone().unwrap_or_else(|| Targets::new().with_default(usual))
    }

    /// Begins to log.
    pub fn install(&self) {
        match self.log_format {
            Form::Text => install(self.filter(), Text { timed: true }),
            Form::Json => {
                let layer = Layer::new().with_writer(Via).json().flatten_event(true).with_timer(Utc);
                let layer = layer.with_current_span(false).with_span_list(false);
                begin(tracing_subscriber::registry().with(self.filter()).with(layer));
            }
        }
    }
}

impl WorkerLogging {
    /// Begins to log; the manager adds the time.
    pub fn install(&self) {
        install(
            self.log_level.clone().unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)),
            Text { timed: false },
        );
    }
}

fn install(filter: Targets, format: Text) {
    let layer = Layer::new().with_writer(Via).event_format(format);
    begin(tracing_subscriber::registry().with(filter).with(layer));
}

fn begin(subscriber: impl Subscriber + Send + Sync) {
    // There is one already only where tests call this twice.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// A line as `10:04:05 WARN  worker: worker 2 is lost`.
struct Text {
    timed: bool,
}

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let about = event.metadata();
        let mut message = Message(String::new());
        event.record(&mut message);
        if self.timed {
            write!(line, "{} ", now().format("%H:%M:%S"))?;
        }
        let level = *about.level();
        let bad = self.timed && level <= Level::WARN && terminal::colours();
        let (ink, plain) = if bad { ("\x1b[1;31m", "\x1b[0m") } else { ("", "") };
        // What servers and workers say stays on its line.
        let text: String = message.0.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        writeln!(line, "{ink}{level:<5}{plain} {}: {text}", about.target())
    }
}

/// The text of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// When a line was written, for programs.
struct Utc;

impl FormatTime for Utc {
    fn format_time(&self, line: &mut Writer<'_>) -> fmt::Result {
        line.write_str(&now().to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

#[expect(clippy::disallowed_methods, reason = "a log says when by the machine's clock, of rehearsals too")]
fn now() -> DateTime<Local> {
    Local::now()
}

/// Standard error, above what is drawn there.
struct Via;

impl MakeWriter<'_> for Via {
    type Writer = Via;

    fn make_writer(&self) -> Via {
        Via
    }
}

impl io::Write for Via {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        terminal::write(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_what_there_is() {
        for good in ["off", "warn", "DEBUG", "info,connection=debug", "client=debug"] {
            assert!(filter(good).is_ok(), "{good}");
        }
        assert!(filter("info,conection=debug").unwrap_err().contains("did you mean `connection`"));
        assert!(filter("loud").is_err());
        // What a manager tells its workers is understood by them.
        let filter = filter("info,connection=debug").unwrap();
        assert_eq!(super::filter(&filter.to_string()).unwrap().to_string(), filter.to_string());
    }
}
