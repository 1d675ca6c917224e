//! Items for people: names and help in columns, wrapped to the terminal.

use super::item::{Item, Parameter};
use crate::report::wrapped;

/// No wider than the program's own help, so that lines stay readable.
const WIDEST: usize = 100;
/// A column of names takes no more, so that help has room in 80 columns.
const WIDEST_NAMES: usize = 28;

/// How wide lines may be: as the terminal, or what a file should have.
pub fn width() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    terminal.unwrap_or(WIDEST).clamp(40, WIDEST)
}

/// All items: a paragraph each. What `shared` says are the parameters of every one is told once, at the end; so are
/// those of one that has others.
pub fn list(items: &[Item], shared: bool, width: usize) -> String {
    let first = name_width(items);
    let one = |item: &Item| {
        let named = columns(&[(item.name.clone(), item.help.clone())], 0, first, width);
        if shared { named } else { named + &brief(&item.params, first, width) }
    };
    // A paragraph of several lines needs a gap to the next.
    let mut text = items.iter().map(one).collect::<Vec<_>>().join(if shared { "" } else { "\n" });
    if let Some(first) = items.first().filter(|_| shared) {
        text += "\nParameters of each:\n";
        text += &parameters(&first.params, width);
        let names = |item: &Item| item.params.iter().map(|param| param.name).collect::<Vec<_>>();
        for other in items.iter().filter(|item| names(item) != names(first)) {
            text += &format!("\nBut of {}:\n", other.name);
            text += &parameters(&other.params, width);
        }
    }
    text
}

/// One item with all that is known of it.
pub fn whole(item: &Item, width: usize) -> String {
    let mut text = format!("{}\n", item.name);
    text += &wrapped(&format!("{}.", item.help), 2, 2, width);
    if !item.aliases.is_empty() {
        text += &wrapped(&format!("Also {}.", item.aliases.join(", ")), 2, 2, width);
    }
    let facts: Vec<_> = item.facts.iter().map(|(what, how)| ((*what).to_owned(), how.clone())).collect();
    if !facts.is_empty() {
        let widest = facts.iter().map(|(what, _)| what.len()).max().unwrap_or(0);
        text += "\n";
        text += &columns(&facts, 2, widest + 2, width);
    }
    if item.params.is_empty() {
        return text + "\nIt has no parameters.\n";
    }
    text + "\nParameters:\n" + &parameters(&item.params, width)
}

fn name_width(items: &[Item]) -> usize {
    items.iter().map(|item| item.name.len()).max().unwrap_or(0).min(WIDEST_NAMES) + 2
}

/// The names of parameters with their defaults, in one paragraph.
fn brief(params: &[Parameter], indent: usize, width: usize) -> String {
    if params.is_empty() {
        return String::new();
    }
    // A default of several words is kept on one line with its name as far as it can be.
    let one = |param: &Parameter| match param.default {
        None => format!("{} (required)", param.name),
        Some(default) => format!("{} ({default})", param.name),
    };
    let all: Vec<String> = params.iter().map(one).collect();
    wrapped(&all.join(", "), indent, indent, width)
}

fn parameters(params: &[Parameter], width: usize) -> String {
    let widest = params.iter().map(|param| param.name.len()).max().unwrap_or(0).min(WIDEST_NAMES);
    let row = |param: &Parameter| {
        let default = param.default.map_or("required".to_owned(), |default| format!("default: {default}"));
        (param.name.to_owned(), format!("{} [{default}]", param.help))
    };
    columns(&params.iter().map(row).collect::<Vec<_>>(), 2, widest + 2, width)
}

/// Two columns; the second is wrapped, and begins on a line of its own where the first is too long.
pub fn columns(rows: &[(String, String)], indent: usize, first: usize, width: usize) -> String {
    let mut text = String::new();
    let second = indent + first;
    for (name, help) in rows {
        let body = wrapped(help, second, second, width);
        if name.chars().count() + 2 > first {
            text += &format!("{:indent$}{name}\n{body}", "");
        } else {
            text += &format!("{:indent$}{name:first$}{}", "", &body[second..]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_beside_their_names() {
        let rows =
            [("ab".to_owned(), "one two three".to_owned()), ("abcdefgh".to_owned(), "four".to_owned())];
        assert_eq!(columns(&rows, 2, 6, 16), "  ab    one two\n        three\n  abcdefgh\n        four\n");
    }
}
