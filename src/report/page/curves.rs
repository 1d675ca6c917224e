//! The charts over time: for each some curves over the rows of the timeline.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde::Serialize;

use super::bounds::name;
use super::numbers::{count, counted, length, moment, plain, rounded, time};
use crate::event::{ServerFigures, Unit};
use crate::report::{Results, TimelineRow, measure};
use crate::stats::Timeline;

/// The most pods that are drawn; each has four curves.
const PODS: usize = 3;

/// All charts. They share the moments of `at`; each curve has a value or none for each of them.
#[derive(Debug, Serialize)]
pub struct Charts {
    /// When each row begins, seconds since the start of the run.
    pub at: Vec<f64>,
    /// When the phase that is judged begins and ends.
    pub measured: [f64; 2],
    pub end: f64,
    pub charts: Vec<Chart>,
}

/// One chart.
#[derive(Debug, Serialize)]
pub struct Chart {
    pub id: Cow<'static, str>,
    pub title: Cow<'static, str>,
    /// What it shows, in a sentence or two.
    pub about: String,
    /// What stands out, for whoever does not look at it.
    pub summary: String,
    /// How its values are written: `count`, `rate`, `time`, `percent`, `bytes` or `bytes-per-second`.
    pub unit: &'static str,
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Debug, Serialize)]
pub struct Curve {
    pub name: String,
    /// Which colour and which dashes it has: `a` to `d`, or `bad`.
    pub look: &'static str,
    /// A value holds until the next one.
    pub steps: bool,
    /// Values come seldom: the curve goes on between them.
    pub sparse: bool,
    pub values: Vec<Option<f64>>,
}

/// The timeline, row after row, with those in which nothing happened.
struct Rows<'a> {
    rows: Vec<Option<&'a TimelineRow>>,
    at: Vec<f64>,
    /// How many seconds of the run each row covers.
    covers: Vec<f64>,
    /// The last row begins when the phase that is judged is over, and no request was answered in it: a server may have
    /// spoken of itself.
    over: bool,
}

