//! The comparison for a pull request.

use super::words::{between, finding, legend, names, quality, size, title, value, verdict};
use super::{Comparison, Finding};
use crate::report::markup::{code, escaped};

pub fn write(comparison: &Comparison) -> String {
    let mut text = format!("## {}\n\n", escaped(&verdict(comparison)));
    for (letter, side) in [("A", &comparison.a), ("B", &comparison.b)] {
        text.push_str(&format!("- **{letter}** {}: {}\n", code(&side.name), escaped(&side.about)));
    }
    if let Some(line) = quality(comparison) {
        text.push_str(&format!("- {line}\n"));
    }
    text.push_str(&list("The comparison is incomplete", &comparison.incomplete));
    text.push_str(&list("What differs between them", &comparison.unlike));
    let found = |finding| !matches!(finding, Finding::None | Finding::TooFew);
    if comparison.labels.iter().flat_map(|label| label.changes()).any(|(_, change)| found(change.finding)) {
        text.push_str(&format!("\n### What differs\n\n{}", table(comparison, found)));
    }
    let all = table(comparison, |_| true);
    text.push_str(&format!("\n<details><summary>All figures</summary>\n\n{all}\n</details>\n"));
    text.push_str(&list("Only in A", &names(&comparison.only_a)));
    text.push_str(&list("Only in B", &names(&comparison.only_b)));
    text.push_str(&format!("\n{}\n", escaped(&legend(comparison).join(" "))));
    text
}

fn table(comparison: &Comparison, wanted: impl Fn(Finding) -> bool) -> String {
    let mut text =
        "| label | figure | A | B | change | between | |\n|---|---|--:|--:|--:|--:|---|\n".to_owned();
    for label in &comparison.labels {
        for (figure, change) in label.shown().filter(|(_, change)| wanted(change.finding)) {
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
