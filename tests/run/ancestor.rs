//! The ancestor's own files, unchanged.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use crate::command::{Kept, populace, run, seed_folder, texts};
use crate::processes::pause;

#[test]
fn the_files_of_2013_are_understood_from_any_folder() {
    let Some(seed) = seed_folder("2013") else { return };
    let elsewhere = tempfile::tempdir().unwrap();
    for config in ["config.plist", "config.dist.plist"] {
        let (config, clients) = (seed.join(config), seed.join("clients.plist"));
        let (config, clients) = (config.canonicalize().unwrap(), clients.canonicalize().unwrap());
        let arguments =
            ["check", "--config", config.to_str().unwrap(), "--clients", clients.to_str().unwrap()];
        let output = populace(&arguments).current_dir(elsewhere.path()).output().unwrap();
        let (stdout, stderr) = texts(&output);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        for part in ["OS_X_10_7", "Eventer", "RealisticInviter", "Accepter", "Tasker", "99"] {
            assert!(stdout.contains(part), "no {part}: {stdout}");
        }
        assert_eq!(config.ends_with("config.dist.plist"), stderr.contains("ampsim.py"), "{stderr}");
        assert!(stdout.contains("live page 127.0.0.1:8080"), "{stdout}");
    }
}

/// The ancestor's server listens on fixed ports; where they are taken this test cannot be.
#[test]
fn the_files_of_2013_run_against_a_server_like_theirs() {
    let Some(seed) = seed_folder("2013") else { return };
    if let Some(port) =
        [8443u16, 8100, 62311, 8080].into_iter().find(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
    {
        panic!("port {port} of 127.0.0.1 is taken by another program");
    }
    let mut server = populace(&["serve", "--calendarserver"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let _server = Kept(server);
    assert!(lines.next().unwrap().unwrap().contains("listening"));
    pause(Duration::from_millis(300));
    let (config, clients) = (seed.join("config.plist"), seed.join("clients.plist"));
    let ran = run(&[
        "--config",
        config.to_str().unwrap(),
        "--clients",
        clients.to_str().unwrap(),
        "--runtime",
        "120s",
        "--insecure",
        "--seed",
        "7",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(ran.failed_requests(), [], "{}", ran.said());
    for part in ["** REPORT **", "* Client", "* Server", "* Details", "operation", "*** PASS"] {
        assert!(ran.stdout.contains(part), "no {part}: {}", ran.said());
    }
    for label in ["startup", "poll", "push", "create", "invite"] {
        assert!(ran.operation(label, "count") > 0, "no {label}: {}", ran.said());
    }
}
