//! `populace import`: what the ancestors were told becomes a config that can be checked; `populace accounts`: what creates accounts.

use std::path::Path;

use super::command::{populace, seed_folder, texts};

fn said(args: &[&str]) -> (Option<i32>, String, String) {
    let output = populace(args).output().unwrap();
    let (stdout, stderr) = texts(&output);
    (output.status.code(), stdout, stderr)
}

fn kept(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_ancestors_own_example_is_a_config() {
    let Some(seed) = seed_folder("mailstone") else { return };
    let (commands, config) = (seed.join("commands"), seed.join("CONFIG"));
    let (code, made, stderr) =
        said(&["import", "mailstone", commands.to_str().unwrap(), "--config", config.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{stderr}");
    for told in
        ["no InitHost starts machineA", "no InitHost starts machineB", "GNUPLOT is not", "DEBUG is not"]
    {
        assert!(stderr.contains(told), "{told}: {stderr}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = kept(folder.path(), "made.plist", &made);
    let (code, checked, stderr) = said(&["check", "--config", &path, "--seed", "1"]);
    assert_eq!(code, Some(0), "{stderr}");
    for fact in [
        "accounts  5000 (draw)",
        "250 users",
        "measured 720 s",
        "worker    cayman: 50 users",
        "worker    stcroix: 200 users",
        "SMTP (cayman, machineA)",
        "IMAP4 (stcroix)",
        // Every client does one thing in five seconds.
        "expected when all are there: 50.00 operations a second",
    ] {
        assert!(checked.contains(fact), "{fact}: {checked}");
    }
    assert!(stderr.contains("no worker is called `machineA`"), "{stderr}");
    // Scaled, the hosts keep their parts; by one process everything is done.
    let (code, checked, _) = said(&["check", "--config", &path, "--users", "10"]);
    assert!(
        code == Some(0) && checked.contains("cayman: 2 users") && checked.contains("stcroix: 8 users"),
        "{checked}"
    );
    let (code, _, stderr) = said(&["check", "--config", &path, "--workers", "0"]);
    assert!(code == Some(0) && stderr.contains("there are no workers here"), "{stderr}");
    let (code, _, stderr) = said(&["check", "--config", &path, "--workers", "2"]);
    assert!(code == Some(2) && stderr.contains("users of the worker `1` have no profile"), "{stderr}");
}

#[test]
fn a_file_that_is_not_one_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = kept(folder.path(), "commands", "<SMTP>\nwieght 3\n</SMTP>\n");
    let (code, stdout, stderr) = said(&["import", "mailstone", &path]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("commands:2:1") && stderr.contains("did you mean `weight`?"), "{stderr}");
    assert_eq!(said(&["import", "mailstone", "/none/such"]).0, Some(2));
}

#[test]
fn the_visitors_of_the_ancestor_come_and_do_what_they_did() {
    let Some(seed) = seed_folder("idx-tsunami") else { return };
    let import = |name: &str| said(&["import", "tsunami", seed.join(name).to_str().unwrap()]);
    let folder = tempfile::tempdir().unwrap();
    let (code, made, stderr) = import("http.xml");
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("http.xml:32:2"), "{stderr}");
    let path = kept(folder.path(), "http.plist", &made);
    let (code, checked, stderr) = said(&["check", "--config", &path, "--seed", "1"]);
    assert_eq!(code, Some(0), "{stderr}");
    for fact in
        ["http-example", "backoffice", "worker    louxor", "worker    memphis-2", "http://10.9.195.1:8080"]
    {
        assert!(checked.contains(fact), "{fact}: {checked}");
    }
    let (_, labels, _) = said(&["labels", "--config", &path]);
    for label in ["index_request", "POST{/}", "GET{/backoffice}", "page", "session"] {
        assert!(labels.contains(label), "{label}: {labels}");
    }
    let (code, made, stderr) = import("dynamic.xml");
    assert_eq!(code, Some(0), "{stderr}");
    let path = kept(folder.path(), "dynamic.plist", &made);
    let (code, checked, stderr) = said(&["check", "--config", &path, "--workers", "0"]);
    assert!(code == Some(0) && !stderr.contains("error"), "{checked}{stderr}");
    let (code, stdout, stderr) = import("jabber.xml");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("session `jabber-example` of type ts_jabber"), "{stderr}");
}

#[test]
fn a_test_of_wcat_is_a_config() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| kept(folder.path(), name, text);
    let config = file("t.cfg", "NumClientMachines: 2\nNumClientThreads: 10\nDuration: 30s\nThinkTime: 1s\n");
    let script = file(
        "t.scr",
        "SET RequestHeader = \"Accept: */*\\r\\n\"\nNEW TRANSACTION\nclassId = 1\nNEW REQUEST HTTP\nURL = \"/a.html\"\n\
         NEW TRANSACTION\nclassId = 2\nNEW REQUEST HTTP\nVerb = \"POST\"\nURL = \"/f\"\nRequestData = \"a=1\"\nKeepAlive = TRUE\n",
    );
    let shares = file("t.dst", "1 90\n2 10\n");
    let counters = file("t.pfc", "Processor(_Total)\\% Processor Time\n");
    let server = ["--server", "http://127.0.0.1:8080"];
    let (code, made, stderr) =
        said(&[&["import", "wcat", &config, &script, &shares, &counters], &server[..]].concat());
    assert_eq!(code, Some(0), "{stderr}");
    let path = file("made.plist", &made);
    let (code, checked, stderr) = said(&["check", "--config", &path]);
    assert_eq!(code, Some(0), "{stderr}");
    for fact in ["worker    client1: 10 users", "measured 30 s", "20 users"] {
        assert!(checked.contains(fact), "{fact}: {checked}");
    }
    let (_, labels, _) = said(&["labels", "--config", &path]);
    assert!(labels.contains("class 1") && labels.contains("POST{/f}"), "{labels}");
}

/// Names and passwords with all that could go wrong in one of the forms.
const ACCOUNTS: &str = "uid,password,commonName,email,guid,pod\n\
    #one,\"p,w \"\"1\"\"\",\"Ö, One\",one@example.test,g1,PodA\n\
    it's,$(false)'`\\:,Two,two@example.test,,PodA\n";

fn config(folder: &Path, accounts: &str) -> String {
    let accounts = kept(folder, "accounts.csv", accounts);
    let text = format!(
        "<plist version=\"1.0\"><dict><key>accounts</key><dict><key>loader</key><string>recordsFromCSVFile</string>
         <key>params</key><dict><key>path</key><string>{accounts}</string></dict></dict></dict></plist>"
    );
    kept(folder, "config.plist", &text)
}

#[test]
fn accounts_are_written_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let quoted = ACCOUNTS.replace("#one", "\"#one\"");
    let first = config(folder.path(), &quoted);
    let (code, csv, stderr) = said(&["accounts", "csv", "--config", &first]);
    assert_eq!(code, Some(0), "{stderr}");
    let other = tempfile::tempdir().unwrap();
    let again = said(&["accounts", "csv", "--config", &config(other.path(), &csv)]);
    assert_eq!((again.0, again.1.as_str()), (Some(0), csv.as_str()));
    assert_eq!(csv, quoted);
    let (code, ldif, _) = said(&["accounts", "ldif", "--config", &first, "--broadcast", "all@example.test"]);
    assert!(code == Some(0) && ldif.contains("dn: uid=\\#one,dc=example,dc=test\n"), "{ldif}");
    assert_eq!(ldif.matches("\nmember: ").count(), 2, "{ldif}");
    assert!(ldif.contains("\ncn:: w5YsIE9uZQ==\n"), "{ldif}");
    // A name that begins a comment has no place in a passwd-file.
    let (code, stdout, stderr) = said(&["accounts", "dovecot", "--config", &first]);
    assert!(code == Some(2) && stdout.is_empty() && stderr.contains("\"#one\""), "{stderr}");
}

