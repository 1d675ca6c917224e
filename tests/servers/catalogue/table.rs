//! The table in README.md.

use std::fmt::Write;

const README: &str = include_str!("../README.md");
/// The table is the one whose header begins with this.
const HEADER: &str = "| request |";

/// What was asked and what came: a label, and a status or another short word.
pub type Answer = (&'static str, String);

/// A text that names every row of the table in which the server's column differs from the answers; empty if none does.
pub fn compare(server: &str, answers: &[Answer]) -> String {
    let said = column(server);
    let mut differences = String::new();
    for (label, answer) in answers {
        let row = said.iter().find(|(row, _)| row == label).map(|(_, cell)| cell.as_str());
        if row != Some(answer) {
            let _ = writeln!(
                differences,
                "{label}: README.md says {}, it answers {answer}",
                row.unwrap_or("nothing")
            );
        }
    }
    for (row, cell) in said.iter().filter(|(row, _)| answers.iter().all(|(label, _)| label != row)) {
        let _ = writeln!(differences, "{row}: README.md says {cell}, nobody asked");
    }
    differences
}

/// The cells of one column with the labels of their rows.
fn column(server: &str) -> Vec<(String, String)> {
    let mut lines = README.lines().skip_while(|line| !line.starts_with(HEADER));
    let cells = |line: &str| -> Vec<String> { line.split('|').map(|cell| cell.trim().to_owned()).collect() };
    let header = lines.next().map(cells).unwrap_or_default();
    let index =
        header.iter().position(|cell| cell == server).expect("README.md has a column for each server");
    let rows = lines.skip(1).take_while(|line| line.starts_with('|')).map(cells);
    rows.filter_map(|row| Some((row.get(1)?.clone(), row.get(index)?.clone()))).collect()
}
