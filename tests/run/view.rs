//! What is shown on standard error while a run goes on: on a terminal, and where there is none.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::command::{Kept, children_of, populace, rehearse, root, texts};
use crate::processes::{ends, pause, send};

const RUN: &str = "run --clients clients/demo.plist --users 10 --seed 1";

/// This program at a terminal of this size, with `before` said to the shell first; None where there is no `script`.
fn at_terminal(size: (u16, u16), before: &str, args: &str) -> Option<Command> {
    let program = env!("CARGO_BIN_EXE_populace");
    shell_at_terminal(&format!("stty cols {} rows {}; {before} exec {program} {args}", size.0, size.1))
}

/// A shell at a terminal, to which this is said.
fn shell_at_terminal(inside: &str) -> Option<Command> {
    let found = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if found.is_err() {
        println!("skipped: there is no `script` here");
        return None;
    }
    let mut command = Command::new("script");
    command.args(["-qec", inside, "/dev/null"]).current_dir(root()).stdin(Stdio::null());
    command.env("TERM", "xterm").env_remove("NO_COLOR").stdout(Stdio::piped());
    Some(command)
}

/// The lines that a terminal without a lower end shows at last.
fn shown(bytes: &str, width: usize) -> Vec<String> {
    let (mut lines, mut row, mut column) = (vec![String::new()], 0_usize, 0_usize);
    let mut letters = bytes.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' => column = 0,
            '\n' => row += 1,
            '\x1b' => {
                assert_eq!(letters.next(), Some('['));
                let mut number = String::new();
                let order = loop {
                    match letters.next().unwrap() {
                        digit if digit.is_ascii_digit() || digit == ';' => number.push(digit),
                        order => break order,
                    }
                };
                match order {
                    'A' => row = row.checked_sub(number.parse().unwrap()).expect("above the first line"),
                    'J' => {
                        assert_eq!(column, 0);
                        lines.truncate(row);
                    }
                    'm' => {}
                    other => panic!("what is {other}?"),
                }
            }
            letter => {
                if column == width {
                    (row, column) = (row + 1, 0);
                }
                lines.resize(lines.len().max(row + 1), String::new());
                let line = &mut lines[row];
                assert_eq!(line.chars().count(), column, "written over: {line:?}");
                line.push(letter);
                column += 1;
            }
        }
        lines.resize(lines.len().max(row + 1), String::new());
    }
    lines
}

/// Where the view is, there is this.
const VIEW: &str = "requests/s";

#[test]
fn a_terminal_shows_the_run_and_is_clean_at_its_end() {
    let Some(mut command) = at_terminal((80, 24), "", &format!("{RUN} --runtime 4s")) else { return };
    let output = command.output().unwrap();
    let (bytes, _) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{bytes}");
    let wide: Vec<&str> = ["measured phase", VIEW, "users 10   clients 10", "PROPFIND{home}", "so far"]
        .into_iter()
        .filter(|word| !bytes.contains(word))
        .collect();
    assert!(wide.is_empty(), "no {wide:?}: {bytes}");
    // The report has lines that are longer than the terminal is wide.
    let lines = shown(&bytes, 10_000);
    assert!(!lines.iter().any(|line| line.contains(VIEW)), "{lines:#?}");
    // The live lines stand between the seed and the report, whole.
    let report = lines.iter().position(|line| line.contains("** REPORT **")).unwrap();
    let live = &lines[1..report];
    assert!(lines[0].ends_with("INFO  run: seed 1"), "{:?}", lines[0]);
    assert!(live.len() > 20, "{lines:#?}");
    assert!(live.iter().all(|line| line.is_empty() || line.starts_with("user")), "{live:#?}");
    assert_eq!(lines.last().map(String::as_str), Some(""));
}

#[test]
fn ctrl_c_leaves_a_clean_terminal_of_any_width() {
    // It becomes narrower while the view stands there.
    let narrower = "(sleep 2; stty cols 40) < /dev/tty &";
    let Some(mut command) = at_terminal((80, 24), narrower, &format!("{RUN} --runtime 10m > /dev/null"))
    else {
        return;
    };
    let child = command.spawn().unwrap();
    let program = || children_of(child.id()).into_iter().next();
    while program().is_none() {
        pause(Duration::from_millis(50));
    }
    pause(Duration::from_secs(5));
    send("-INT", program().unwrap());
    let output = child.wait_with_output().unwrap();
    let (bytes, _) = texts(&output);
    assert_eq!(output.status.code(), Some(130), "{bytes}");
    // What follows a frame takes it away.
    let frames = || bytes.split("\x1b[J").map(|frame| frame.split("\r\x1b[").next().unwrap());
    let frames: Vec<&str> = frames().filter(|frame| frame.contains(VIEW)).collect();
    let widest = |frame: &str| shown(frame, 10_000).iter().map(|line| line.chars().count()).max().unwrap();
    assert!(widest(frames[0]) > 60 && widest(frames[frames.len() - 1]) < 40, "{frames:#?}");
    assert!(bytes.contains(" INFO  run: ending: requests under way have 4 s"), "{bytes}");
    let (_, last) = bytes.rsplit_once("\x1b[J").unwrap();
    assert_eq!(last.trim(), "", "{bytes}");
}

