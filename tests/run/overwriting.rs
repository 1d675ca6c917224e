//! What is read is not written over, and what is written has one writer.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::command::{Kept, populace, root, texts};
use crate::processes::pause;

/// A config of the embedded server that names several files, all of them in one folder.
struct Pair(TempDir);

const NAMED: [&str; 5] = ["accounts.csv", "thresholds.json", "benchmarks.json", "body.eml", "clients.plist"];

impl Pair {
    /// With one more observer.
    fn with(observer: &str) -> Pair {
        let pair = Pair(tempfile::tempdir().unwrap());
        let accounts: String = (1..=9).map(|n| format!("user0{n},pw,User {n},user0{n}@x.org,\n")).collect();
        fs::write(pair.at("accounts.csv"), accounts).unwrap();
        fs::copy(root().join("config/thresholds.json"), pair.at("thresholds.json")).unwrap();
        fs::copy(root().join("config/benchmarks.json"), pair.at("benchmarks.json")).unwrap();
        fs::write(pair.at("body.eml"), "Subject: a\n\ntext\n").unwrap();
        let clients = "<plist version=\"1.0\"><dict><key>clients</key><array><dict>
<key>software</key><string>Mail</string><key>weight</key><integer>1</integer><key>profiles</key><array><dict>
<key>class</key><string>SMTP</string><key>params</key><dict><key>file</key><string>body.eml</string></dict></dict>
</array></dict></array></dict></plist>";
        fs::write(pair.at("clients.plist"), clients).unwrap();
        let file = |name: &str| pair.text(name);
        let text = format!(
            "<plist version=\"1.0\"><dict><key>server</key><string>embedded</string>
<key>accounts</key><dict><key>loader</key><string>recordsFromCSVFile</string>
<key>params</key><dict><key>path</key><string>{}</string></dict></dict>
<key>arrival</key><dict><key>factory</key><string>Fixed</string>
<key>params</key><dict><key>count</key><integer>2</integer></dict></dict>
<key>observers</key><array><dict><key>type</key><string>ReportStatistics</string><key>params</key><dict>
<key>thresholdsPath</key><string>{}</string><key>benchmarksPath</key><string>{}</string></dict></dict>{observer}
</array></dict></plist>",
            file("accounts.csv"),
            file("thresholds.json"),
            file("benchmarks.json")
        );
        fs::write(pair.at("config.plist"), text.replace("FOLDER", pair.0.path().to_str().unwrap())).unwrap();
        pair
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.at(name).to_str().unwrap().to_owned()
    }

    fn conduct(&self, how: &str, clients: &str, more: &[&str]) -> Command {
        let config = self.text("config.plist");
        let mut all = vec![how, "--config", &config, "--clients", clients, "--runtime", "1s"];
        all.extend(more);
        populace(&all)
    }

    /// Rehearses in vain: what was said.
    fn refused(&self, clients: &str, more: &[&str]) -> String {
        self.refuses("rehearse", clients, more)
    }

    fn refuses(&self, how: &str, clients: &str, more: &[&str]) -> String {
        let kept: Vec<_> =
            ["config.plist"].iter().chain(&NAMED).map(|name| fs::read(self.at(name)).unwrap()).collect();
        let output = self.conduct(how, clients, more).output().unwrap();
        let (_, said) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        let now: Vec<_> =
            ["config.plist"].iter().chain(&NAMED).map(|name| fs::read(self.at(name)).unwrap()).collect();
        assert!(kept == now, "{more:?}: {said}");
        said
    }
}

const DEMO: &str = "clients/demo.plist";

fn csv_log(path: &str) -> String {
    format!(
        "<dict><key>type</key><string>CsvLog</string><key>params</key><dict><key>path</key>
<string>{path}</string></dict></dict>"
    )
}