#[test]
fn a_shell_does_with_the_accounts_of_cyrus_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("make.sh");
    let config = config(folder.path(), &ACCOUNTS.replace("#one", "\"#one\""));
    let write = || said(&["accounts", "cyrus", "--config", &config, "--output", script.to_str().unwrap()]);
    assert_eq!(write().0, Some(0));
    let (code, _, stderr) = write();
    assert!(code == Some(2) && stderr.contains("is there already"), "{stderr}");
    let tool = kept(folder.path(), "saslpasswd2", "#!/bin/sh\nprintf '[%s]' \"$@\"\nprintf ' '\ncat\necho\n");
    std::process::Command::new("chmod").args(["+x", &tool]).status().unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let output = std::process::Command::new("sh")
        .arg(&script)
        .env("PATH", path)
        .env("REALM", "my realm")
        .env_remove("SASLDB")
        .output()
        .unwrap();
    let (stdout, stderr) = texts(&output);
    assert_eq!(
        stdout,
        "[-p][-c][-u][my realm][--][#one] p,w \"1\"\n[-p][-c][-u][my realm][--][it's] $(false)'`\\:\n",
        "{stderr}"
    );
}

#[test]
fn a_wrong_file_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let xml = kept(folder.path(), "t.xml", "<?xml version=\"1.0\"?>\n<tsung>\n<a/>\n</tsung>\n");
    let (code, _, told) = said(&["import", "mailstone", &xml]);
    assert!(code == Some(2) && told.matches("error: ").count() == 1, "{told}");
    assert!(told.contains("t.xml:1:1") && told.contains("populace import tsunami FILE"), "{told}");
    let (code, _, told) = said(&["import", "mailstone", "clients/demo.plist"]);
    assert!(code == Some(2) && told.contains("a property list, which needs no import"), "{told}");
    let words = kept(folder.path(), "words", &"some words\n".repeat(800));
    let (code, _, told) = said(&["import", "mailstone", &words]);
    assert!(code == Some(2) && told.matches("error: ").count() == 10, "{told}");
    assert!(told.contains("... and 79"), "{told}");
}
