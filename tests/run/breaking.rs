//! The server hangs or dies in the middle of a run.

use std::io::{BufRead, BufReader, Read};
use std::process::{ChildStdout, Stdio};
use std::time::Duration;

use crate::command::{Kept, children_of, populace};
use crate::processes::{pause, send};

/// A run of the demo on the embedded server, whose users have come.
struct Running {
    child: Kept,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(runtime: &str) -> Running {
        let child =
            populace(&["run", "--clients", "clients/demo.plist", "--seed", "1", "--runtime", runtime])
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
        let mut child = Kept(child);
        let mut out = BufReader::new(child.0.stdout.take().unwrap());
        // The log of the users' acts tells that they are at work.
        let mut line = String::new();
        assert!(out.read_line(&mut line).unwrap() > 0);
        pause(Duration::from_secs(3));
        Running { child, out }
    }

    /// Sends a signal to its embedded server.
    fn signal_server(&self, signal: &str) {
        let [server] = children_of(self.child.0.id())[..] else { panic!("its only child is the server") };
        send(signal, server);
    }

    /// The exit code, and what was written.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.0.wait().unwrap().code(), out, err)
    }
}

#[test]
fn an_embedded_server_that_is_killed_ends_the_run_and_is_told() {
    let running = Running::start("10m");
    running.signal_server("-KILL");
    let (code, out, err) = running.end();
    assert_eq!(code, Some(4), "{out}\n{err}");
    assert!(err.contains("ERROR server: the embedded server ended by signal 9"), "{err}");
    assert!(out.contains("\n*** INCOMPLETE\nThe run had to end after "), "{out}");
    assert!(out.contains("s: the embedded server ended by signal 9\n"), "{out}");
}

#[test]
fn a_server_that_hangs_to_the_end_is_no_pass() {
    let running = Running::start("16s");
    running.signal_server("-STOP");
    let (code, out, err) = running.end();
    assert_eq!(code, Some(1), "{out}\n{err}");
    assert!(out.contains("\n*** FAIL\n") && out.contains("Still waiting for an answer"), "{out}");
    assert!(out.contains(" requests had no answer when the run ended: their users were"), "{out}");
}
