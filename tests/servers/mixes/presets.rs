//! A preset against each server: its tokens are refused by real servers, and everyone lists everything again.

use std::collections::BTreeMap;

use super::adapted::Adapted;
use super::judge::alone;
use super::ran::{Ran, run};
use crate::cyrus::Cyrus;
use crate::davical::Davical;
use crate::radicale::Radicale;
use crate::running::Running;
use crate::xandikos::Xandikos;

const USERS: u64 = 5;
const EVENTS: u64 = 12;

/// The preset with fewer events, and with users who come sooner.
fn token_reset(server: &Running, start_with: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let preset = folder.path().join("preset.plist");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/presets/token-reset.plist");
    let text = std::fs::read_to_string(file).expect("the preset");
    let text = text.replace("<integer>500</integer>", &format!("<integer>{EVENTS}</integer>"));
    let text = text.replace("<string>2m</string>", "<string>5s</string>").replace("staleToken", start_with);
    std::fs::write(&preset, text).expect("a file");
    let config = Adapted::new(server, &server.url());
    let users = USERS.to_string();
    let _alone = alone();
    run(&[
        "--config",
        config.path(),
        "--preset",
        preset.to_str().expect("a path"),
        "--seed",
        "1",
        "--users",
        &users,
        "--runtime",
        "12s",
    ])
}

/// Twice: the second run finds the events of the first, and its clients are told nothing new when their tokens are good.
fn everyone_lists_everything_again(server: Option<Running>, refuses: bool) {
    let Some(server) = server else { return };
    let (stale, warm) = (token_reset(&server, "staleToken"), token_reset(&server, "warm"));
    for ran in [&stale, &warm] {
        let said = || format!("{}\n{}", server.name, ran.said());
        assert_eq!((ran.code, ran.failed("requests")), (0, BTreeMap::new()), "{}", said());
        assert_eq!(ran.succeeded("startup"), USERS, "{}", said());
        assert_eq!(ran.succeeded("poll"), USERS, "{}", said());
    }
    let lists = |ran: &Ran| ran.requests("REPORT{sync-coll-init}") + ran.requests("PROPFIND{calendar}");
    println!(
        "{}: {} lists, {} with good tokens; {:?}",
        server.name,
        lists(&stale),
        lists(&warm),
        stale.labels("")
    );
    // Whoever does not refuse a token that was never given answers with the whole list at once.
    let at_once = if refuses { 0 } else { stale.requests("REPORT{sync-coll}") };
    assert!(lists(&stale) + at_once >= USERS, "{}: {} lists\n{}", server.name, lists(&stale), stale.said());
    assert_eq!(lists(&warm), 0, "{}\n{}", server.name, warm.said());
    // What is known by its ETag is not fetched again.
    assert_eq!(stale.labels("REPORT{multiget"), Vec::<String>::new(), "{}\n{}", server.name, stale.said());
}

#[test]
fn everyone_lists_everything_again_on_cyrus() {
    everyone_lists_everything_again(Cyrus::start(), true);
}

#[test]
fn everyone_lists_everything_again_on_davical() {
    everyone_lists_everything_again(Davical::start(), false);
}

#[test]
fn everyone_lists_everything_again_on_radicale() {
    everyone_lists_everything_again(Radicale::start(), true);
}

#[test]
fn everyone_lists_everything_again_on_xandikos() {
    everyone_lists_everything_again(Xandikos::start(), true);
}