#[test]
fn files_that_the_config_names_stay_as_they_are() {
    let pair = Pair::with("");
    for name in ["accounts.csv", "thresholds.json", "benchmarks.json"] {
        fs::hard_link(pair.at(name), pair.at("hard")).unwrap();
        for (option, path) in [("--json", pair.text(name)), ("--events", pair.text("hard"))] {
            let said = pair.refused(DEMO, &[option, &path]);
            let wanted =
                format!("{option} would overwrite what the configuration names: {}", pair.text(name));
            assert!(said.contains(&wanted), "{said}");
        }
        fs::remove_file(pair.at("hard")).unwrap();
    }
    fs::hard_link(pair.at("config.plist"), pair.at("hard")).unwrap();
    let said = pair.refused(DEMO, &["--csv", &pair.text("hard")]);
    assert!(said.contains("--csv would overwrite what --config names"), "{said}");
}

#[test]
fn observers_write_over_nothing_either() {
    let said = Pair::with(&csv_log("FOLDER/config.plist")).refused(DEMO, &[]);
    assert!(said.contains("CsvLog would overwrite what --config names"), "{said}");
    let pair = Pair::with(&csv_log("FOLDER/in/../out"));
    fs::create_dir(pair.at("in")).unwrap();
    let said = pair.refused(DEMO, &["--json", &pair.text("out")]);
    assert!(said.contains("CsvLog and --json name one file"), "{said}");
    let said = Pair::with(&(csv_log("FOLDER/out") + &csv_log("FOLDER/out"))).refused(DEMO, &[]);
    assert!(said.contains("CsvLog and CsvLog name one file"), "{said}");
}

