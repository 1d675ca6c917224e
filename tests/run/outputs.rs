//! The files that are made of a run, at its end or later.

use crate::command::{populace, rehearse, texts};

const CONFIG: &str = r#"<plist version="1.0"><dict>
<key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>40</integer></dict></dict>
<key>thresholds</key><array>
  <string>operation create response p95 &lt; 2s</string>
  <string>request PUT{event} count &lt; 1</string>
</array></dict></plist>"#;

#[test]
fn a_results_file_gives_what_the_run_gave() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(file("config.plist"), CONFIG).unwrap();
    let wanted = |place: &str| -> Vec<String> {
        let option = |form: &str| [format!("--{form}"), file(&format!("{place}.{form}"))];
        ["csv", "junit", "markdown", "html"].into_iter().flat_map(option).collect()
    };
    let (config, at_once, later, json) =
        (file("config.plist"), wanted("run"), wanted("later"), file("r.json"));
    let mut args =
        vec!["--config", &config, "--clients", "clients/demo.plist", "--seed", "1", "--runtime", "30s"];
    args.extend(at_once.iter().map(String::as_str));
    let ran = rehearse(&args);
    assert_eq!(ran.code, 1, "{}", ran.said());
    std::fs::write(&json, ran.results.to_string()).unwrap();
    let mut args = vec!["report", &json];
    args.extend(later.iter().map(String::as_str));
    let made = populace(&args).output().unwrap();
    assert!(made.status.success(), "{:?}", texts(&made));
    let [csv, junit, markdown, html] = ["csv", "junit", "markdown", "html"].map(|form| {
        let [first, second] =
            ["run", "later"].map(|place| std::fs::read_to_string(file(&format!("{place}.{form}"))).unwrap());
        assert_eq!(first, second, "{form}");
        first
    });
    // 30 seconds and what was answered after them.
    assert!((31..=36).contains(&csv.lines().count()), "{csv}");
    let requests: u64 =
        csv.lines().skip(1).map(|line| line.split(',').nth(4).unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(Some(requests), ran.results["answered"].as_u64());
    assert!(
        junit.contains("tests=\"3\" failures=\"1\"") && junit.contains("count &lt; 1\"><failure"),
        "{junit}"
    );
    assert!(markdown.starts_with("## populace: FAIL\n") && markdown.contains("| `create` |"), "{markdown}");
    assert!(html.starts_with("<!"), "{html}");
}

#[test]
fn nothing_is_lost_by_a_careless_choice_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one").to_str().unwrap().to_owned();
    let short = ["--clients", "clients/demo.plist", "--runtime", "1s", "--csv", &one, "--junit", &one];
    let refused = rehearse(&short);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--csv and --junit name one file"), "{}", refused.said());
    let nothing = populace(&["report", "whatever.json"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(2));
}