impl<'a> Rows<'a> {
    fn of(results: &'a Results) -> Rows<'a> {
        let width = if results.timeline_interval_s >= 1e-3 { results.timeline_interval_s } else { 1.0 };
        let most = Timeline::ROWS as usize;
        let place = |row: &TimelineRow| ((row.at_s / width).max(0.0) as usize).min(most - 1);
        let count = results.timeline.iter().map(place).max().map_or(0, |last| last + 1);
        let mut rows = vec![None; count];
        results.timeline.iter().for_each(|row| rows[place(row)] = Some(row));
        let at: Vec<f64> = (0..count).map(|place| place as f64 * width).collect();
        // The run ends within its last row.
        let covers = at.iter().map(|at| (results.run_time_s - at).clamp(width / 4.0, width)).collect();
        let over = results.timeline.last().is_some_and(|row| results.is_over(row));
        Rows { rows, at, covers, over }
    }

    fn values(&self, of: impl Fn(&TimelineRow) -> Option<f64>) -> Vec<Option<f64>> {
        self.rows.iter().map(|row| row.and_then(&of).map(rounded)).collect()
    }

    /// So many a second; zero where nothing happened, none in a last row in which no request could be answered.
    fn rates(&self, of: impl Fn(&TimelineRow) -> u64) -> Vec<Option<f64>> {
        let rows = self.rows.iter().zip(&self.covers);
        let rate = |row: Option<&TimelineRow>, covers| rounded(row.map_or(0, &of) as f64 / covers);
        let mut rates: Vec<_> = rows.map(|(row, covers)| Some(rate(*row, covers))).collect();
        if let Some(last) = rates.last_mut().filter(|_| self.over) {
            *last = None;
        }
        rates
    }

    /// What was so stays so.
    fn standing(&self, of: impl Fn(&TimelineRow) -> u32) -> Vec<Option<f64>> {
        let mut last = 0;
        let rows = self.rows.iter().map(|row| {
            last = row.map_or(last, &of);
            Some(f64::from(last))
        });
        rows.collect()
    }
}

impl Charts {
    pub fn of(results: &Results) -> Charts {
        let rows = Rows::of(results);
        let mut charts =
            vec![users(results, &rows), requests(results, &rows), response(&rows), lag(results, &rows)];
        charts.extend(server(results, &rows));
        charts.extend(monitors(results, &rows));
        let from = results.measured_from_s;
        Charts {
            measured: [from, from + results.measured_time_s],
            end: results.run_time_s,
            charts: if rows.at.is_empty() { Vec::new() } else { charts },
            at: rows.at,
        }
    }
}

fn curve(name: &str, look: &'static str, values: Vec<Option<f64>>) -> Curve {
    Curve { name: name.to_owned(), look, steps: false, sparse: false, values }
}

fn stepped(name: &str, look: &'static str, values: Vec<Option<f64>>) -> Curve {
    Curve { steps: true, ..curve(name, look, values) }
}

fn users(results: &Results, rows: &Rows) -> Chart {
    let mut curves = vec![stepped("users", "a", rows.standing(|row| row.users))];
    let clients = rows.standing(|row| row.clients);
    if clients != curves[0].values {
        curves.push(stepped("clients", "b", clients));
    }
    let there: Vec<u32> = results.timeline.iter().map(|row| row.users.saturating_sub(row.left)).collect();
    let some_left = results.timeline.iter().any(|row| row.left > 0);
    if some_left {
        curves.push(stepped("there", "c", rows.standing(|row| row.users.saturating_sub(row.left))));
    }
    let at_once = there.into_iter().max().filter(|_| some_left);
    let at_once =
        at_once.map_or(String::new(), |most| format!(", at most {} at one time", count(most.into())));
    let all = match results.clients {
        clients if clients == results.users => String::new(),
        clients => format!(" with {}", counted(clients, "client", "clients")),
    };
    Chart {
        id: "users".into(),
        title: "Users".into(),
        about: match some_left {
            true => "How many had arrived, and how many of them were there: who has done it all leaves."
                .to_owned(),
            false => "How many had arrived. A client is one program of one user.".to_owned(),
        },
        summary: format!("Up to {}{all}{at_once}.", counted(results.users, "user", "users")),
        unit: "count",
        curves,
    }
}

fn requests(results: &Results, rows: &Rows) -> Chart {
    let curves = vec![
        curve("answered", "a", rows.rates(|row| row.requests)),
        curve("failed", "bad", rows.rates(|row| row.failed)),
    ];
    let most = highest(&curves[0], rows);
    let failed = results.timeline.iter().find(|row| row.failed > 0);
    let summary = most.map(|(at, value)| format!("At most {} a second, at {}", plain(value), moment(at)));
    let failed = failed.map_or("; none failed.".to_owned(), |row| {
        format!("; the first that failed came at {}.", moment(row.at_s))
    });
    Chart {
        id: "requests".into(),
        title: "Requests a second".into(),
        about: "How many were answered, and how many of these failed.".to_owned(),
        summary: summary.unwrap_or_default() + &failed,
        unit: "rate",
        curves,
    }
}

fn response(rows: &Rows) -> Chart {
    let curves = vec![
        curve("half", "a", rows.values(|row| row.p50)),
        curve("95 of 100", "b", rows.values(|row| row.p95)),
        curve("99 of 100", "c", rows.values(|row| row.p99)),
    ];
    let slowest = highest(&curves[1], rows);
    Chart {
        id: "response".into(),
        title: "Response time".into(),
        about: "Within how long half, 95 and 99 of 100 requests were answered, counted from when they were due; \
                within 6 %. The scale is logarithmic where it has to be: each line is ten times the one below."
            .to_owned(),
        summary: slowest.map_or(String::new(), |(at, value)| {
            format!("95 of 100 at their slowest: {}, at {}.", time(value), moment(at))
        }),
        unit: "time",
        curves,
    }
}

fn lag(results: &Results, rows: &Rows) -> Chart {
    let curves = vec![
        curve("mean", "a", rows.values(|row| row.lag_mean)),
        curve("highest", "b", rows.values(|row| Some(row.lag_max))),
    ];
    let most = highest(&curves[1], rows);
    Chart {
        id: "lag".into(),
        title: "Lag".into(),
        about: format!(
            "How late requests and planned operations began. A client that still waits for an answer begins its next deed \
             late, so lag follows a slow server{}",
            if results.run.rehearsed {
                "."
            } else {
                "; with a fast one it shows that this machine could not keep up."
            }
        ),
        summary: most
            .map_or(String::new(), |(at, value)| format!("At most {}, at {}.", time(value), moment(at))),
        unit: "time",
        curves,
    }
}

/// The highest value of a curve, and when it was.
fn highest(curve: &Curve, rows: &Rows) -> Option<(f64, f64)> {
    let values = rows.at.iter().zip(&curve.values).filter_map(|(at, value)| Some((*at, (*value)?)));
    values.reduce(|most, next| if next.1 > most.1 { next } else { most })
}

/// A figure of servers: id, title, explanation, unit, and how it is read.
type Figure = (&'static str, &'static str, &'static str, &'static str, fn(&ServerFigures) -> f64);

const FIGURES: [Figure; 4] = [
    ("server-rate", "The server: requests a second", "As it counts them itself", "rate", |f| {
        f.requests_per_s
    }),
    ("server-time", "The server: response time", "As it measures it itself, a mean", "time", |f| {
        f.response_ms / 1e3
    }),
    (
        "server-slots",
        "The server: requests in progress",
        "How many there were whenever one was answered, itself included: a mean",
        "rate",
        |f| f.slots,
    ),
    ("server-cpu", "The server: processor", "How busy the machine was that it runs on", "percent", |f| {
        f.cpu_percent
    }),
];

fn server(results: &Results, rows: &Rows) -> Vec<Chart> {
    let pods: BTreeSet<&Rc<str>> = results.timeline.iter().flat_map(|row| row.server.keys()).collect();
    if pods.is_empty() {
        return Vec::new();
    }
    let window = results.server.values().map(|figures| figures.window_s).fold(0.0, f64::max);
    let window =
        if window > 0.0 { format!(" over its last {} at most", length(window)) } else { String::new() };
    let chart = |(id, title, about, unit, of): Figure| {
        let curves = pods.iter().take(PODS).zip(["a", "b", "c", "d"]).map(|(pod, look)| Curve {
            sparse: true,
            ..curve(&name(pod), look, rows.values(|row| row.server.get(*pod).map(of)))
        });
        let curves: Vec<Curve> = curves.collect();
        let most = curves
            .iter()
            .filter_map(|curve| highest(curve, rows))
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        let summary = most.map(|(at, value)| format!("At most {}, at {}.", written(unit, value), moment(at)));
        Chart {
            id: id.into(),
            title: title.into(),
            about: format!("{about}{window}."),
            summary: summary.unwrap_or_default(),
            unit,
            curves,
        }
    };
    // In a rehearsal nothing takes time of a processor.
    let figures = FIGURES.into_iter().filter(|(id, ..)| !(results.run.rehearsed && *id == "server-cpu"));
    figures.map(chart).collect()
}

/// The most curves of pods and monitors that are drawn, and how many of these are for monitors in any case: each has as
/// many values as the run has rows.
const MONITORED: usize = 15;
const AT_LEAST: usize = 2;

/// A chart for each figure that monitors read, with a curve for each monitor that has it.
fn monitors(results: &Results, rows: &Rows) -> Vec<Chart> {
    let mut figures: BTreeMap<(&Rc<str>, Unit), Vec<&Rc<str>>> = BTreeMap::new();
    for (monitor, read) in &results.monitors {
        for (figure, gauge) in &read.figures {
            let of = figures.entry((figure, gauge.unit)).or_default();
            if of.len() < PODS {
                of.push(monitor);
            }
        }
    }
    let of_pods: usize = results.server.len().min(PODS) * FIGURES.len();
    let mut room = MONITORED.saturating_sub(of_pods).max(AT_LEAST);
    let drawn = figures.into_iter().map_while(|(figure, mut of)| {
        of.truncate(room);
        room -= of.len();
        (!of.is_empty()).then_some((figure, of))
    });
    drawn
        .enumerate()
        .map(|(number, ((figure, unit), of))| monitored(number, figure, unit, &of, rows))
        .collect()
}

fn monitored(number: usize, figure: &Rc<str>, unit: Unit, of: &[&Rc<str>], rows: &Rows) -> Chart {
    let curves = of.iter().zip(["a", "b", "c", "d"]).map(|(monitor, look)| Curve {
        sparse: true,
        ..curve(
            &name(monitor),
            look,
            rows.values(|row| row.monitors.get(*monitor).and_then(|read| read.get(figure)).copied()),
        )
    });
    let curves: Vec<Curve> = curves.collect();
    let most =
        curves.iter().filter_map(|curve| highest(curve, rows)).reduce(|a, b| if b.1 > a.1 { b } else { a });
    let most =
        most.map(|(at, value)| format!("At most {}, at {}.", measure(unit, value, '\u{a0}'), moment(at)));
    Chart {
        id: format!("monitor-{number}").into(),
        title: format!("The server: {}", name(figure)).into(),
        about: "As a monitor read it; rates are those of the time between two readings.".to_owned(),
        summary: most.unwrap_or_default(),
        unit: match unit {
            Unit::Number => "count",
            Unit::PerSecond => "rate",
            Unit::Seconds => "time",
            Unit::Percent => "percent",
            Unit::Bytes => "bytes",
            Unit::BytesPerSecond => "bytes-per-second",
        },
        curves,
    }
}

fn written(unit: &str, value: f64) -> String {
    match unit {
        "time" => time(value),
        "percent" => format!("{}\u{a0}%", plain(value)),
        _ => plain(value),
    }
}
