//! Thresholds as the report shows them.

use super::{Judged, State, Unit};
use crate::report::page::numbers::count;
use crate::report::{Table, general};

/// The block of the report; empty without thresholds.
pub fn table(all: &[Judged]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut table = Table::new("threshold", 30)
        .text_column("result", 13)
        .column("figure", 10)
        .column("limit", 10)
        .column("margin", 18)
        .text_column("note", 4);
    for judged in all {
        table.row(row(judged).into());
    }
    format!("\n* Thresholds\n{}", table.render_trimmed())
}

/// What the report says of one: expression, result, figure, limit, margin, remark.
pub fn row(judged: &Judged) -> [String; 6] {
    let dash = || "-".to_owned();
    [
        judged.expression.clone(),
        judged.state.as_str().to_owned(),
        judged.figure.map_or_else(dash, |figure| write(judged.unit, figure)),
        format!("{} {}", judged.relation, write(judged.unit, judged.limit)),
        margin(judged).unwrap_or_else(dash),
        remark(judged),
    ]
}

/// Why the run failed by this threshold, if it did.
pub fn failure(judged: &Judged) -> Option<String> {
    if judged.state != State::Failed {
        return None;
    }
    let failed = || judged.labels.iter().filter(|one| one.state == State::Failed);
    let figures =
        failed().filter_map(|one| Some(format!("{} of {}", write(judged.unit, one.figure?), one.label)));
    let mut figures: Vec<String> = figures.collect();
    let never_well = failed().filter(|one| one.figure.is_none()).map(|one| one.label.as_str());
    let never_well: Vec<&str> = never_well.collect();
    let never_well = match never_well[..] {
        [] => None,
        [label] => Some(format!("no {label} succeeded")),
        _ => Some(format!("none of {} succeeded", never_well.join(", "))),
    };
    // Of several labels the reason is that of the worst, which has been told by its name, unless it is how the run ended.
    let told = never_well.is_some() && judged.aborted_at_s.is_none();
    if figures.is_empty() && never_well.is_none() {
        figures.extend(judged.figure.map(|figure| write(judged.unit, figure)));
    }
    let parts = [
        (!figures.is_empty()).then(|| format!("it was {}", figures.join(", "))),
        never_well,
        judged.reason.clone().filter(|_| !told),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("Threshold {}: {}", judged.expression, parts.join("; ")))
}

/// From so many times the limit on, a margin is no longer told in percent of it.
const TIMES: f64 = 10.0;

/// The margin in its unit, and in percent of the limit; where the figure is many times the limit, that instead.
fn margin(judged: &Judged) -> Option<String> {
    let margin = judged.margin?;
    let absolute = match judged.unit {
        // Percent of percent would be read as the other.
        Unit::Percent if rounded(margin.abs()) == 1.0 => format!("{} point", general(margin)),
        Unit::Percent => format!("{} points", general(rounded(margin))),
        unit => write(unit, margin),
    };
    let share = (judged.limit > 0.0).then(|| match judged.figure.map(|figure| figure / judged.limit) {
        Some(times) if times > TIMES => format!(" ({} times the limit)", roughly(times)),
        _ => format!(" ({:.0}%)", margin * 100.0 / judged.limit),
    });
    Some(format!("{absolute}{}", share.unwrap_or_default()))
}

/// What else there is to say: which label it was of several, or why there is nothing.
fn remark(judged: &Judged) -> String {
    let several = judged.label.filter(|_| !judged.labels.is_empty()).map(|label| {
        let others = judged.labels.len() - 1;
        match others {
            0 => label.to_string(),
            _ => format!("{label}, the worst of {}", others + 1),
        }
    });
    let parts: Vec<String> = several.into_iter().chain(judged.reason.clone()).collect();
    parts.join("; ")
}

