//! Broken configurations: `populace check` must name the file, the line, the column and the fault.
//!
//! `tests/broken/` holds one small property list for each fault, and `expected.tsv` says where each error
//! must stand and a part of its text.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// One line of `expected.tsv`.
struct Expected<'t> {
    config: &'t str,
    clients: &'t str,
    place: &'t str,
    text: &'t str,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken")
}

/// Runs `populace check` from the folder of the broken files, so that places carry bare names.
fn check(config: &str, clients: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["check", "--config", config, "--clients", clients])
        .current_dir(folder())
        .output()
        .expect("the program starts")
}

/// What is wrong with how one broken configuration is told, or `None`.
fn complaint(expected: &Expected<'_>) -> Option<String> {
    let Expected { config, clients, place, text } = expected;
    let output = check(config, clients);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = output.status.code();
    if code != Some(2) {
        return Some(format!("{config} {clients}: exit {code:?} instead of 2\n{told}"));
    }
    // Each diagnostic is a block of its own; place and text must be those of one error.
    let found = told.split("\n\n").any(|block| {
        let after = block.split_once(place).map(|(_, rest)| rest);
        let whole = after.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
        block.trim_start().starts_with("error") && whole && block.contains(text)
    });
    (!found).then(|| format!("{config} {clients}: no error at {place} with {text:?}\n{told}"))
}

#[test]
fn every_fault_is_told_at_its_place() {
    let manifest = std::fs::read_to_string(folder().join("expected.tsv")).expect("expected.tsv");
    let lines = manifest.lines().filter(|line| !line.starts_with('#'));
    let complaints: Vec<String> = lines
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [config, clients, place, text] = fields[..] else { panic!("four fields in {line:?}") };
            complaint(&Expected { config, clients, place, text })
        })
        .collect();
    assert!(
        complaints.is_empty(),
        "{} faults are told wrongly:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn the_files_that_the_broken_ones_differ_from_are_good() {
    for config in ["good-config.plist", "fixed-config.plist"] {
        let output = check(config, "good-clients.plist");
        assert!(output.status.success(), "{config}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_broken_file_is_expected() {
    let manifest = std::fs::read_to_string(folder().join("expected.tsv")).expect("expected.tsv");
    for entry in std::fs::read_dir(folder()).expect("tests/broken") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        let known = name == "expected.tsv" || manifest.contains(&name);
        assert!(known, "{name} is not in expected.tsv");
    }
}

#[test]
fn a_huge_file_is_refused() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.as_file().set_len(16 * 1024 * 1024 + 1).expect("a sparse file");
    let output = check(&file.path().to_string_lossy(), "good-clients.plist");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("larger than 16 MiB"), "{told}");
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let levels = 500_000;
    let text = format!("<plist>{}{}</plist>", "<array>".repeat(levels), "</array>".repeat(levels));
    std::fs::write(file.path(), text).expect("the file is written");
    let output = check(&file.path().to_string_lossy(), "good-clients.plist");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("deeper than 64 levels"), "{told}");
}
