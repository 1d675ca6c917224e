//! Radicale: no scheduling, attachments, sharing or push.

use std::collections::BTreeSet;
use std::time::Duration;

use super::adapted::Adapted;
use super::judge::{Expected, alone, judge};
use super::ran::{Ran, begin};
use crate::process::wait_until;
use crate::radicale::Radicale;
use crate::running::Running;

#[test]
fn a_mix_runs_on_radicale() {
    let Some(server) = Radicale::start() else { return };
    judge(
        &server,
        &Expected {
            mix: "everything",
            runtime: "25s",
            more: &[],
            schedules: false,
            off: &["APNSSubscriber", "Attacher", "CalendarSharer", "Inviter", "RealisticInviter"],
            notices: &["the server takes no attachments (status 405): events are created without files"],
        },
    );
}

const USERS: u64 = 6;

/// Radicale is killed in the middle of a run and started again: whatever failed meanwhile is counted as what it is, and
/// every client goes on by itself.
#[test]
fn clients_come_back_when_radicale_does() {
    let Some(mut server) = Radicale::start_telling() else { return };
    let config = Adapted::new(&server, &server.url());
    let (mix, users) = ("tests/servers/mixes/everything.plist", USERS.to_string());
    let ran = {
        let _alone = alone();
        let going = begin(&[
            "--config",
            config.path(),
            "--clients",
            mix,
            "--seed",
            "1",
            "--users",
            &users,
            "--runtime",
            "50s",
        ]);
        let minute = Duration::from_secs(60);
        let count = |text: &str| going.printed().matches(text).count();
        assert!(wait_until(minute, || count("poll END") >= 20), "{}", going.printed());
        server.kill();
        assert!(wait_until(minute, || count(" FAILED ") >= 10), "{}", going.printed());
        Radicale::start_again(&mut server);
        going.end()
    };
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert!(ran.stdout.contains("*** FAIL"), "{}", ran.said());
    assert_eq!((ran.number("users"), ran.number("client_failures")), (USERS, 0), "{}", ran.said());
    assert_eq!(ran.succeeded("startup"), USERS, "{}", ran.said());

    let errors = ran.errors();
    assert!(errors.contains_key("connect"), "{errors:?}");
    for (kind, (count, first)) in &errors {
        assert!(["connect", "closed"].contains(&kind.as_str()) && *count > 0, "{kind}: {first}");
        assert!(first.contains("user") && first.contains(&server.url()), "{kind}: {first}");
    }
    assert_back(&ran);
    assert_accounted(&ran, &server);
}

/// After the last failure every user polls.
fn assert_back(ran: &Ran) {
    let log = ran.stdout.split("** REPORT **").next().unwrap_or_default();
    let (_, after) = log.rsplit_once(" FAILED ").expect("failures");
    let polls = after.lines().filter(|line| line.contains("poll END"));
    let users: BTreeSet<&str> = polls.filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(users.len() as u64, USERS, "{}", ran.said());
}

/// What was sent is what the server saw, but for what met no server, and what broke off, which it may have seen or not.
fn assert_accounted(ran: &Ran, server: &Running) {
    let log = std::fs::read_to_string(server.log()).expect("a log");
    // MKCALENDAR is what the preparation sends, and GET / what the test does to see whether the server is there.
    let requests = log.lines().filter(|line| line.contains(" request for ") && !line.contains("MKCALENDAR"));
    let seen = requests.filter(|line| !line.contains("GET request for '/'")).count() as u64;
    let count = |kind: &str| ran.errors().get(kind).map_or(0, |(count, _)| *count);
    let resent: u64 = ran.labels("RESENT{").iter().map(|label| ran.requests(label)).sum();
    let most = ran.number("answered") + ran.number("unanswered") - count("connect");
    let least = most - count("closed") - ran.number("unanswered") - resent;
    assert!((least..=most).contains(&seen), "{least} to {most} were sent, {seen} were seen\n{}", ran.said());
}
