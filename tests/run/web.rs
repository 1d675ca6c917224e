//! Visitors without a web server at hand: the embedded server has pages.

use serde_json::json;

use super::command::{Ran, populace, rehearse, run, texts};

/// A config with these clients, and the embedded server with this key.
fn config(folder: &std::path::Path, embedded: &str, params: &str, steps: &str) -> String {
    let text = format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>{embedded}
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string>
           <key>params</key><dict><key>count</key><integer>20</integer></dict></dict>
         <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
           <key>count</key><integer>20</integer><key>ramp</key><integer>10</integer></dict></dict>
         <key>clients</key><array><dict><key>software</key><string>Web</string><key>params</key><dict>{params}</dict>
         <key>profiles</key><array><dict><key>class</key><string>Script</string><key>params</key><dict>
           <key>steps</key><array>{steps}</array></dict></dict></array></dict></array></dict></plist>"
    );
    let path = folder.join("config.plist");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn got(ran: &Ran, label: &str) -> u64 {
    ran.results["requests"][label]["count"].as_u64().unwrap_or(0)
}

#[test]
fn the_example_can_be_rehearsed() {
    let files =
        ["--config", "config/web.plist", "--clients", "clients/web.plist", "--users", "200", "--seed", "1"];
    let ran = rehearse(&files);
    assert_eq!((ran.code, ran.failed_requests()), (0, Vec::new()), "{}", ran.said());
    let (readers, watchers) = (got(&ran, "GET{home}"), got(&ran, "GET{again}") / 3);
    assert_eq!(
        (&ran.results["users"], ran.operation("session", "count")),
        (&json!(readers + watchers), readers + watchers),
        "{}",
        ran.said()
    );
    assert!(readers > 100 && watchers > 40, "{}", ran.said());
    // Two of three times it has not changed.
    assert_eq!(ran.results["statuses"]["304"], 2 * watchers);
    let checks = &ran.results["checks"]["GET{/index.html}"];
    assert_eq!(checks["match <html"], json!({"found": readers, "not_found": 0}), "{checks}");
    assert!(ran.stdout.contains("* Checks of answers"), "{}", ran.said());
}

/// How many accounts are needed hangs on what the clients are.
#[test]
fn a_fault_in_a_script_is_no_word_about_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let step = |what: &str| {
        format!("<dict><key>do</key><string>{what}</string><key>url</key><string>/</string></dict>")
    };
    let said = |step: &str| {
        let pages = "<key>embedded</key><dict><key>pages</key><integer>1000</integer></dict>";
        let file = config(folder.path(), pages, "", step);
        let more =
            std::fs::read_to_string(&file).unwrap().replace("20</integer><key>ramp", "60</integer><key>ramp");
        std::fs::write(&file, more).unwrap();
        let output = populace(&["check", "--config", &file]).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let good = said(&step("GET"));
    assert!(good.contains("accounts  20 (reuse") && good.contains("60 users"), "{good}");
    let faulty = said(&step("gett"));
    assert!(faulty.contains("gett") && !faulty.contains("there are only"), "{faulty}");
}

#[test]
fn pages_have_what_scripts_look_for() {
    let folder = tempfile::tempdir().unwrap();
    let pages = "<key>embedded</key><dict><key>service</key><dict><key>default</key><string>20ms</string>
        <key>GET{start}</key><string>5ms</string></dict><key>pages</key><dict><key>size</key><integer>3000</integer><key>text</key>
        <string>&lt;input name=token value=t7&gt;&lt;a href=/one&gt;&lt;a href=/two&gt;</string></dict></dict>";
    let set = |name: &str, how: &str| {
        format!("<dict><key>do</key><string>set</string><key>name</key><string>{name}</string>{how}</dict>")
    };
    let get = |url: &str, more: &str| {
        format!("<dict><key>do</key><string>GET</string><key>url</key><string>{url}</string>{more}</dict>")
    };
    let steps = get("/", "<key>name</key><string>start</string>")
        + &set("token", "<key>form</key><string>token</string>")
        + &set("all", "<key>xpath</key><string>//a/@href</string><key>all</key><true/>")
        + &format!(
            "<dict><key>do</key><string>foreach</string><key>name</key><string>one</string><key>in</key><string>all</string>
             <key>steps</key><array>{}</array></dict>",
            get("%%one%%", "<key>name</key><string>linked</string>")
        )
        + "<dict><key>do</key><string>POST</string><key>url</key><string>/%%token%%</string><key>name</key><string>sent</string></dict>";
    let config = config(folder.path(), pages, "", &steps);
    for ran in [rehearse(&["--config", &config]), run(&["--config", &config, "--workers", "1"])] {
        assert_eq!((ran.code, ran.failed_requests()), (0, Vec::new()), "{}", ran.said());
        assert_eq!(["GET{start}", "GET{linked}", "POST{sent}"].map(|label| got(&ran, label)), [20, 40, 20]);
        let median = |label: &str| ran.results["requests"][label]["service"]["p50"].as_f64().unwrap();
        assert!(median("GET{start}") >= 0.004 && median("POST{sent}") >= 0.019, "{}", ran.said());
        assert!(median("GET{start}") < median("POST{sent}"), "{}", ran.said());
    }
    // A run has no pages but those that are asked for.
    let none = self::config(folder.path(), "", "", &get("/", ""));
    let (_, said) = texts(&populace(&["check", "--config", &none]).output().unwrap());
    assert!(said.contains("the embedded server has none") && said.contains("`pages`"), "{said}");
}

#[test]
fn a_failed_check_may_end_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let get = |more: &str| {
        format!("<dict><key>do</key><string>GET</string><key>url</key><string>/</string>{more}</dict>")
    };
    let steps = get("<key>name</key><string>good</string>") + &get("<key>nomatch</key><string>html</string>");
    let config = config(folder.path(), "", "<key>onFailure</key><string>abortRun</string>", &steps);
    let ran = rehearse(&["--config", &config, "--seed", "1"]);
    assert_eq!(ran.code, 4, "{}", ran.said());
    assert!(
        ran.stdout.contains("The run had to end after ") && ran.said().contains("`nomatch` is found: html"),
        "{}",
        ran.said()
    );
    // Within a second, in which two or three of twenty have come.
    assert!((1..5).contains(&got(&ran, "GET{/}")), "{}", ran.said());
}
