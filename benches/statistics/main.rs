//! Memory and time of the statistics, and how long report and results file take to write, after 10^6 and after 10^8
//! samples.
//!
//! `cargo bench --bench statistics [-- MILLIONS ...]`: each size is measured in a process of its own.
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | this one | the command, and what it prints |
//! | `samples.rs` | the events that are counted |
//! | `writing.rs` | report and results file, as a run writes them |

mod samples;
mod writing;

use std::process::{Command, ExitCode};

use populace::report::{Cost, Stopwatch};
use populace::stats::Statistics;

use samples::{CLIENTS, LABELS, Samples};

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [word, millions] = &words[..]
        && word == "--here"
    {
        return match millions.parse::<f64>() {
            Ok(millions) => measure((millions * 1e6) as u64),
            Err(_) => ExitCode::from(2),
        };
    }
    let sizes = if words.is_empty() { vec!["1".to_owned(), "100".to_owned()] } else { words };
    println!(
        "samples of {LABELS} labels and {CLIENTS} clients, over a day: requests and operations, late and failed ones among \
         them; peak memory of the whole process"
    );
    for size in sizes {
        let this = std::env::current_exe();
        let ended = this.and_then(|this| Command::new(this).args(["--here", &size]).status());
        if !ended.is_ok_and(|status| status.success()) {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(samples: u64) -> ExitCode {
    let watch = Stopwatch::start();
    let mut watchers = match writing::watch() {
        Ok(watchers) => watchers,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let mut stats = Statistics::new(watchers.limits());
    let stream = Samples::new(samples);
    (0..samples).for_each(|n| stats.take(&stream.event(n)));
    let (taken, before) = (watch.elapsed(), Cost::measure());
    let begun = Stopwatch::start();
    match writing::write(&stats, &watch, &mut watchers) {
        Ok(written) => println!(
            "{samples:>11} samples: {:6.1} MB, {:4.0} ns a sample; report of {:.1} KB and results of {:.2} MB on disk \
             within {:.0} ms, then {:.1} MB",
            before.peak_rss_bytes as f64 / 1e6,
            taken.as_secs_f64() * 1e9 / samples as f64,
            written.report as f64 / 1e3,
            written.results as f64 / 1e6,
            begun.elapsed().as_secs_f64() * 1e3,
            Cost::measure().peak_rss_bytes as f64 / 1e6,
        ),
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    let counted: u64 = stats.measured().map_or(0, |period| {
        period.requests.values().chain(period.operations.values()).map(|tally| tally.count()).sum()
    });
    if counted == samples { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