#[test]
fn a_run_whose_terminal_is_closed_ends_with_the_code_of_that() {
    let folder = tempfile::tempdir().unwrap();
    let [events, code] = ["events", "code"].map(|name| folder.path().join(name));
    let said = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let program = env!("CARGO_BIN_EXE_populace");
    // The shell survives the terminal, to tell the exit code.
    let inside = format!(
        "trap : HUP; {program} {RUN} --runtime 10m --events {}; echo $? > {}",
        events.display(),
        code.display()
    );
    let Some(mut command) = shell_at_terminal(&inside) else { return };
    let mut terminal = Kept(command.stdout(Stdio::null()).spawn().unwrap());
    while said(&events).is_empty() {
        pause(Duration::from_millis(50));
    }
    let shell = children_of(terminal.0.id())[0];
    let run = children_of(shell)[0];
    terminal.0.kill().unwrap();
    terminal.0.wait().unwrap();
    // As a shell passes it on, which has it from the system.
    send("-HUP", run);
    assert!((0..6).any(|_| ends(shell)), "the run goes on");
    assert_eq!(said(&code).trim(), "143");
}

#[test]
fn a_plain_terminal_gets_plain_text() {
    let rehearsal = "rehearse --clients clients/demo.plist --users 5 --runtime 5s --seed 1";
    for (before, view, colours) in [
        ("TERM=dumb", false, false),
        ("NO_COLOR=1", true, false),
        ("NO_COLOR=", true, true),
        ("TERM=xterm", true, true),
    ] {
        let Some(mut command) = at_terminal((100, 30), &format!("export {before};"), rehearsal) else {
            return;
        };
        let (bytes, _) = texts(&command.output().unwrap());
        let told = (bytes.contains(VIEW), bytes.contains("\x1b[1m"));
        assert_eq!(told, (view, colours), "{before}: {bytes}");
        assert!(view || !bytes.contains('\x1b'), "{before}: {bytes}");
    }
}

#[test]
fn without_a_terminal_there_is_a_line_every_ten_seconds() {
    let arguments: Vec<&str> = RUN.split(' ').chain(["--runtime", "11s", "--log-format", "json"]).collect();
    let (_, said) = texts(&populace(&arguments).output().unwrap());
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |target: &str| lines.iter().filter(|line| line["target"] == target).collect::<Vec<_>>();
    assert_eq!((of("run").len(), &of("run")[0]["seed"]), (1, &Value::from(1)), "{said}");
    let [progress] = &of("progress")[..] else { panic!("{said}") };
    assert!(progress["requests"].as_u64() > Some(100) && progress["p95_ms"].as_f64() > Some(0.0), "{said}");
    assert_eq!((&progress["users"], &progress["level"]), (&Value::from(10), &Value::from("INFO")), "{said}");
    let message = progress["message"].as_str().unwrap();
    assert!(message.contains("10 of 10 users; ") && message.contains(VIEW), "{said}");
}

#[test]
fn nothing_is_said_to_whoever_wants_none_of_it() {
    let short = ["--clients", "clients/demo.plist", "--users", "5", "--runtime", "2s", "--seed", "1"];
    let quiet = rehearse(&[&short[..], &["--quiet"]].concat());
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    assert!(quiet.stdout.contains("** REPORT **"));
    let wordy = rehearse(&[&short[..], &["--log-level", "warn,client=debug"]].concat());
    assert!(wordy.stderr.contains(" DEBUG client: client 0 of user01 arrives: "), "{}", wordy.said());
    assert!(
        wordy.stderr.contains("client 0 has started") && !wordy.stderr.contains("seed"),
        "{}",
        wordy.said()
    );
    assert_eq!(wordy.results["trace_hash"], quiet.results["trace_hash"]);
    let wrong = rehearse(&["--log-level", "conection=debug"]);
    assert!(wrong.code == 2 && wrong.stderr.contains("did you mean `connection`"), "{}", wrong.said());
}
