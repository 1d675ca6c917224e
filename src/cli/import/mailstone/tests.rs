use proptest::prelude::*;

use super::*;
use crate::cli::import::test::{at, read};
use crate::config::{Value, render};

/// What is made of the files, and what is said about them.
fn imported(commands: &str, config: Option<&str>) -> (Option<Value>, String) {
    let diags = Diagnostics::new();
    let config = config.map(|text| Source::text("CONFIG", text));
    let made =
        import(&Source::text("commands", commands), config.as_ref(), &diags).filter(|_| !diags.has_errors());
    let said = diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    (made.map(|text| read(&text)), said)
}

const DEFAULTS: &str = "<Default>\nserver mail.test:2525\nsmtpMailFrom me\naccountFormat u%d\npasswdFormat p%d\n\
                        numAccounts 9\nfile bench2\nweight 1\n</Default>\n";

fn with(rest: &str) -> (Option<Value>, String) {
    imported(&format!("{DEFAULTS}{rest}"), None)
}

#[test]
fn a_tag_says_what_differs() {
    let (made, said) = imported(
        &format!(
            "InitHost host=a clients=4 type=unix ramp=20\ninithost host=\"b\" clients=2 type=NT\r\n{DEFAULTS}\
             <smtp>\n  numrecips   3\n</SMTP>\n# a comment\n<POP3 HOSTS=a,b>\naccountFormat login%03d\nbeginAccounts 5\n\
             leaveMailOnServer 1\nweight 7\nthrottle 2.5\n</POP3>\n<IMAP4 hosts=b>\nbeginAccounts 5\naccountFormat login%03d\n\
             searchRate 3\n</IMAP4>"
        ),
        Some("time=1.5\n# no graph\n"),
    );
    let made = made.unwrap_or_else(|| panic!("{said}"));
    for (path, value) in [
        ("services.smtp", "smtp://mail.test:2525"),
        ("services.imap", "imap://mail.test:2525"),
        ("accounts.params.uidPattern", "login%03d"),
        ("accounts.params.emailPattern", "u%d"),
        ("accounts.params.passwordPattern", "p%d"),
        ("accounts.use", "draw"),
        ("workers.1.name", "b"),
        ("clients.0.mix", "choose"),
        ("clients.0.params.mailFrom", "me"),
        ("clients.0.params.file", "bench2k"),
        ("clients.0.profiles.0.class", "SMTP"),
        ("clients.0.profiles.0.hosts", "nothing"),
        ("clients.0.profiles.1.hosts.1", "b"),
        ("clients.0.profiles.1.params.pacing", "closed"),
        ("clients.0.profiles.2.params.pacing", "nothing"),
    ] {
        assert_eq!(at(&made, path), value, "{path}");
    }
    for (path, value) in [
        ("accounts.params.first", "5"),
        ("accounts.params.count", "9"),
        ("arrival.params.count", "6"),
        ("arrival.params.ramp", "20"),
        ("run.duration", "90"),
        ("workers.0.weight", "4"),
        ("clients.0.profiles.0.params.recipients", "3"),
        ("clients.0.profiles.1.weight", "7"),
        ("clients.0.profiles.1.params.throttle", "2.5"),
        ("clients.0.profiles.1.params.leaveOnServer", "true"),
        ("clients.0.profiles.2.params.searchRate", "3"),
    ] {
        assert!(at(&made, path).contains(value), "{path}: {}", at(&made, path));
    }
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("bench2 is not here"), "{said}");
}

