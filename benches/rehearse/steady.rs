//! The memory of a long rehearsal, by virtual time.
//!
//! Only the rehearsal itself knows its virtual time. So this program is also an observer plug-in of it (see
//! `observers/README.md`), which gets the occurrences of profiles that had nothing to do, one every few seconds of
//! virtual time, and looks at its parent's resident memory when they come. In a rehearsal no event is dropped.

use std::fmt::Write as _;
use std::io::BufRead;

use plist::{Dictionary, Value};

use crate::program;

/// The word that makes this program the plug-in; the file for what it sees follows.
pub const PLUG_IN: &str = "--plug-in";

/// The time whose memory is compared with that at the end, and how often the plug-in looks, in seconds.
const EARLY: f64 = 2.0 * 3600.0;
const EVERY: f64 = 10.0 * 60.0;

/// How much more memory there may be at the end.
const GROWTH: f64 = 1.05;

pub fn show(hours: f64) -> Result<(), String> {
    if hours * 3600.0 < EARLY + EVERY {
        return Err("a rehearsal of two hours and more is needed".to_owned());
    }
    let folder = tempfile::tempdir().map_err(|why| why.to_string())?;
    let (config, seen) = (folder.path().join("config.plist"), folder.path().join("seen"));
    watched(&seen.to_string_lossy())?.to_file_xml(&config).map_err(|why| why.to_string())?;
    println!("resident memory (VmRSS) in one rehearsal of {hours} h of a thousand users");
    program::mix(&config.to_string_lossy(), "steady.plist", hours)?;
    let samples = read(&std::fs::read_to_string(&seen).map_err(|why| why.to_string())?);
    judge(&samples, hours * 3600.0)
}

/// The config, with the plug-in as a further observer.
fn watched(file: &str) -> Result<Value, String> {
    let mut config =
        Value::from_file(program::folder().join("config.plist")).map_err(|why| why.to_string())?;
    let observers = config.as_dictionary_mut().and_then(|config| config.get_mut("observers"));
    let observers = observers.and_then(Value::as_array_mut).ok_or("the config has no observers")?;
    let this = std::env::current_exe().map_err(|why| why.to_string())?;
    let text = |text: &str| Value::String(text.to_owned());
    let command = [&*this.to_string_lossy(), PLUG_IN, file].map(text).to_vec();
    let params = Dictionary::from_iter([
        ("command", Value::Array(command)),
        ("events", Value::Array(vec![text("idle")])),
    ]);
    observers.push(Value::Dictionary(Dictionary::from_iter([
        ("type", text("Process")),
        ("params", Value::Dictionary(params)),
    ])));
    Ok(config)
}

/// One look: seconds of virtual time, and resident bytes.
type Sample = (f64, f64);

fn read(text: &str) -> Vec<Sample> {
    let sample = |line: &str| {
        let (at, bytes) = line.split_once(' ')?;
        Some((at.parse().ok()?, bytes.parse().ok()?))
    };
    text.lines().filter_map(sample).collect()
}

fn judge(samples: &[Sample], end: f64) -> Result<(), String> {
    let early = samples.iter().find(|(at, _)| *at >= EARLY);
    // Without events up to the end nobody knows what memory there was then.
    let late = samples.last().filter(|(at, _)| *at > end - EVERY);
    let (Some(early), Some(late)) = (early, late) else {
        return Err(format!("there are no figures of 2 h and of the end, only {samples:?}"));
    };
    let between = samples.iter().filter(|(at, _)| *at >= EARLY).map(|(_, bytes)| *bytes);
    let show = |(at, bytes): &Sample, what: &str| {
        println!("  {what:<16} {:>6.2} h {:>8.2} MB", at / 3600.0, bytes / 1e6);
    };
    show(early, "after two hours");
    show(late, "at the end");
    println!("  most since then {:>18.2} MB", between.fold(0.0, f64::max) / 1e6);
    let ratio = late.1 / early.1;
    println!("  ratio {ratio:.3} (goal: at most {GROWTH})");
    if ratio <= GROWTH { Ok(()) } else { Err("memory grows with the run".to_owned()) }
}

/// Reads events and notes the parent's memory now and then, and with the last event of all.
pub fn plug_in(file: &str) -> Result<(), String> {
    let parent = std::os::unix::process::parent_id();
    let (mut text, mut next, mut last) = (String::new(), 0.0, None);
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|why| why.to_string())?;
        let Some(at) = time(&line) else { continue };
        let sample = (at, resident(parent)?);
        if at >= next {
            next = at - at % EVERY + EVERY;
            let _ = writeln!(text, "{} {}", sample.0, sample.1);
        }
        last = Some(sample);
    }
    if let Some((at, bytes)) = last {
        let _ = writeln!(text, "{at} {bytes}");
    }
    std::fs::write(file, text).map_err(|why| why.to_string())
}

/// When an event happened; the line with the results at the end is none.
fn time(line: &str) -> Option<f64> {
    let beginning = line.strip_prefix(r#"{"type":"idle""#)?;
    let (_, rest) = beginning.split_once(r#""at":"#)?;
    rest.split([',', '}']).next()?.parse().ok()
}

/// Bytes from the line `VmRSS` of `/proc/PID/status` (proc(5)).
fn resident(pid: u32) -> Result<f64, String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).map_err(|why| why.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024.0).ok_or(format!("process {pid} tells no memory"))
}
