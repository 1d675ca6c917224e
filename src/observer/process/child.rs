//! The program behind a plug-in, and the threads that talk with it.
//!
//! Threads and not the runtime's own child processes, for two reasons: a rehearsal's clock does not
//! wait for a program, and a program that does not read must never hold up a client.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::group::Group;
use crate::observer::Spool;

/// Lines that wait for it: fewer, when they carry bodies.
const ROOM: usize = 8192;
const ROOM_WITH_BODIES: usize = 256;

/// The most that it may answer.
const MOST_SAID: u64 = 1024 * 1024;

/// How many lines of its errors are shown, and how much of each.
const LAST_WORDS: usize = 3;
const LINE: usize = 200;

/// How long what must come at once may take: the status after the end of the output.
const AT_ONCE: Duration = Duration::from_secs(1);

/// A program that runs.
pub struct Child {
    number: u32,
    events: Spool<String>,
    group: Group,
    said: Receiver<String>,
    complained: Receiver<Vec<String>>,
    status: Receiver<Option<ExitStatus>>,
}

/// How it ended.
#[derive(Debug, Default)]
pub struct Ending {
    /// All that it wrote to its standard output.
    pub said: String,
    /// The last lines of what it wrote to its standard error.
    pub complained: Vec<String>,
    /// Events that did not reach it.
    pub dropped: u64,
    /// What was wrong with it.
    pub fault: Option<String>,
}

impl Child {
    /// Starts it, in a group of its own so that an interruption of the run leaves it its time to answer.
    pub fn begin(command: &[String], bodies: bool, patience: Duration) -> Result<Child, String> {
        let (program, arguments) = command.split_first().ok_or("the command is empty")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|fault| format!("cannot start {program}: {fault}"))?;
        let (number, group) = (child.id(), Group::of(Some(child.id())));
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err("the program has no pipes".to_owned());
        };
        let room = if bodies { ROOM_WITH_BODIES } else { ROOM };
        Ok(Child {
            number,
            events: Spool::new(room, patience, writer(stdin)),
            group,
            said: apart(move || all_of(stdout)),
            complained: apart(move || last_lines(stderr)),
            status: apart(move || child.wait().ok()),
        })
    }

    /// Gives it a line, or drops the line.
    pub fn tell(&mut self, line: String) {
        self.events.push(line);
    }

    /// Ends its input and waits for its answer, but never much longer than twice the timeout.
    pub async fn end(mut self, timeout: Duration) -> Ending {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // It stays here, so that the program ends when nobody waits for it any more.
        let mut group = std::mem::replace(&mut self.group, Group::of(None));
        let wait = move || drop(sender.send(self.wait(timeout)));
        if std::thread::Builder::new().spawn(wait).is_err() {
            let fault = Some("no thread to wait for it".to_owned());
            return Ending { fault, ..Ending::default() };
        }
        let ending = receiver.await.unwrap_or_default();
        group.ended();
        ending
    }

    fn wait(mut self, timeout: Duration) -> Ending {
        let at_once = AT_ONCE.min(timeout);
        let read_all = self.events.finish(timeout);
        let said = if read_all { self.said.recv_timeout(timeout).ok() } else { None };
        let status = said.as_ref().and_then(|_| self.status.recv_timeout(at_once).ok());
        let fault = match &status {
            Some(Some(status)) if status.success() => None,
            Some(Some(status)) => Some(format!("it failed ({status})")),
            Some(None) => Some("its end is not known".to_owned()),
            None => {
                Group::of(Some(self.number)).kill();
                Some(
                    if read_all { "it did not answer in time" } else { "it did not read its events in time" }
                        .into(),
                )
            }
        };
        let complained = self.complained.recv_timeout(at_once).unwrap_or_default();
        let complained = if fault.is_some() { complained } else { Vec::new() };
        Ending { said: said.unwrap_or_default(), complained, dropped: self.events.dropped(), fault }
    }
}

/// Does the work on a thread of its own; without a thread nothing ever comes.
fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (sender, receiver) = channel();
    let _ = std::thread::Builder::new().spawn(move || drop(sender.send(work())));
    receiver
}

fn writer(stdin: ChildStdin) -> impl FnMut(Option<String>) -> io::Result<()> {
    let mut stdin = BufWriter::new(stdin);
    move |line| match line {
        Some(line) => stdin.write_all(line.as_bytes()),
        None => stdin.flush(),
    }
}

/// All that comes, up to the most that is kept; the rest is read and forgotten.
fn all_of(mut from: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = from.by_ref().take(MOST_SAID).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut from, &mut std::io::sink());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn last_lines(from: impl Read) -> Vec<String> {
    let mut reader = BufReader::new(from);
    let mut last = VecDeque::new();
    let mut line = Vec::new();
    // A line is read in pieces, so that one without an end needs no more room than others.
    while matches!(reader.by_ref().take(4096).read_until(b'\n', &mut line), Ok(read) if read > 0) {
        let text = String::from_utf8_lossy(&line);
        let shown: String = text.chars().filter(|c| !c.is_control()).take(LINE).collect();
        if !shown.trim().is_empty() {
            last.push_back(shown);
        }
        if last.len() > LAST_WORDS {
            last.pop_front();
        }
        line.clear();
    }
    last.into()
}