#[test]
fn what_is_not_carried_over_is_told() {
    let (made, said) = imported(
        &format!(
            "InitHost host=a clients=30 type=unix\nInitHost host=idle clients=3 type=unix\n{DEFAULTS}\
             <SMTP HOSTS=a,Z>\nnumAccounts 8\nsearchRate 2\nfile /none/mine\n</SMTP>\n<POP3 HOSTS=a>\n</POP3>\n"
        ),
        Some("DEBUG=1\nGNUPLOT=/x\n"),
    );
    assert!(made.is_some(), "{said}");
    for part in [
        "commands:12:15: warning: no InitHost starts Z",
        "commands:2:15: warning: no tag is for idle: its 3 clients are left out",
        "CONFIG:1:1: warning: DEBUG is not carried over",
        "CONFIG:2:1: warning: GNUPLOT",
        "warning: this numAccounts is not carried over: it is 8 for all",
        "commands:14:1: warning: searchRate means nothing to SMTP",
        "warning: there is no file /none/mine here",
        "30 clients are more than 8 accounts",
        "no TIME says how long",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(at(&made.unwrap(), "accounts.use"), "reuse");
}

#[test]
fn a_process_does_no_more_than_throttle_allows() {
    let hosts = |kind: &str| {
        format!(
            "InitHost host=a clients=4 type=unix\nInitHost host=b clients=2 type={kind}\n{DEFAULTS}<SMTP>\nthrottle 1\n\
             </SMTP>\n<POP3>\nthrottle 9\n</POP3>\n<IMAP4>\n</IMAP4>"
        )
    };
    let (made, said) = imported(&hosts("unix"), Some("TIME=1\nTHROTTLE=30"));
    let made = made.unwrap_or_else(|| panic!("{said}"));
    assert!(
        at(&made, "clients.0.params.throttle").contains('2'),
        "{}",
        at(&made, "clients.0.params.throttle")
    );
    assert!(at(&made, "clients.0.profiles.0.params.throttle").contains('2'));
    assert!(at(&made, "clients.0.profiles.1.params.throttle").contains('9'));
    // Threads of one process share what it may do.
    let (made, said) = imported(&hosts("NT"), Some("TIME=1\nTHROTTLE=30"));
    assert!(said.contains("CONFIG:2:1: warning: THROTTLE is not carried over"), "{said}");
    assert_eq!(at(&made.unwrap(), "clients.0.params.throttle"), "nothing");
}

#[test]
fn faults_are_told_at_their_places() {
    for (rest, fault) in [
        ("<SMTP>\nweigth 3\n</SMTP>", "commands:11:1: error: there is no directive `weigth`"),
        ("<SMTP>\nweight x\n</SMTP>", "commands:11:8: error: \"x\" is not a number"),
        ("<SMTP>\nweight NaN\n</SMTP>", "\"NaN\" is not a number"),
        ("<SMTP>\nweight\n</SMTP>", "weight has no value"),
        ("<SMTP>\nweight 1\nweight 2\n</SMTP>", "commands:12:1: error: weight is said twice"),
        ("<SMPT>\nweight 1\n</SMPT>", "commands:10:2: error: there is no tag <SMPT>"),
        ("<SMTP>\nweight 1\n", "<SMTP> is not closed"),
        ("<SMTP>\nweight 1\n</POP3>", "</POP3> closes <SMTP>"),
        ("<SMTP>\n<POP3>\n</POP3>", "a tag begins within another one"),
        ("<SMTP HOST=a>\n</SMTP>", "commands:10:7: error: `HOST=a` has no place in a tag"),
        ("<SMTP\n", "this tag does not end"),
        ("weight 3\n<SMTP>\n</SMTP>", "`weight` stands outside of a tag"),
        (
            "InitHost host=a clients=0 type=unix\n<SMTP>\n</SMTP>",
            "commands:10:25: error: \"0\" is not a whole number",
        ),
        ("InitHost host=a clients=1\n<SMTP>\n</SMTP>", "InitHost has no `type`"),
        ("InitHost host=a clients=1 type=VMS\n<SMTP>\n</SMTP>", "\"VMS\" is no type of host"),
        ("InitHost host=a clients=1 type=NT\n<SMTP HOSTS=b>\n</SMTP>", "no host has anything to do"),
        ("<POP3>\naccountFormat same\n</POP3>", "there is no number in it"),
        ("<POP3>\naccountFormat u%s\n</POP3>", "commands:11:15: error: "),
        ("<POP3>\nserver a/b\n</POP3>", "commands:11:8: error: "),
        ("<POP3>\nleaveMailOnServer maybe\n</POP3>", "neither 0 nor 1"),
        ("<SMTP>\nweight 1\u{7}\n</SMTP>", "a control character"),
        (
            "<IMAP4>\nsearchRate 10001\n</IMAP4>",
            "commands:11:12: error: \"10001\" is not a number from 0 to 10000",
        ),
        ("<SMTP>\nnumrecips 0\n</SMTP>", "\"0\" is not a whole number from 1 to 1000"),
        ("", "there is nothing to do"),
    ] {
        let (made, said) = with(rest);
        assert!(made.is_none() && said.contains(fault), "{rest}: {said}");
    }
    // As many as are no number of 32 bits any more.
    let hosts: String =
        (0..4300).map(|n| format!("InitHost host=h{n} clients=1000000 type=unix\n")).collect();
    let (made, said) = with(&format!("{hosts}<SMTP>\n</SMTP>"));
    assert!(
        made.is_none() && said.contains("more clients than the 10000000 that a run has at most"),
        "{said}"
    );
    let (made, said) = imported("<POP3>\nserver a\n</POP3>", Some("TIME=0\nTIEM=3\nwhat\n"));
    for fault in [
        "has no accountFormat",
        "has no passwdFormat",
        "has no numAccounts",
        "has no weight",
        "\"0\" is not",
        "no setting `TIEM`",
        "no KEY=VALUE",
    ] {
        assert!(made.is_none() && said.contains(fault), "{fault}: {said}");
    }
    assert!(!said.contains("has no server") && !said.contains("has no file"), "{said}");
}

/// What is rendered has the lines of the file.
#[test]
fn no_password_is_told() {
    let told = |rest: &str| {
        let diags = Diagnostics::new();
        import(&Source::text("commands", format!("{DEFAULTS}{rest}")), None, &diags);
        let told = render(&diags);
        assert!(!told.contains("s3cret") && !told.contains("sécret"), "{told}");
        told
    };
    let differ = told("<POP3>\npasswdFormat s3cret%d\n</POP3>\n<IMAP4>\nPasswdformat  sécret%d\n</IMAP4>");
    assert!(differ.contains("this passwdFormat is not carried over: another one holds for all"), "{differ}");
    assert!(differ.contains("passwdFormat ********") && differ.contains("Pass"), "{differ}");
    assert!(told("<POP3>\npasswdFormat s3cret%q\n</POP3>").contains("no pattern of passwords"));
    assert!(told("<POP3>\npaswdFormat s3cret%d\n</POP3>").contains("did you mean `passwdFormat`"));
    assert!(told("<POP3>\npasswdFormat=s3cret%d\n</POP3>").contains("there is no directive `passwdFormat`"));
    assert!(told("passwordFormat s3cret%d\n").contains("stands outside"));
    assert!(told("<POP3>\npasswdFormat s3cret\npasswdFormat s3cret\n</POP3>").contains("said twice"));
    assert!(told("<POP3>\npassword s3cret\u{7}\n</POP3>").contains("a control character"));
}

proptest! {
    #[test]
    fn no_text_panics(
        lines in proptest::collection::vec("(</?(SMTP|POP3|Default)( HOSTS=)?|InitHost host=|weight |\"=|[ -~ä\t\u{7}]{0,3}|>){0,5}", 0..8),
        config in "([A-Z=\"0-9. ä]{0,9}\r?\n){0,4}",
    ) {
        imported(&lines.join("\n"), Some(&config));
        with(&lines.join("\n"));
    }
}
