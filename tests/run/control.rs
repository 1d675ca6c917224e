//! `populace status` and `populace stop` from a second terminal.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::command::{Kept, populace, texts};
use crate::processes::pause;

/// What a command in the second terminal says: its exit code, standard output and standard error.
fn second(runtime: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = populace(args).env("XDG_RUNTIME_DIR", runtime).output().unwrap();
    let (out, err) = texts(&output);
    (output.status.code(), out, err)
}

/// A run that goes on in the first terminal.
struct Running(Kept);

impl Running {
    /// Its exit code and all that it wrote.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.0.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.0.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.0.0.wait().unwrap().code(), out, err)
    }

    fn id(&self) -> u32 {
        self.0.0.id()
    }
}

fn start(runtime: &Path) -> Running {
    let mut command =
        populace(&["run", "--clients", "clients/demo.plist", "--users", "3", "--runtime", "10m"]);
    command.env("XDG_RUNTIME_DIR", runtime).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running(Kept(command.spawn().unwrap()))
}

/// Asks until a user has come.
fn figures(runtime: &Path, pid: u32) -> Value {
    for _ in 0..200 {
        let (code, out, _) = second(runtime, &["status", "--pid", &pid.to_string(), "--format", "json"]);
        let told: Value = serde_json::from_str(&out).unwrap_or_default();
        if code == Some(0) && told["now"]["requests"].as_u64() > Some(0) {
            return told;
        }
        pause(Duration::from_millis(100));
    }
    panic!("the run tells nothing: {:?}", second(runtime, &["status"]));
}

#[test]
fn a_run_is_asked_and_ended_from_a_second_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = folder.path();
    let (code, out, err) = second(runtime, &["status"]);
    assert_eq!((code, out.as_str()), (Some(3), ""), "{err}");
    assert!(err.contains("no run of yours goes on"), "{err}");
    let first = start(runtime);
    let told = figures(runtime, first.id());
    assert_eq!((&told["pid"], &told["now"]["phase"]), (&first.id().into(), &"measured".into()), "{told}");
    let sockets = runtime.join("populace");
    assert_eq!(std::fs::metadata(&sockets).unwrap().permissions().mode() & 0o777, 0o700);
    pause(Duration::from_millis(50));
    let newest = start(runtime);
    figures(runtime, newest.id());
    // Of a process that went without a word.
    drop(UnixListener::bind(sockets.join("4999999.sock")).unwrap());
    let (code, out, err) = second(runtime, &["status"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with(&format!("populace {} on embedded: ", newest.id())), "{out}");
    assert_eq!(out.matches(" of 3 users; ").count(), 2, "{out}");
    let (_, lines, _) = second(runtime, &["status", "--format", "json"]);
    let told: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<&Value> = told.iter().map(|told| &told["pid"]).collect();
    assert_eq!(ids, [&Value::from(newest.id()), &Value::from(first.id())], "{lines}");
    assert!(!sockets.join("4999999.sock").exists());
    let id = newest.id();
    // Which one is meant nobody guesses: all are listed, with what is to be typed.
    let (code, out, err) = second(runtime, &["stop"]);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    for pid in [id, first.id()] {
        let line = err.lines().find(|line| line.contains(&format!("populace stop --pid {pid} ")));
        assert!(line.is_some_and(|line| line.contains("clients/demo.plist, 0:")), "{err}");
    }
    // One ends as by Ctrl-C, and the other goes on.
    let (code, out, _) = second(runtime, &["stop", "--pid", &id.to_string()]);
    assert_eq!(
        (code, out),
        (Some(0), format!("The run of process {} ends, and writes its report.\n", newest.id()))
    );
    let (code, report, said) = newest.end();
    assert_eq!(code, Some(130), "{report}\n{said}");
    assert!(
        report.contains("** REPORT **") && said.contains("`populace stop` ends this run"),
        "{report}\n{said}"
    );
    assert!(!sockets.join(format!("{id}.sock")).exists());
    let (code, _, err) = second(runtime, &["stop", "--pid", &id.to_string()]);
    assert_eq!(code, Some(3), "{err}");
    // The only one need not be named.
    let (code, ..) = second(runtime, &["stop"]);
    assert_eq!((code, first.end().0), (Some(0), Some(130)));
}
