//! `populace serve` from outside: what it prints, how it ends, what it counts.
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

struct Serve {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Serve {
    fn start(args: &[&str]) -> Serve {
        let mut command = Command::new(env!("CARGO_BIN_EXE_populace"));
        command.arg("serve");
        Serve::of(command, args)
    }

    /// One that may have so many descriptors open.
    fn limited(descriptors: u32, args: &[&str]) -> Serve {
        let mut command = Command::new("sh");
        let limited =
            format!("ulimit -n {descriptors}; exec {} serve \"$@\"", env!("CARGO_BIN_EXE_populace"));
        command.args(["-c", &limited, "sh"]);
        Serve::of(command, args)
    }

    fn of(mut command: Command, args: &[&str]) -> Serve {
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Serve { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn json(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line of the answer to a request without credentials.
fn ask(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "PROPFIND {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap().to_owned()
}

#[test]
fn a_program_learns_the_ports_and_the_counts() {
    let folder = tempfile::tempdir().unwrap();
    let counts = folder.path().join("counts.json");
    let counts = counts.to_str().unwrap();
    let mut serve = Serve::start(&[
        "--machine",
        "--until-stdin-closes",
        "--stats",
        "0",
        "--amp",
        "0",
        "--users",
        "3",
        "--counts",
        counts,
    ]);
    let listening = serve.json()["listening"].take();
    let address = listening["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    assert_eq!(ask(&address, "/.well-known/caldav"), "HTTP/1.1 301 Moved Permanently");
    assert_eq!(ask(&address, "/principals/"), "HTTP/1.1 401 Unauthorized");
    for socket in ["stats", "amp"] {
        TcpStream::connect(listening[socket].as_str().unwrap()).unwrap();
    }
    drop(serve.child.stdin.take());
    let served = serve.json()["served"].take();
    assert_eq!((served["requests"].as_u64(), served["connections"].as_u64()), (Some(2), Some(2)));
    assert_eq!(served["statuses"]["401"], 1);
    assert!(serve.child.wait().unwrap().success());
    let written: Value = serde_json::from_str(&std::fs::read_to_string(counts).unwrap()).unwrap();
    assert_eq!(written, served);
}

#[test]
fn a_person_reads_sentences_and_ends_it_with_a_signal() {
    let mut serve = Serve::start(&["--tls"]);
    assert!(serve.line().starts_with("listening on https://127.0.0.1:"));
    let pid = serve.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(serve.line(), "served 0 requests on 0 connections");
    assert!(serve.child.wait().unwrap().success());
}

/// Whoever connects meanwhile waits for another to leave.
#[test]
fn a_server_out_of_descriptors_goes_on_when_some_are_free_again() {
    let mut serve = Serve::limited(20, &[]);
    let line = serve.line();
    let address = line.rsplit("http://").next().unwrap().trim_end_matches('/').to_owned();
    let mut idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(&address).unwrap()).collect();
    // The last one is answered after the first ones have left.
    let last = idle.pop().unwrap();
    drop(idle);
    write!(&last, "OPTIONS / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    (&last).read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    assert_eq!(ask(&address, "/principals/"), "HTTP/1.1 401 Unauthorized");
}

#[test]
fn what_cannot_be_served_is_said_with_exit_code_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["serve", "--listen", &address])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&address), "{text}");
    let output = Command::new(env!("CARGO_BIN_EXE_populace"))
        .args(["serve", "--accounts", "no-such-file.csv"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no-such-file.csv"));
}
