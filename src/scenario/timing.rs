//! The dict `run`: how long the phases take, the seed, the time of day.

use chrono::{DateTime, Datelike, TimeZone, Utc};

use super::options::Options;
use crate::config::{At, Diagnostics, FromValue, Kind, Seconds, Table, Value};
use crate::random::Seed;
use crate::simulation::Phases;

/// The last year in which a rehearsal may begin: events lie ahead of it, and a year of theirs has four digits (RFC 5545,
/// 3.3.4).
const LAST_YEAR: i32 = 9899;

const NO_DURATION: &str = "a run of no duration measures nothing";

/// When things happen in a run.
#[derive(Clone, Debug)]
pub struct Timing {
    pub phases: Phases,
    /// The warm-up is as long as the arrival lasts.
    pub warmup_is_ramp: bool,
    /// The one that was asked for. None: one is drawn anew each time, and shown in the report.
    pub seed: Option<Seed>,
    /// What a rehearsal takes for the present time (design, decision 3).
    pub start_at: DateTime<Utc>,
}

/// `warmup`: a time, or `ramp`.
struct Warmup(Option<Seconds>);

impl FromValue for Warmup {
    fn from_value(value: &Value, diags: &Diagnostics) -> Option<Warmup> {
        match &value.kind {
            Kind::String(text) if text == "ramp" => Some(Warmup(None)),
            _ => Seconds::from_value(value, diags).map(|time| Warmup(Some(time))),
        }
    }
}

/// Virtual time is over in no time only if it has an end.
pub fn without_end(diags: &Diagnostics) {
    let message = "a rehearsal must have an end";
    diags
        .error(&At::named("--runtime"), message)
        .help("give --runtime, or `duration` in the dict `run` of the config");
}

/// Decodes `run`; `--runtime` and `--seed` win.
pub fn decode(table: &Table<'_>, options: &Options) -> Timing {
    let default_start = Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).single().unwrap_or_default();
    let mut timing = Timing {
        phases: Phases { duration: options.runtime, ..Phases::default() },
        warmup_is_ramp: false,
        seed: options.seed.map(Seed),
        start_at: default_start,
    };
    if options.runtime.is_some_and(|runtime| runtime.is_zero()) {
        table.diags().error(&At::named("--runtime"), NO_DURATION);
    }
    let Some(run) = table.value("run").and_then(|value| Table::new(value, table.diags(), "run")) else {
        return timing;
    };
    match run.or("warmup", Warmup(Some(Seconds::default()))) {
        Warmup(Some(time)) => timing.phases.warmup = time.0,
        Warmup(None) => timing.warmup_is_ramp = true,
    }
    let duration = run.optional::<Seconds>("duration").map(|time| time.0);
    if duration.is_some_and(|duration| duration.is_zero()) {
        run.error_at_key("duration", NO_DURATION);
    }
    timing.phases.duration = options.runtime.or(duration);
    timing.phases.cooldown = run.or("cooldown", Seconds::default()).0;
    let seed = run.optional::<u64>("seed").map(Seed);
    timing.seed = timing.seed.or(seed);
    if let Some(value) = run.value("startAt") {
        // A preset is laid over runs and rehearsals alike.
        let of_config = value.at.source().name() == table.at().source().name();
        if !options.rehearse && of_config {
            let text = "`startAt` is for `populace rehearse`: a run begins now";
            table.diags().notice(&value.at, text);
        }
        match &value.kind {
            Kind::Date(date) => timing.start_at = *date,
            Kind::String(text) => match DateTime::parse_from_rfc3339(text) {
                Ok(date) => timing.start_at = date.to_utc(),
                Err(_) => {
                    let message = format!("{text:?} is no date and time");
                    table
                        .diags()
                        .error(&value.at, message)
                        .help("write it as 2026-01-05T09:00:00Z, or as a <date>");
                }
            },
            _ => {
                let _: Option<()> = value.mismatch("a date", table.diags());
            }
        }
        if timing.start_at.year() > LAST_YEAR {
            table
                .diags()
                .error(&value.at, format!("a rehearsal cannot begin in the year {}", timing.start_at.year()))
                .help(format!(
                    "a date of iCalendar has four digits of a year: begin in {LAST_YEAR} or before, which leaves room \
                     for the run and its events"
                ));
        }
    }
    run.finish();
    timing
}
