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
