//! What is said of clients whose pace is their own, and of others.

use super::*;
use crate::config::Diagnostics;
use crate::scenario::{Options, resolve};

/// What is said of clients of the web with this mix, and of others beside them; how many come.
fn described(mix: &str, interval: &str, beside: &str) -> (String, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clients.plist");
    let script = "<dict><key>class</key><string>Script</string><key>params</key><dict><key>steps</key><array>
         <dict><key>do</key><string>GET</string><key>url</key><string>/</string></dict></array>";
    let entry = format!(
        "<dict><key>software</key><string>Web</string><key>mix</key><string>{mix}</string>
         <key>profiles</key><array>{script}{interval}</dict></dict></array></dict>"
    );
    let text = format!(
        "<plist version=\"1.0\"><dict><key>clients</key><array>{entry}{beside}</array></dict></plist>"
    );
    std::fs::write(&path, text).unwrap();
    let options = Options {
        config: Some("config/web.plist".into()),
        clients: Some(path),
        users: Some(8),
        seed: Some(1),
        ..Options::default()
    };
    let diags = Diagnostics::new();
    let scenario = resolve(&options, &diags);
    let scenario = scenario.unwrap_or_else(|| panic!("{}", crate::config::render(&diags)));
    (describe(&scenario), scenario.clients())
}

#[test]
fn no_rate_is_told_where_the_server_makes_the_pace() {
    let (text, clients) = described("choose", "", "");
    assert!(!text.contains("operations a second by themselves") && !text.contains("0.00"), "{text}");
    assert!(
        text.contains(&format!("expected of {clients} clients in turns: as many operations a second")),
        "{text}"
    );
    assert!(text.contains("after the turn before") && !text.contains("Script   when something"), "{text}");
    let (text, clients) = described("once", "", "");
    assert!(text.contains(&format!("expected of {clients} clients that do it once and leave")), "{text}");
    assert!(!text.contains("by themselves") && !text.contains("in turns"), "{text}");
}

#[test]
fn turns_that_take_their_time_have_a_rate() {
    let interval = "<key>interval</key><real>2</real>";
    let (text, clients) = described("choose", interval, "");
    assert!(
        text.contains(&format!("are there: {:.2} operations a second by themselves", clients as f64 / 2.0)),
        "{text}"
    );
    assert!(text.contains("every 2 s") && !text.contains("expected of"), "{text}");
    // Once is no rate, however long each takes.
    let (text, clients) = described("once", interval, "");
    assert!(
        !text.contains("/s\n") && text.contains(&format!("expected of {clients} clients that do it once")),
        "{text}"
    );
}

#[test]
fn both_sorts_are_told_beside_each_other() {
    let beside = "<dict><key>software</key><string>Web</string><key>mix</key><string>together</string>
         <key>profiles</key><array><dict><key>class</key><string>Script</string><key>params</key><dict>
         <key>interval</key><real>2</real><key>steps</key><array>
         <dict><key>do</key><string>GET</string><key>url</key><string>/</string></dict>
         </array></dict></dict></array></dict>";
    let (text, clients) = described("choose", "", beside);
    let others = clients / 2;
    assert!(
        text.contains(&format!("are there: {:.2} operations a second by themselves", others as f64 / 2.0)),
        "{text}"
    );
    assert!(text.contains(&format!("expected of {} clients in turns", clients - others)), "{text}");
}

#[test]
fn what_client_programs_do_by_themselves_has_a_rate_also_in_turns() {
    let beside = "<dict><key>software</key><string>OS_X_10_7</string><key>params</key><dict>
         <key>calendarHomePollInterval</key><integer>10</integer></dict><key>mix</key><string>choose</string>
         <key>profiles</key><array><dict><key>class</key><string>Accepter</string></dict></array></dict>";
    let (text, clients) = described("once", "", beside);
    let others = clients / 2;
    assert!(text.contains(&format!("expected of {others} clients in turns")), "{text}");
    let rate = others as f64 / 10.0;
    assert!(text.contains(&format!("are there: {rate:.2} operations a second by themselves")), "{text}");
}
