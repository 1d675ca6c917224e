//! Replays the inputs of `fuzz/corpus/`: the seeds of the fuzz targets, and every input that once made one fail.
//!
//! The bodies are those of the targets; see `fuzz/README.md`.

use std::path::Path;

#[path = "../fuzz/bodies/amp.rs"]
mod amp;
#[path = "../fuzz/bodies/answer.rs"]
mod answer;
#[path = "../fuzz/bodies/digest.rs"]
mod digest;
#[path = "../fuzz/bodies/frames.rs"]
mod frames;
#[path = "../fuzz/bodies/icalendar.rs"]
mod icalendar;
#[path = "../fuzz/bodies/mail.rs"]
mod mail;
#[path = "../fuzz/bodies/multistatus.rs"]
mod multistatus;
#[path = "../fuzz/bodies/plist.rs"]
mod plist;
#[path = "../fuzz/bodies/scenario.rs"]
mod scenario;
#[path = "../fuzz/bodies/stats_json.rs"]
mod stats_json;

/// Runs every input of a target; the name of the one that fails is in the output.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "there is no input in {}", folder.display());
    for path in paths {
        println!("{}", path.display());
        check(&std::fs::read(&path).unwrap());
    }
}

#[test]
fn amp_boxes() {
    replay("amp", amp::check);
}

#[test]
fn answers_of_servers() {
    replay("answer", answer::check);
}

#[test]
fn digest_challenges() {
    replay("digest", digest::check);
}

#[test]
fn frames_of_workers() {
    replay("frames", frames::check);
}

#[test]
fn replies_of_mail_servers() {
    replay("mail", mail::check);
}

#[test]
fn icalendar_objects() {
    replay("icalendar", icalendar::check);
}

#[test]
fn multistatus_answers() {
    replay("multistatus", multistatus::check);
}

#[test]
fn property_lists() {
    replay("plist", plist::check);
}

#[test]
fn scenarios() {
    replay("scenario", scenario::check);
}

#[test]
fn statistics_answers() {
    replay("stats_json", stats_json::check);
}

/// The fuzz targets are a workspace of their own, which no other check builds: what their bodies use must be listed there.
#[test]
fn the_workspace_of_the_targets_lists_what_the_bodies_use() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let (_, dependencies) = manifest.split_once("[dependencies]\n").unwrap();
    let (dependencies, _) = dependencies.split_once("\n[").unwrap();
    let listed: Vec<_> = dependencies.lines().filter_map(|line| line.split(" = ").next()).collect();
    let mut used = 0;
    for (target, body) in bodies(&folder.join("bodies")) {
        for line in body.lines().filter_map(|line| line.trim_start().strip_prefix("use ")) {
            let name = line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            // What begins with a capital letter is a type that is known already.
            let own = name.starts_with(char::is_uppercase) || ["std", "super", "crate"].contains(&name);
            assert!(own || listed.contains(&name), "{target}: {name} is not in fuzz/Cargo.toml");
            used += usize::from(!own);
        }
    }
    assert!(used > 20, "only {used} uses of other crates were seen");
}

/// The sources of the bodies, those in folders too, with their names.
fn bodies(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all = Vec::new();
    for path in entries {
        match path.is_dir() {
            true => all.extend(bodies(&path)),
            false => all.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap())),
        }
    }
    all
}