#[test]
fn files_that_a_run_makes_and_removes_in_folders_are_no_others() {
    let logger =
        "<dict><key>type</key><string>ErrorLogger</string><key>params</key><dict><key>directory</key>
<string>FOLDER/errors</string><key>durationThreshold</key><real>9</real></dict></dict>";
    let pair = Pair::with(logger);
    let taken = pair.text("errors/error-00000001.txt");
    let said = pair.refused(DEMO, &["--json", &taken]);
    let wanted =
        format!("--json names a file of ErrorLogger, which has files of this name in its folder: {taken}");
    assert!(said.contains(&wanted), "{said}");
    // It would remove what it takes for a file of the run before.
    fs::create_dir(pair.at("errors")).unwrap();
    fs::write(pair.at("errors/.populace-error-logger"), "").unwrap();
    fs::copy(root().join(DEMO), pair.at("errors/error-1.txt")).unwrap();
    let said = pair.refused(&pair.text("errors/error-1.txt"), &[]);
    assert!(said.contains("ErrorLogger would overwrite or remove what is read: "), "{said}");
    assert!(pair.at("errors/error-1.txt").exists());
    // Whatever else lies there is nobody's.
    let output =
        pair.conduct("rehearse", DEMO, &["--json", &pair.text("errors/results.json")]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{:?}", texts(&output));
}

#[test]
fn what_clients_keep_is_no_place_for_results() {
    let pair = Pair::with("");
    let config = fs::read_to_string(pair.at("config.plist")).unwrap();
    let kept = format!(
        "<key>server</key><string>http://127.0.0.1:9</string><key>clientDataSerialization</key><dict>
<key>Path</key><string>{}</string></dict>",
        pair.text("data")
    );
    let config = config.replace("<key>server</key><string>embedded</string>", &kept);
    fs::write(pair.at("config.plist"), config).unwrap();
    let said = pair.refuses("run", DEMO, &["--json", &pair.text("data/user01.client.json")]);
    assert!(said.contains("--json names a file of clientDataSerialization"), "{said}");
}

#[test]
fn the_body_of_a_message_stays_as_it_is() {
    let pair = Pair::with("");
    // Mail cannot be rehearsed; nothing is sent before the refusal.
    fs::copy(root().join("config/mail.plist"), pair.at("config.plist")).unwrap();
    let said = pair.refuses("run", &pair.text("clients.plist"), &["--json", &pair.text("body.eml")]);
    assert!(said.contains("--json would overwrite what the configuration names"), "{said}");
}

#[test]
fn a_hyphen_is_no_file() {
    let said = Pair::with("").refused(DEMO, &["--json", "-"]);
    assert!(said.contains("`-` is none") && said.contains("./- is a file"), "{said}");
    assert!(!root().join("-").exists());
}

#[test]
fn the_counts_of_the_server_replace_no_accounts() {
    let pair = Pair::with("");
    let accounts = pair.text("accounts.csv");
    let args = ["serve", "--listen", "127.0.0.1:0", "--accounts", &accounts, "--counts", &accounts];
    let output = populace(&args).arg("--until-stdin-closes").output().unwrap();
    let (_, said) = texts(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("--counts would overwrite what --accounts names"), "{said}");
}

#[test]
fn standard_output_and_standard_error_may_be_one_file_that_keeps_what_it_has() {
    let pair = Pair::with("");
    fs::write(pair.at("log"), "before\n").unwrap();
    // As a shell does by `>> log 2>&1`.
    let log = fs::File::options().append(true).open(pair.at("log")).unwrap();
    let mut command = pair.conduct("rehearse", DEMO, &["--events", "/dev/stdout", "--json", "/dev/stderr"]);
    let status = command.stdout(log.try_clone().unwrap()).stderr(log).status().unwrap();
    let text = fs::read_to_string(pair.at("log")).unwrap();
    assert_eq!(status.code(), Some(0), "{text}");
    assert!(text.starts_with("before\n") && text.contains("** REPORT **"), "{text}");
    let events = text.lines().filter(|line| line.starts_with("{\"")).count();
    let (_, results) = text.split_once("\n{\n").unwrap();
    let results = format!("{{{results}");
    let results = serde_json::Deserializer::from_str(&results).into_iter::<serde_json::Value>().next();
    let answered = results.unwrap().unwrap()["answered"].as_u64().unwrap();
    assert!(answered > 0 && events as u64 > answered, "{events} {answered}");
    // Any other name of the file is a second writer that would replace it.
    let log = fs::File::options().append(true).open(pair.at("log")).unwrap();
    let mut command =
        pair.conduct("rehearse", DEMO, &["--events", "/dev/stdout", "--json", &pair.text("log")]);
    assert_eq!(command.stdout(log).status().unwrap().code(), Some(2));
    assert_eq!(fs::read_to_string(pair.at("log")).unwrap(), text);
}

#[test]
fn a_pipe_without_a_reader_is_told_at_once() {
    let pair = Pair::with("");
    assert!(Command::new("mkfifo").arg(pair.at("pipe")).status().unwrap().success());
    let said = pair.refused(DEMO, &["--events", &pair.text("pipe")]);
    assert!(said.contains("it is a pipe that nobody reads"), "{said}");
    let said = Pair::with(&csv_log(&pair.text("pipe"))).refused(DEMO, &[]);
    assert!(said.contains("it is a pipe that nobody reads"), "{said}");
    // Whoever opens both ends waits for nobody, and while it has them neither does the reader, who sees the end after it.
    let both_ends = File::options().read(true).write(true).open(pair.at("pipe")).unwrap();
    let mut reader = File::open(pair.at("pipe")).unwrap();
    let reading = thread::spawn(move || {
        let mut read = Vec::new();
        reader.read_to_end(&mut read).map(|_| read)
    });
    let wrote = pair.conduct("rehearse", DEMO, &["--events", &pair.text("pipe")]).output().unwrap();
    drop(both_ends);
    let read = reading.join().unwrap().unwrap();
    assert_eq!(wrote.status.code(), Some(0), "{:?}", texts(&wrote));
    assert!(read.starts_with(b"{") && read.ends_with(b"}\n"), "{}", String::from_utf8_lossy(&read));
}

#[test]
fn two_runs_never_write_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let events = folder.path().join("events");
    let path = events.to_str().unwrap();
    let args = ["run", "--clients", DEMO, "--users", "2", "--runtime", "60s", "--events", path];
    let first = populace(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let first = Kept(first);
    wait_for(&events);
    let output = populace(&args).output().unwrap();
    let (_, said) = texts(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("another run writes this file"), "{said}");
    assert!(fs::metadata(&events).unwrap().len() > 0, "the first run's lines are gone");
    drop(first);
}

fn wait_for(path: &Path) {
    for _ in 0..600 {
        if fs::metadata(path).is_ok_and(|about| about.len() > 0) {
            return;
        }
        pause(Duration::from_millis(50));
    }
    panic!("{} stays empty", path.display());
}
