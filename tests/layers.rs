//! The arrows between modules run one way: an import that points up in the house is an error (see ARCHITECTURE.md).

use std::fs;
use std::path::{Path, PathBuf};

/// The rows of the house from the top down. Modules of one row may know each other, except the domains.
const ROWS: &[&[&str]] = &[
    &["cli"],
    &["live"],
    &["worker"],
    &["scenario"],
    &["simulation"],
    &["calendar", "mail", "web", "chat", "network"],
    &["embedded"],
    &["monitor", "observer", "report"],
    &["client"],
    &["http"],
    &["transport"],
    &["population"],
    &["stats"],
    &["dav", "icalendar", "amp"],
    &["distribution"],
    &["config"],
    &["clock", "random", "event", "label", "hex", "journal", "group", "command", "together"],
];
const DOMAINS: usize = 5;

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The modules named after `crate::` in a line: `crate::a::b` or `crate::{a, b::c}`.
fn imports(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let list = rest.strip_prefix('{').unwrap_or(rest);
        let names = if list.len() < rest.len() { list.split([',', '}']).collect() } else { vec![list] };
        for name in names {
            let name: String =
                name.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                found.push(name);
            }
        }
    }
    found
}

#[test]
fn no_import_points_up() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the sources are not where they were");
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let own = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if ["main", "lib"].contains(&own.as_str()) {
            continue;
        }
        let own_row = row(&own).unwrap_or_else(|| panic!("{own} has no place in the house"));
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for name in imports(line) {
                let up = row(&name).is_some_and(|other| {
                    other < own_row || (other == own_row && own_row == DOMAINS && name != own)
                });
                if up {
                    wrong.push(format!("src/{}:{}: {own} imports {name}", inside.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

#[test]
fn imports_are_found() {
    assert_eq!(imports("use crate::event::{What, Who};"), ["event"]);
    assert_eq!(imports("use crate::{clock::Clock, label};"), ["clock", "label"]);
    assert_eq!(imports("let x = crate::cli::run(crate::stats::new());"), ["cli", "stats"]);
}

/// A `select!` that draws lots among its branches would make equal runs differ; clippy cannot tell.
#[test]
fn every_select_has_an_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in unordered_selects(&text) {
            wrong.push(format!("src/{}:{line}", file.strip_prefix(&root).unwrap().display()));
        }
    }
    assert!(wrong.is_empty(), "`select!` without `biased;` as its first word:\n{}", wrong.join("\n"));
}

/// The numbers of the lines on which a `select!` stands whose first word is not `biased;`.
fn unordered_selects(text: &str) -> Vec<usize> {
    let lines: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for (at, _) in line.match_indices("select!") {
            let rest =
                std::iter::once(&line[at + "select!".len()..]).chain(lines[index + 1..].iter().copied());
            let text: String = rest.take(5).collect::<Vec<_>>().join(" ");
            if !text.trim_start().trim_start_matches(['{', '(']).trim_start().starts_with("biased;") {
                found.push(index + 1);
            }
        }
    }
    found
}

#[test]
fn unordered_selects_are_found() {
    let good = "tokio::select! {\n    // First come first served.\n    biased;\n    a = b => {}\n}";
    assert_eq!(unordered_selects(good), []);
    assert_eq!(unordered_selects("// like `select!` below\nselect! { biased; () = a => {} }"), []);
    assert_eq!(unordered_selects("\ntokio::select! {\n    () = a => {}\n    () = b => {}\n}"), [2]);
}
