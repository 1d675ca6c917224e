use proptest::prelude::*;

use super::*;
use crate::cli::import::test::{at, read};
use crate::config;

const CONFIG: &str = "[Configuration]\n# a test\nNumClientMachines:  2   # machines\nNumClientThreads = 25\nDuration:  5m\nWarmupTime 30s\n\
    CooldownTime:\t30s # rest\nThinkTime:  2s\nMaxRecvBuffer: 128K\nAsynchronousWait: TRUE\nComment: files # of all sizes\n";
const SCRIPT: &str = r#"SET RequestHeader = "Accept: */*\r\nHost: web1:8080\r\n"
APP RequestHeader = "Accept-Language: en-us\r\n" # both
NEW TRANSACTION
    classId = 1
    NEW REQUEST HTTP
        verb = "GET"
        URL = "/a\"b.html"
NEW TRANSACTION
    classId = 1
    NEW REQUEST HTTP
        URL = "/two.html"
        KeepAlive = true
    NEW REQUEST HTTP
        URL = "/two.gif"
        RequestHeader = "Accept: image/gif\r\nConnection: Keep-Alive\r\n"
        Cookie = "c=1"
NEW TRANSACTION
    classId = 2
    NEW REQUEST HTTP
        Verb = "POST"
        URL = "http://other/form.cgi"
        RequestData = "a=1&b=%20"
        RequestHeader = "Content-Type: text/plain\r\nContent-Length: 9\r\n"
        ResponseStatusCode = 302
        ResponseData = "Thanks (a lot)."
        SaveResponseFile = "x"
"#;

/// What is made of the files, and what is said about them.
fn imported(
    texts: [&str; 3],
    counters: Option<&str>,
    server: Option<&str>,
) -> (Option<config::Value>, String) {
    let diags = Diagnostics::new();
    let [config, script, distribution] = [("t.cfg", texts[0]), ("t.scr", texts[1]), ("t.dst", texts[2])]
        .map(|(name, text)| Source::text(name, text));
    let counters = counters.map(|text| Source::text("t.pfc", text));
    let files =
        Files { config: &config, script: &script, distribution: &distribution, counters: counters.as_ref() };
    let made = import(&files, server, &diags).filter(|_| !diags.has_errors());
    let said = diags.all().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    (made.map(|text| read(&text)), said)
}

#[test]
fn a_test_becomes_a_config() {
    let counters = "# of the server\nProcessor(_Total)\\% Processor Time\n\"\\System\\Processor Queue Length\"\n\
                    Process(w3wp)\\Private Bytes\nActive Server Pages\\Requests/Sec\n";
    let (made, said) = imported([CONFIG, SCRIPT, "1 60.005\n2, 40\n"], Some(counters), None);
    let made = made.unwrap_or_else(|| panic!("{said}"));
    for (path, value) in [
        ("server", "http://web1:8080"),
        ("arrival.factory", "Fixed"),
        ("arrival.params.count", "50"),
        ("run.warmup", "30"),
        ("run.duration", "300"),
        ("run.cooldown", "30"),
        ("workers.1.name", "client2"),
        ("workers.2", "nothing"),
        ("monitors.0.type", "Agent"),
        ("monitors.0.params.standard", "true"),
        ("monitors.0.params.processes.0", "w3wp"),
        ("observers.1.type", "WcatLog"),
        ("observers.1.params.path", "t.log"),
        ("observers.1.params.comment", "files # of all sizes"),
        ("observers.2.params.path", "t.prf"),
        ("clients.0.software", "Web"),
        ("clients.0.mix", "choose"),
        ("clients.0.params.think.type", "Uniform"),
        ("clients.0.params.think.params.max", "2"),
        ("clients.0.params.keepAlive", "false"),
        ("clients.0.params.maxReceive", "131072"),
        ("clients.0.params.headers.Accept-Language", "en-us"),
        ("clients.0.params.headers.Host", "nothing"),
        // The transactions of a class share its part.
        ("clients.0.profiles.0.weight", "30.0025"),
        ("clients.0.profiles.1.weight", "30.0025"),
        ("clients.0.profiles.2.weight", "40"),
        ("clients.0.profiles.0.params.steps.0.do", "transaction"),
        ("clients.0.profiles.0.params.steps.0.name", "class 1"),
        ("clients.0.profiles.0.params.steps.0.steps.0.url", "/a\"b.html"),
        ("clients.0.profiles.0.params.steps.0.steps.0.keepAlive", "nothing"),
        ("clients.0.profiles.0.params.steps.0.steps.0.headers", "nothing"),
        ("clients.0.profiles.1.params.steps.0.steps.0.keepAlive", "true"),
        ("clients.0.profiles.1.params.steps.0.steps.1.keepAlive", "true"),
        ("clients.0.profiles.1.params.steps.0.steps.1.headers.Accept", "image/gif"),
        ("clients.0.profiles.1.params.steps.0.steps.1.headers.Cookie", "c=1"),
        ("clients.0.profiles.2.params.steps.0.steps.0.do", "POST"),
        ("clients.0.profiles.2.params.steps.0.steps.0.url", "http://other/form.cgi"),
        ("clients.0.profiles.2.params.steps.0.steps.0.body", "a=1&b=%20"),
        ("clients.0.profiles.2.params.steps.0.steps.0.contentType", "text/plain"),
        ("clients.0.profiles.2.params.steps.0.steps.0.expect", "302"),
        ("clients.0.profiles.2.params.steps.0.steps.0.match", "Thanks \\(a lot\\)\\."),
    ] {
        assert!(at(&made, path).ends_with(value), "{path}: {} and not {value}", at(&made, path));
    }
    for told in [
        "t.scr:26:9: warning: SaveResponseFile is not carried over",
        "t.pfc:5:1: warning: the counter Active Server Pages\\Requests/Sec is not carried over",
        "t.pfc:2:1: notice: Processor(_Total)\\% Processor Time is cpu here",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!said.contains("error"), "{said}");
}

