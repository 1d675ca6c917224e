//! The lists of what can be configured, the help and what is made of it.

use serde_json::Value;

use super::command::{populace, root, texts};

fn said(args: &[&str]) -> (Option<i32>, String, String) {
    let output = populace(args).output().unwrap();
    let (stdout, stderr) = texts(&output);
    (output.status.code(), stdout, stderr)
}

fn listed(what: &str) -> Vec<Value> {
    let (code, stdout, stderr) = said(&[what, "--format", "json"]);
    assert_eq!(code, Some(0), "{what}: {stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// With POPULACE_BLESS the golden text is written anew.
#[test]
fn a_list_reads_as_it_did() {
    let golden = root().join("tests/golden/arrivals.txt");
    let (_, stdout, _) = said(&["arrivals"]);
    if std::env::var_os("POPULACE_BLESS").is_some() {
        std::fs::write(&golden, &stdout).unwrap();
    }
    assert_eq!(stdout, std::fs::read_to_string(&golden).unwrap());
}

/// Every name in a list is shown by itself, with each of its parameters; a slip in it is told.
#[test]
fn every_list_names_what_can_be_asked_for() {
    for what in ["models", "profiles", "distributions", "observers", "monitors", "arrivals", "loaders"] {
        let all = listed(what);
        assert!(!all.is_empty(), "{what}");
        for item in all.iter().take(2) {
            let name = item["name"].as_str().unwrap();
            let (code, stdout, _) = said(&[what, name]);
            assert_eq!(code, Some(0), "{what} {name}");
            for param in item["params"].as_array().unwrap() {
                let shown = stdout.contains(&format!("  {} ", param["name"].as_str().unwrap()));
                assert!(shown && !param["help"].as_str().unwrap().is_empty(), "{what} {name}: {stdout}");
            }
            let (code, stdout, stderr) = said(&[what, &format!("{name}x")]);
            assert_eq!((code, stdout.as_str()), (Some(2), ""));
            assert!(stderr.contains("error: there is no ") && stderr.contains("did you mean `"), "{stderr}");
        }
    }
    let (code, stdout, _) = said(&["distributions", "contrib.performance.stats.NormalDistribution"]);
    assert!(code == Some(0) && stdout.starts_with("Normal\n"), "{stdout}");
}

#[test]
fn wrong_usage_says_the_right_one() {
    for (args, help) in [
        (&["runn"][..], "'run'"),
        (&["run", "--user", "5"], "'--users'"),
        (&["profile"], "'profiles'"),
        (&["rehearse"], "give --runtime"),
        (&["observers", "--format", "jsn"], "'json'"),
    ] {
        let (code, stdout, stderr) = said(args);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(stderr.contains(help), "{args:?}: {stderr}");
    }
}

#[test]
fn shells_and_manuals_know_every_command() {
    let (_, help, _) = said(&["--help"]);
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    assert_eq!(said(&["man", pages.to_str().unwrap()]).0, Some(0));
    let bash = said(&["completions", "bash"]).1;
    let commands = help
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   ") && !line.contains("--"));
    let commands: Vec<&str> = commands.map(|line| line.split_whitespace().next().unwrap()).collect();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        assert!(bash.contains(&format!("populace__subcmd__{command})")), "{command}");
        let page = std::fs::read_to_string(pages.join(format!("populace-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    assert!(said(&["man"]).1.contains("populace\\-rehearse(1)"));
    for shell in ["zsh", "fish"] {
        assert!(said(&["completions", shell]).1.contains("rehearse"));
    }
}
