//! Memory and time of the statistics, and how long the results take to write, after 10^6 and after 10^8 samples.
//!
//! `cargo bench --bench statistics [-- MILLIONS ...]`: each size is measured in a process of its own.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};
use std::rc::Rc;
use std::time::Duration;

use populace::event::{Event, Phase, Response, What, Who, WireTimes};
use populace::label::Label;
use populace::random::{Seed, unit};
use populace::report::{About, Cost, Host, Results, Stopwatch, Summary};
use populace::stats::{Limits, Statistics};

/// How many labels and clients the samples are spread over.
const LABELS: u32 = 40;
const CLIENTS: u32 = 10_000;

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
        "samples of {LABELS} labels and {CLIENTS} clients, over a day; peak memory of the whole process"
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
    let mut limits = Limits::default();
    limits.add_requests(&[0.1, 0.5, 1.0, 3.0, 5.0, 10.0, 30.0].map(Duration::from_secs_f64));
    let mut stats = Statistics::new(limits);
    let labels: Vec<Label> = (0..LABELS).map(|n| Label::request("GET", &format!("thing-{n}"))).collect();
    let clients: Vec<Rc<Who>> = (0..CLIENTS).map(client).collect();
    let stream = Seed(1).stream(0, 0, "samples");
    for n in 0..samples {
        let seconds = -0.05 * (1.0 - unit(&mut stream.at(n))).ln();
        let at = Duration::from_secs_f64(86_400.0 * n as f64 / samples as f64);
        let who = clients[(n % u64::from(CLIENTS)) as usize].clone();
        stats.take(&response(who, labels[(n % u64::from(LABELS)) as usize], at, seconds));
    }
    let (taken, cost) = (watch.elapsed(), Cost::measure());
    let writing = Stopwatch::start();
    let results = Results::of(&summary(&stats, &watch));
    let text = serde_json::to_string(&results).unwrap_or_default();
    println!(
        "{samples:>11} samples: {:6.1} MB, {:4.0} ns a sample; results of {:.2} MB within {:.0} ms",
        cost.peak_rss_bytes as f64 / 1e6,
        taken.as_secs_f64() * 1e9 / samples as f64,
        text.len() as f64 / 1e6,
        writing.elapsed().as_secs_f64() * 1e3,
    );
    if results.answered == samples { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn client(number: u32) -> Rc<Who> {
    let (title, software) = ("Mac".into(), "OS_X_10_11".into());
    Rc::new(Who {
        uid: format!("user{number}").into(),
        user: number,
        client: number,
        instance: 0,
        title,
        software,
    })
}

fn response(who: Rc<Who>, label: Label, begun: Duration, seconds: f64) -> Event {
    let end = begun + Duration::from_secs_f64(seconds);
    let response = Response {
        who,
        label,
        method: "GET".into(),
        url: "http://example.com/".into(),
        status: Some(200),
        success: true,
        error: None,
        detail: None,
        due: begun,
        begun,
        end,
        wire: WireTimes::default(),
        bytes_sent: 100,
        bytes_received: 1000,
        bodies: None,
    };
    Event { at: end, phase: Phase::Measured, what: What::Response(response) }
}

fn summary<'a>(stats: &'a Statistics, watch: &Stopwatch) -> Summary<'a> {
    let host = Host::measure(watch);
    Summary {
        stats,
        about: About::default(),
        seed: 1,
        plan_hash: None,
        trace_hash: None,
        started: host.started,
        run_time: Duration::from_secs(86_400),
        measured_time: Duration::from_secs(86_400),
        accounts: u64::from(CLIENTS),
        clients_started: u64::from(CLIENTS),
        interrupted: false,
        conclude_by: None,
        monitors: BTreeMap::new(),
        workers: BTreeMap::new(),
        host,
    }
}