#[test]
fn the_least_that_there_can_be() {
    let script = "NEW TRANSACTION\nclassId = 7\nNEW REQUEST HTTPS\nURL = \"/\"\n";
    let (made, said) = imported(["", script, "7 100.0"], None, None);
    let made = made.unwrap_or_else(|| panic!("{said}"));
    for (path, value) in [
        ("server", "https://localhost"),
        ("run.duration", "300"),
        ("arrival.params.count", "1"),
        ("workers", "nothing"),
    ] {
        assert!(at(&made, path).ends_with(value), "{path}: {}", at(&made, path));
    }
    let (made, _) = imported(["", script, "7 100.0"], None, Some("http://h:81"));
    let made = made.unwrap();
    assert_eq!(at(&made, "server"), "http://h:81");
    // Whatever the script calls its server.
    let url = |made: &config::Value, profile: u32| {
        at(made, &format!("clients.0.profiles.{profile}.params.steps.0.steps.0.url"))
    };
    assert_eq!(url(&made, 0), "/");
    let (made, _) = imported(["", SCRIPT, "1 60\n2 40"], None, Some("http://h:81"));
    let made = made.unwrap();
    assert_eq!((url(&made, 0), url(&made, 2)), ("/a\"b.html".to_owned(), "http://other/form.cgi".to_owned()));
}

#[test]
fn faults_are_told_at_their_places() {
    let good = "NEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\nURL = \"/\"\n";
    for (texts, fault) in [
        (["Duratoin: 5m", good, "1 100"], "t.cfg:1:1: error: there is no setting `Duratoin`"),
        (["Duration: soon", good, "1 100"], "t.cfg:1:11: error: \"soon\" is not a time"),
        (["NumClientThreads: 0", good, "1 100"], "t.cfg:1:19: error: \"0\" is not a whole number"),
        (
            ["", good, "1 99.98"],
            "t.dst:1:1: error: the percentages of the classes add up to 99.98, and not to 100",
        ),
        (["", good, "1 50\n1 50"], "t.dst:2:1: error: the class 1 stands here for the second time"),
        (["", good, "1"], "t.dst:1:1: error: this is no pair"),
        (["", good, "1 40\n2 60"], "t.dst:2:1: error: no transaction is of the class 2"),
        (["", "", "1 100"], "t.scr: error: there is no transaction"),
        (["", "URL = \"/\"\n", "1 100"], "t.scr:1:1: error: `URL` stands outside of a transaction"),
        (
            ["", "NEW REQUEST HTTP\n", "1 100"],
            "t.scr:1:1: error: this request stands outside of a transaction",
        ),
        (
            ["", "NEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\nURL = \"/\n", "1 100"],
            "t.scr:4:7: error: this is no value",
        ),
        (
            ["", "NEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\nULR = \"/\"\n", "1 100"],
            "t.scr:4:1: error: there is no field `ULR`",
        ),
        (
            ["", "NEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\n", "1 100"],
            "a request of this transaction has no `URL`",
        ),
        (
            ["", "NEW TRANSACTION\nNEW REQUEST HTTP\nURL = \"/\"\n", "1 100"],
            "t.scr:1:1: error: the transaction has no `classId`",
        ),
    ] {
        let (made, said) = imported(texts, None, None);
        assert!(made.is_none() && said.contains(fault), "{fault}: {said}");
    }
    let (made, said) =
        imported(["[Script]\nx", &format!("{good}{}", good.replace("= 1", "= 3")), "1 100"], None, None);
    assert!(
        made.is_some() && said.contains("the class 3 is not drawn") && said.contains("the section [Script]"),
        "{said}"
    );
}

proptest! {
    #[test]
    fn no_text_panics(
        config in "((Duration|NumClientThreads|Comment|#|:|=|[ -~ä]){0,4}\n){0,4}",
        script in "((NEW |SET |APP |TRANSACTION|REQUEST HTTP|URL|classId|RequestData|FILE|=|\"|\\\\|[ -~ä\t]){0,6}\n){0,9}",
        distribution in "([0-9. ,ä#-]{0,9}\n){0,4}",
        counters in "([(a-z\\\\)% ä]{0,12}\n){0,4}",
    ) {
        imported([&config, &script, &distribution], Some(&counters), None);
    }
}
