//! The comparison as text.

use super::words::{
    TOO_FEW, between, finding, legend, names, quality, short, size, title, too_few, value, verdict,
};
use super::{Comparison, Kind};
use crate::report::{Table, wrapped};

pub fn write(comparison: &Comparison) -> String {
    let mut text = "\n** COMPARISON **\n\n".to_owned();
    for (letter, side) in [("A", &comparison.a), ("B", &comparison.b)] {
        text.push_str(&format!("{letter}  {}\n   {}\n", side.name, side.about));
    }
    text.push_str(&list("What differs between them", &comparison.unlike));
    text.push_str(&table("request", Kind::Request, comparison));
    text.push_str(&table("operation", Kind::Operation, comparison));
    text.push_str(&paragraph(TOO_FEW, &too_few(comparison)));
    text.push_str(&paragraph("Only in A", &names(&comparison.only_a)));
    text.push_str(&paragraph("Only in B", &names(&comparison.only_b)));
    if comparison.figures > 0 {
        let hidden = "A label of which nothing differs for sure has one row: `--html` and `--json` have all.";
        text.push_str(&format!("\n{}\n{hidden}\n", legend(comparison).join("\n")));
    }
    if let Some(line) = quality(comparison) {
        text.push_str(&format!("\n{line}\n"));
    }
    text.push_str(&list("The comparison is incomplete", &comparison.incomplete));
    text.push_str(&format!("\n*** {}\n", verdict(comparison)));
    text
}

/// The labels of one kind, each with what differs, or with a row.
fn table(first: &str, kind: Kind, comparison: &Comparison) -> String {
    let mut table = Table::new(first, 30)
        .column("count A", 9)
        .column("count B", 9)
        .text_column("", 6)
        .column("A", 9)
        .column("B", 9)
        .column("change", 11)
        .column("between", 24)
        .text_column("", 14);
    for label in comparison.labels.iter().filter(|label| label.kind == kind) {
        let mut head =
            vec![label.label.to_string(), label.counts[0].to_string(), label.counts[1].to_string()];
        for (figure, change) in short(label) {
            // The label stands in its first row only.
            let mut row = std::mem::replace(&mut head, vec![String::new(); 3]);
            row.push(title(figure).to_owned());
            row.extend([value(figure, change.a), value(figure, change.b)]);
            row.extend([size(figure, change.change), between(figure, change)]);
            row.push(finding(change.finding).to_owned());
            table.row(row);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render_trimmed()) }
}

fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let lines: String = items.iter().map(|item| format!("- {item}\n")).collect();
    format!("\n{title}:\n{lines}")
}

/// A title and what follows, in lines that are not too long; nothing without the latter.
fn paragraph(title: &str, text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("\n{}", wrapped(&format!("{title}: {text}"), 0, 2, WIDEST)),
    }
}

/// The width of a line of text.
const WIDEST: usize = 120;
