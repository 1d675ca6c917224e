//! The demonstration: a population of calendar users on the embedded server.

use crate::command::run;

#[test]
fn the_demonstration_shows_everything_and_its_books_balance() {
    let ran = run(&["--clients", "clients/demo.plist", "--runtime", "30s", "--seed", "1"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(ran.results["verdict"], "pass");
    for label in ["startup", "poll", "push", "create", "invite", "accept", "reply done"] {
        assert!(ran.operation(label, "count") > 0, "no {label}\n{}", ran.said());
    }
    for (profile, label) in [("RealisticInviter", "invite"), ("Accepter", "accept")] {
        let done = ran.results["profiles"][profile]["operations"]["count"].as_u64().unwrap_or(0);
        assert!(done >= ran.operation(label, "count") && done > 0, "{profile}: {done}\n{}", ran.said());
    }
    assert_eq!(ran.failed_requests(), [], "{}", ran.said());
    let sent = ran.sent();
    assert!(sent > 500, "only {sent} requests\n{}", ran.said());
    let served = ran.results["monitors"]["embedded"]["requests"].as_u64();
    assert_eq!(Some(sent), served, "the books differ\n{}", ran.said());
    assert!(ran.stdout.contains("*** PASS"), "{}", ran.said());
    assert!(ran.stdout.contains("* Server"), "{}", ran.said());
}
