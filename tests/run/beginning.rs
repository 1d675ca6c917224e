//! `populace new`: what it writes can be used at once, and nothing is lost.

use super::command::{populace, texts};

const SERVERS: [&str; 7] =
    ["embedded", "calendarserver", "cyrus", "davical", "xandikos", "radicale", "nextcloud"];

#[test]
fn what_is_written_passes_the_check_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for server in SERVERS {
        let output = populace(&["new", server, server]).current_dir(&folder).output().unwrap();
        let (told, stderr) = texts(&output);
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{server}");
        let line = told.lines().find(|line| line.trim_start().starts_with("populace check")).unwrap();
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        let output = populace(&words).current_dir(&folder).output().unwrap();
        let (said, stderr) = texts(&output);
        assert_eq!(output.status.code(), Some(0), "{server}: {stderr}");
        assert!(stderr.is_empty() && said.contains("accounts "), "{server}: {said}{stderr}");
    }
    let output = populace(&["new", "nextclod"]).current_dir(&folder).output().unwrap();
    let stderr = texts(&output).1;
    assert!(output.status.code() == Some(2) && stderr.contains("'nextcloud'"), "{stderr}");
}

#[test]
fn a_preset_is_written_to_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let new = |preset: &str| {
        populace(&["new", "cyrus", "here", "--preset", preset]).current_dir(&folder).output().unwrap()
    };
    let (_, stderr) = texts(&new("mnday"));
    assert!(stderr.contains("there is no preset `mnday`") && stderr.contains("`monday`?"), "{stderr}");
    let (told, stderr) = texts(&new("monday"));
    assert!(
        told.contains("here/monday.plist answers: What happens on Monday") && stderr.is_empty(),
        "{told}{stderr}"
    );
    assert!(!folder.path().join("here/clients.plist").exists());
    let line = told.lines().find(|line| line.trim_start().starts_with("populace check")).unwrap();
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let output = populace(&words).current_dir(&folder).output().unwrap();
    let (said, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        said.contains("with the preset here/monday.plist") && !stderr.contains("startAt"),
        "{said}{stderr}"
    );
}

#[test]
fn the_embedded_server_has_accounts_for_as_many_as_come() {
    let (said, stderr) = texts(&populace(&["check", "--users", "1000"]).output().unwrap());
    assert!(said.contains("accounts  1000 (own)") && stderr.is_empty(), "{said}{stderr}");
    let output = populace(&["check", "--config", "config/cyrus.plist", "--users", "1000"]).output().unwrap();
    let (_, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("1000 users arrive") && stderr.contains("say `use` = `reuse`"), "{stderr}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("clients.plist"), "mine").unwrap();
    let output = populace(&["new", "cyrus"]).current_dir(&folder).output().unwrap();
    let stderr = texts(&output).1;
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("clients.plist") && stderr.contains("populace new cyrus DIR"), "{stderr}");
    assert_eq!(std::fs::read_to_string(folder.path().join("clients.plist")).unwrap(), "mine");
    assert!(!folder.path().join("config.plist").exists());
}
