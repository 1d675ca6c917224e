//! The comparison for a pull request.

use super::words::{
    TOO_FEW, between, finding, legend, long, names, quality, short, size, title, too_few, value, verdict,
};
use super::{Change, Compared, Comparison, Finding};
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
    let found = |label: &&Compared| {
        let differs = |finding| !matches!(finding, Finding::None | Finding::TooFew);
        label.changes().any(|(_, change)| differs(change.finding))
    };
    let differing: Vec<&Compared> = comparison.labels.iter().filter(found).collect();
    if !differing.is_empty() {
        text.push_str(&format!("\n### What differs\n\n{}", table(differing, short)));
    }
    let all = table(comparison.labels.iter().collect(), long);
    if comparison.figures > 0 {
        text.push_str(&format!("\n<details><summary>All figures</summary>\n\n{all}\n</details>\n"));
    }
    for (title, items) in [
        (TOO_FEW, too_few(comparison)),
        ("Only in A", names(&comparison.only_a)),
        ("Only in B", names(&comparison.only_b)),
    ] {
        if !items.is_empty() {
            text.push_str(&format!("\n{title}: {}\n", escaped(&items)));
        }
    }
    if comparison.figures > 0 {
        text.push_str(&format!("\n{}\n", escaped(&legend(comparison).join(" "))));
    }
    text
}

fn table(labels: Vec<&Compared>, rows: fn(&Compared) -> Vec<(&'static str, &Change)>) -> String {
    let mut text =
        "| label | figure | A | B | change | between | |\n|---|---|--:|--:|--:|--:|---|\n".to_owned();
    for label in labels {
        for (figure, change) in rows(label) {
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
