//! The comparison for a pull request.

use super::words::{between, finding, legend, name, size, title, value, verdict};
use super::{Comparison, Finding, Kind};
use crate::report::general;
use crate::report::markup::{code, escaped};

pub fn write(comparison: &Comparison) -> String {
    let mut text = format!("## {}\n\n", escaped(&verdict(comparison)));
    for (letter, side) in [("A", &comparison.a), ("B", &comparison.b)] {
        text.push_str(&format!("- **{letter}** {}: {}\n", code(&side.name), escaped(&side.about)));
    }
    if let Some(quality) = comparison.quality {
        text.push_str(&format!(
            "- QoS of B with A as the benchmark: {} (1 is as A, less is faster)\n",
            general(quality)
        ));
    }
    text.push_str(&list("The comparison is incomplete", &comparison.incomplete));
    text.push_str(&list("They are not of one kind", &comparison.unlike));
    let found = |finding| !matches!(finding, Finding::None | Finding::TooFew);
    if comparison.labels.iter().flat_map(|label| label.changes()).any(|(_, change)| found(change.finding)) {
        text.push_str(&format!("\n### What differs\n\n{}", table(comparison, found)));
    }
    let all = table(comparison, |_| true);
    text.push_str(&format!("\n<details><summary>All figures</summary>\n\n{all}\n</details>\n"));
    let only = |all: &[(Kind, _)]| all.iter().map(|(kind, label)| name(*kind, *label)).collect::<Vec<_>>();
    text.push_str(&list("Only in A", &only(&comparison.only_a)));
    text.push_str(&list("Only in B", &only(&comparison.only_b)));
    text.push_str(&format!("\n{}\n", escaped(&legend(comparison).join(" "))));
    text
}

fn table(comparison: &Comparison, wanted: impl Fn(Finding) -> bool) -> String {
    let mut text =
        "| label | figure | A | B | change | between | |\n|---|---|--:|--:|--:|--:|---|\n".to_owned();
    for label in &comparison.labels {
        let changes = label.changes().filter(|(_, change)| change.a.is_some() || change.b.is_some());
        for (figure, change) in changes.filter(|(_, change)| wanted(change.finding)) {
            text.push_str(&format!(
                "| {} | {} | {} | {} | {} | {} | {} |\n",
                code(&label.name()),
                title(figure),
                value(figure, change.a),
                value(figure, change.b),
                size(figure, change.change),
                between(figure, change),
                finding(change.finding)
            ));
        }
    }
    text
}

fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let lines: String = items.iter().map(|item| format!("- {}\n", escaped(item))).collect();
    format!("\n{title}:\n\n{lines}")
}
