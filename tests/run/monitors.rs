//! Monitors that read a server's own figures while a run goes on.

use crate::command::{populace, rehearse, root, run, texts};

/// A config for the embedded server with these monitors, and the folder that it lies in.
fn config(monitors: &str, more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.plist");
    let text = format!(
        "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>{more}\
         <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>\
         <key>count</key><integer>10</integer></dict></dict>\
         <key>monitors</key><array>{monitors}</array></dict></plist>"
    );
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

fn monitor(kind: &str, params: &str, more: &str) -> String {
    format!(
        "<dict><key>type</key><string>{kind}</string><key>interval</key><integer>1</integer>{more}\
         <key>params</key><dict>{params}</dict></dict>"
    )
}

#[test]
fn a_command_is_read_and_another_that_fails_is_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let (page, csv) = (folder.path().join("report.html"), folder.path().join("run.prf"));
    let counter = "<key>command</key><string>echo \"{\\\"load\\\": 2.5, \\\"jobs\\\": $(date +%s)}\"</string>\
                   <key>totals</key><array><string>jobs</string></array>";
    let broken = "<key>command</key><string>echo the machine is off &gt;&amp;2; exit 7</string>";
    let named = "<key>name</key><string>web1</string>";
    let both = [monitor("Command", counter, named), monitor("Command", broken, "")].concat();
    let observers = format!(
        "<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string></dict>\
         <dict><key>type</key><string>WcatCounters</string><key>params</key><dict><key>path</key>\
         <string>{}</string></dict></dict></array>\
         <key>run</key><dict><key>warmup</key><integer>2</integer><key>duration</key><integer>4</integer>\
         <key>cooldown</key><integer>2</integer></dict>",
        csv.display()
    );
    let (_folder, config) = config(&both, &observers);
    let args = [
        "--config",
        &config,
        "--clients",
        "clients/demo.plist",
        "--users",
        "3",
        "--html",
        page.to_str().unwrap(),
    ];
    let ran = run(&args);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let read = &ran.results["monitors"]["web1"]["figures"];
    let load = &read["load"];
    assert_eq!((load["mean"].as_f64(), load["unit"].as_str()), (Some(2.5), Some("number")), "{}", ran.said());
    // Of eight seconds the four in the middle are judged.
    assert!((3..=6).contains(&load["samples"].as_u64().unwrap()), "{read}");
    let jobs = &read["jobs"];
    assert!((0.5..1.5).contains(&jobs["mean"].as_f64().unwrap()) && jobs["unit"] == "per-second", "{read}");
    let block = ran.stdout.split("* Monitor web1 (means of the measured phase)\n").nth(1).unwrap();
    assert!(block.starts_with("Jobs : ") && block.contains("\nLoad : 2.50 (2.50 to 2.50)\n"), "{block}");
    let failed = "refuses: exit status: 7; it said: the machine is off (";
    assert_eq!(ran.stdout.matches(failed).count(), 1, "{}", ran.said());
    let page = std::fs::read_to_string(page).unwrap();
    for words in ["The server: load", "web1</th><td>jobs</td>", "\"id\":\"monitor-0\""] {
        assert!(page.contains(words), "{words}");
    }
    let csv = std::fs::read_to_string(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(csv.contains("NumCounters,2") && csv.contains("web1\\jobs,web1\\load"), "{csv}");
    assert!((11..=15).contains(&lines.len()), "{csv}");
}

#[test]
fn what_is_known_at_the_second_reading_has_a_column() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("run.csv");
    let counter = "<key>command</key><string>echo \"{\\\"jobs\\\": $(date +%s)}\"</string>\
                   <key>totals</key><array><string>jobs</string></array>";
    let every_four = monitor("Command", counter, "").replace("<integer>1</integer>", "<integer>4</integer>");
    let (_folder, config) = config(&every_four, "");
    let clients = ["--clients", "clients/demo.plist", "--users", "10"];
    let more = ["--config", &config, "--runtime", "7s", "--csv", csv.to_str().unwrap()];
    let ran = run(&[&clients[..], &more[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.said());
    let csv = std::fs::read_to_string(csv).unwrap();
    let mut lines = csv.lines();
    assert!(lines.next().unwrap().ends_with(",left,Command jobs"), "{csv}");
    assert!(lines.any(|line| !line.ends_with(',')), "{csv}");
}

#[test]
fn an_agent_reads_this_machine_and_ends_with_the_run() {
    let own = "<key>processes</key><array><string>populace</string></array>";
    let (_folder, config) = config(&monitor("Agent", own, ""), "");
    let ran =
        run(&["--config", &config, "--clients", "clients/demo.plist", "--users", "3", "--runtime", "4s"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let read = &ran.results["monitors"]["Agent"]["figures"];
    for (figure, unit) in
        [("cpu", "percent"), ("memory", "bytes"), ("load", "number"), ("populace cpu", "percent")]
    {
        assert_eq!(read[figure]["unit"], unit, "{read}");
    }
    let (count, memory) =
        (read["populace processes"]["max"].as_f64(), read["populace memory"]["min"].as_f64());
    assert!(count >= Some(3.0) && memory > Some(1e6), "{read}");
}

#[test]
fn a_rehearsal_says_that_it_asks_nobody() {
    let (_folder, config) = config(&monitor("Agent", "", ""), "");
    let ran = rehearse(&[
        "--config",
        &config,
        "--clients",
        "clients/demo.plist",
        "--users",
        "2",
        "--runtime",
        "10s",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stderr.contains("`monitors` is not used: this is a rehearsal"), "{}", ran.stderr);
    assert!(ran.results["monitors"].get("Agent").is_none());
}

#[test]
fn what_is_wrong_in_the_config_is_said() {
    let metric = "<key>metrics</key><array><dict><key>metric</key><string>a</string><key>unit</key><string>byte\
                  </string></dict></array>";
    let oid = "<key>oids</key><array><dict><key>name</key><string>a</string><key>oid</key><string>sysUpTime\
               </string></dict></array>";
    let all =
        [monitor("NodeExporter", metric, ""), monitor("Snmp", oid, ""), monitor("Agentt", "", "")].concat();
    let (_folder, config) = config(&all, "");
    let checked = populace(&["check", "--config", &config]).current_dir(root()).output().unwrap();
    let (_, said) = texts(&checked);
    assert_eq!(checked.status.code(), Some(2), "{said}");
    for words in ["byte", "`sysUpTime` is no OID", "no monitor is called `Agentt`", "did you mean `Agent`"] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}