fn write(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds if value.abs() < 1.0 && value != 0.0 => {
            format!("{}ms", general(rounded(value * 1_000.0)))
        }
        Unit::Seconds => format!("{}s", general(rounded(value))),
        Unit::Percent => format!("{}%", general(rounded(value))),
        Unit::Number => general(value),
        Unit::PerSecond => format!("{}/s", general(rounded(value))),
    }
}

/// As a person would say it: two digits that count, the thousands apart.
fn roughly(times: f64) -> String {
    let unit = 10f64.powf(times.log10().floor() - 1.0);
    count(((times / unit).round() * unit).round() as u64)
}

/// To three digits behind the point.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::report::{Threshold, judge};
    use crate::stats::Limits;
    use crate::stats::test::{end, response, statistics};

    fn judged(texts: &[&str]) -> Vec<Judged> {
        let events = [
            response(0, "PUT{event}", 0.3, true),
            response(0, "PUT{update}", 0.2, false),
            response(0, "PUT{update}", 0.2, true),
            response(0, "SMTP{banner}", 0.2, false),
            response(0, "GET{event}", 0.2, false),
            end(0, "invite", 1.0, None),
        ];
        let stats = statistics(Limits::default(), &events);
        let threshold = |text: &&str| Threshold {
            expression: text.parse().unwrap(),
            required: text.contains("accept"),
            abort: None,
        };
        judge(&texts.iter().map(threshold).collect::<Vec<_>>(), &stats, Duration::from_secs(1), None)
    }

    #[test]
    fn the_table_has_figure_limit_and_margin() {
        let all = judged(&[
            "operation invite response max < 4s",
            "request PUT{*} failed < 10%",
            "operation create failed < 1%",
        ]);
        let text = table(&all);
        let rows: Vec<String> =
            text.lines().skip(4).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            rows,
            [
                "operation invite response max < 4s passed 1s < 4s 3s (75%)",
                "request PUT{*} failed < 10% failed 50% < 10% -40 points (-400%) PUT{update}, the worst of 2",
                "operation create failed < 1% not evaluated - < 1% - none came to an end in the measured phase",
            ],
            "{text}"
        );
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn a_margin_beyond_measure_is_told_in_times_of_the_limit() {
        let shown = |text: &str| margin(&judged(&[text])[0]).unwrap();
        assert_eq!(shown("operation invite response max < 0.11s"), "-890ms (-809%)");
        assert_eq!(shown("operation invite response max < 0.00005s"), "-999.95ms (20,000 times the limit)");
        assert_eq!(shown("operation invite response max > 81ms"), "919ms (12 times the limit)");
        assert_eq!(shown("request PUT{*} count > 1"), "0 (0%)");
    }

    #[test]
    fn a_failure_says_what_it_was() {
        let all = judged(&[
            "operation invite response max < 4s",
            "operation invite response max < 0.5s",
            "request PUT{*} failed < 10%",
            "operation accept failed < 1%",
            "request SMTP{banner} response max < 1s",
            "request SMTP{*} response max < 1s",
            "request * response max < 0.25s",
        ]);
        let failures: Vec<String> = all.iter().filter_map(failure).collect();
        assert_eq!(
            failures,
            [
                "Threshold operation invite response max < 500ms: it was 1s",
                "Threshold request PUT{*} failed < 10%: it was 50% of PUT{update}",
                "Threshold operation accept failed < 1%: none came to an end in the measured phase, and it is required",
                "Threshold request SMTP{banner} response max < 1s: none of them succeeded",
                "Threshold request SMTP{*} response max < 1s: no SMTP{banner} succeeded",
                "Threshold request * response max < 250ms: it was 300ms of PUT{event}; none of GET{event}, SMTP{banner} \
                 succeeded",
            ]
        );
        let aborted =
            Judged { aborted_at_s: Some(7.0), reason: Some("it ended the run".into()), ..all[5].clone() };
        let why = "Threshold request SMTP{*} response max < 1s: no SMTP{banner} succeeded; it ended the run";
        assert_eq!(failure(&aborted).as_deref(), Some(why));
    }
}
