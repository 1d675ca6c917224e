//! The comparison as a page, in the style of the report page: one file, no script, nothing from anywhere.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::words::{
    TOO_FEW, between, finding, legend, long, names, short, size, title, too_few, value, verdict,
};
use super::{Change, Compared, Comparison, Finding, Kind, Outcome};
use crate::report::general;
use crate::report::page::{PageError, STYLE, capital, document};

const TEMPLATE: &str = include_str!("assets/page.html");

/// The drawing of a change: so many pixels from the lowest to the highest that it shows.
const WIDTH: f64 = 220.0;
const LOWEST: f64 = -0.5;
const HIGHEST: f64 = 1.0;

/// More rows than this are not shown; no run has so many labels.
const MOST_ROWS: usize = 2_000;

#[derive(Serialize)]
struct Table {
    id: &'static str,
    title: &'static str,
    rows: Vec<Row>,
    /// The same with every figure; empty where there are no others.
    all: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// Whether its label stands in it for the first time.
    first: bool,
    label: String,
    figure: String,
    a: String,
    b: String,
    change: String,
    between: String,
    /// Left end, length and figure, in pixels; only of times.
    bar: Option<[String; 3]>,
    finding: &'static str,
    bad: bool,
}

#[derive(Serialize)]
struct View {
    word: String,
    sentence: String,
    class: &'static str,
    sides: Vec<[String; 3]>,
    quality: Option<String>,
    before: Vec<(&'static str, Vec<String>)>,
    tables: Vec<Table>,
    after: Vec<(&'static str, String)>,
    legend: String,
    width: f64,
    zero: String,
    ticks: Vec<[String; 2]>,
}

/// The page about a comparison, as a whole HTML document in UTF-8.
///
/// # Errors
/// Only when the template does not fit what it is given.
pub fn write(comparison: &Comparison) -> Result<String, PageError> {
    Ok(document(TEMPLATE, &[STYLE], &[], Value::from(Serde(view(comparison))))?)
}

fn view(comparison: &Comparison) -> View {
    let verdict = verdict(comparison);
    let (word, sentence) = verdict.split_once(": ").unwrap_or((&verdict, ""));
    let side = |letter: &str, side: &super::Side| [letter.to_owned(), side.name.clone(), side.about.clone()];
    View {
        word: word.to_owned(),
        sentence: capital(sentence),
        class: match comparison.outcome {
            _ if !comparison.incomplete.is_empty() => "incomplete",
            Outcome::Worse => "fail",
            Outcome::CannotTell => "incomplete",
            _ => "pass",
        },
        sides: vec![side("A", &comparison.a), side("B", &comparison.b)],
        quality: comparison.quality.map(general),
        before: vec![
            ("The comparison is incomplete", comparison.incomplete.clone()),
            ("What differs between them", comparison.unlike.clone()),
        ],
        tables: vec![
            Table {
                id: "requests",
                title: "Requests",
                rows: rows(Kind::Request, comparison, short),
                all: others(Kind::Request, comparison),
            },
            Table {
                id: "operations",
                title: "Operations",
                rows: rows(Kind::Operation, comparison, short),
                all: others(Kind::Operation, comparison),
            },
        ],
        after: vec![
            (TOO_FEW, too_few(comparison)),
            ("Only in A", names(&comparison.only_a)),
            ("Only in B", names(&comparison.only_b)),
        ],
        legend: legend(comparison).join(" "),
        width: WIDTH,
        zero: pixels(0.0),
        ticks: [(-0.4, "-40 %"), (0.0, "0"), (0.4, "+40 %"), (0.8, "+80 %")]
            .map(|(change, text)| [pixels(change), text.to_owned()])
            .into(),
    }
}

/// Every figure, if that is more than the short table has.
fn others(kind: Kind, comparison: &Comparison) -> Vec<Row> {
    let (all, shown) = (rows(kind, comparison, long), rows(kind, comparison, short));
    if all.len() > shown.len() { all } else { Vec::new() }
}

fn rows(kind: Kind, comparison: &Comparison, of: fn(&Compared) -> Vec<(&'static str, &Change)>) -> Vec<Row> {
    let labels = comparison.labels.iter().filter(|label| label.kind == kind);
    let rows = labels.flat_map(|label| {
        of(label).into_iter().enumerate().map(move |(place, (figure, change))| Row {
            first: place == 0,
            label: label.label.to_string(),
            figure: title(figure).to_owned(),
            a: value(figure, change.a),
            b: value(figure, change.b),
            change: size(figure, change.change),
            between: between(figure, change),
            bar: bar(change).filter(|_| figure != "failed"),
            finding: finding(change.finding),
            bad: change.finding == Finding::Worse,
        })
    });
    rows.take(MOST_ROWS).collect()
}

fn bar(change: &Change) -> Option<[String; 3]> {
    let (lower, upper) = (change.lower.unwrap_or(LOWEST), change.upper.unwrap_or(HIGHEST));
    let length = (upper.clamp(LOWEST, HIGHEST) - lower.clamp(LOWEST, HIGHEST)).max(0.0);
    Some([pixels(lower), format!("{:.1}", length / (HIGHEST - LOWEST) * WIDTH), pixels(change.change?)])
}

/// Where a change stands in its drawing; what is beyond stands at its end.
fn pixels(change: f64) -> String {
    format!("{:.1}", (change.clamp(LOWEST, HIGHEST) - LOWEST) / (HIGHEST - LOWEST) * WIDTH)
}
