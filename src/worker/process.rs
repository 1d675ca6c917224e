//! A worker's process group, and the last it said on stderr.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::time::{Instant, timeout};
use tracing::{Level, debug, error, info, warn};

use crate::group::{Group, Started, shell_or_own};
use crate::stats::one_line;

/// How long a process may take to end in any case, first by itself, then when it was asked to, then when it had to.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long is waited for the end of a process that is lost, and for its last words.
const LAST_WORDS: Duration = Duration::from_millis(500);
const ECHO: Duration = Duration::from_millis(200);

/// Bytes of stderr that are kept, and of one line of it.
const KEPT: usize = 4096;
const LINE: usize = 1024;

/// A worker as a process of this machine, with all that it started. It does not outlive this value.
pub struct Process {
    group: Group,
    child: Child,
    /// We have ended it: how it ended says nothing of it then.
    killed: Cell<bool>,
    tail: Rc<RefCell<Tail>>,
}

/// A worker's pipes.
pub struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: ChildStdout,
}

impl Process {
    /// Starts a shell command, or this program as a worker. It has a process group of its own: Ctrl-C at the terminal
    /// is for the manager, which then tells its workers. `log` is what this program logs as a worker.
    pub fn start(name: &str, command: Option<&str>, log: Option<&str>) -> io::Result<(Process, Pipes)> {
        let mut program = shell_or_own(command, "worker")?;
        let own_log = log.filter(|_| command.is_none());
        program.args(own_log.into_iter().flat_map(|filter| ["--log-level", filter]));
        let (Started { group, child, stdout, stderr }, stdin) = Started::talking(program)?;
        let tail = Rc::<RefCell<Tail>>::default();
        tokio::task::spawn_local(listen(name.to_owned(), stderr, tail.clone()));
        Ok((Process { child, group, killed: Cell::new(false), tail }, Pipes { stdin, stdout }))
    }

    /// Ends it at once, with all that it started.
    pub fn kill(&self) {
        self.killed.set(true);
        self.group.kill();
    }

    /// Waits until it has ended by itself, its stdin being closed; helps when it has not by `by`.
    pub async fn end(mut self, by: Instant) {
        let by_itself = by.saturating_duration_since(Instant::now()).max(PATIENCE);
        for (signal, patience) in
            [(None, by_itself), (Some(Signal::SIGTERM), PATIENCE), (Some(Signal::SIGKILL), PATIENCE)]
        {
            if let Some(signal) = signal {
                self.group.signal(signal);
            }
            if timeout(patience, self.child.wait()).await.is_ok() {
                break;
            }
        }
        // What it started and left behind ends with this value.
    }

    /// Why it is lost, with how it ended and the last it said. Whatever it still does is ended.
    pub async fn obituary(mut self, why: &str) -> String {
        let killed = self.killed.get();
        let by_itself = timeout(LAST_WORDS, self.child.wait()).await;
        self.kill();
        let how = match by_itself {
            Ok(Ok(status)) if !killed => format!("; its process ended with {}", ending(status)),
            Ok(_) | Err(_) => String::new(),
        };
        // The pipe has closed, and what is left in it is read in no time.
        let _ = timeout(ECHO, async {
            while !self.tail.borrow().closed {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        let said = self.tail.borrow().text();
        let said = if said.is_empty() { said } else { format!("; it last said: {said}") };
        format!("{why}{how}{said}")
    }
}

fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => match Signal::try_from(signal) {
            Ok(name) => format!("signal {signal} ({name})"),
            Err(_) => format!("signal {signal}"),
        },
        (None, None) => "no exit code".to_owned(),
    }
}

/// The last lines of stderr.
#[derive(Default)]
struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
    closed: bool,
}

impl Tail {
    fn put(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > KEPT {
            let Some(first) = self.lines.pop_front() else { return };
            self.bytes -= first.len();
        }
    }

    fn text(&self) -> String {
        self.lines.iter().map(String::as_str).collect::<Vec<_>>().join(" | ")
    }
}

/// Logs what a worker says on stderr. What it has logged itself keeps its level and its target, as far as these are known
/// here; of all else nobody knows how much it matters.
fn relay(worker: &str, line: &str) {
    let logged = || {
        let (level, rest) = line.split_once(' ')?;
        let (target, text) = rest.trim_start().split_once(": ")?;
        Some((level.parse::<Level>().ok()?, target, text))
    };
    let (level, target, text) = logged().unwrap_or((Level::WARN, "worker", line));
    match (level, target) {
        (Level::DEBUG, "connection") => debug!(target: "connection", worker, "worker {worker}: {text}"),
        (Level::DEBUG, "client") => debug!(target: "client", worker, "worker {worker}: {text}"),
        (Level::DEBUG | Level::TRACE, _) => debug!(target: "worker", worker, "worker {worker}: {text}"),
        (Level::INFO, _) => info!(target: "worker", worker, "worker {worker}: {text}"),
        (Level::WARN, _) => warn!(target: "worker", worker, "worker {worker}: {text}"),
        (Level::ERROR, _) => error!(target: "worker", worker, "worker {worker}: {text}"),
    }
}

/// Hears what a worker says on stderr, and keeps the last of it.
async fn listen(name: String, stderr: ChildStderr, tail: Rc<RefCell<Tail>>) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    let take = |line: &mut Vec<u8>| {
        let text = one_line(&String::from_utf8_lossy(line));
        line.clear();
        if !text.trim().is_empty() {
            relay(&name, &text);
            tail.borrow_mut().put(text);
        }
    };
    while let Ok(byte) = stderr.read_u8().await {
        match byte {
            b'\n' => take(&mut line),
            byte => line.push(byte),
        }
        if line.len() >= LINE {
            take(&mut line);
        }
    }
    take(&mut line);
    tail.borrow_mut().closed = true;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::LocalSet;

    #[tokio::test]
    async fn a_lost_process_is_told_of_with_its_last_words() {
        let all = async {
            let (process, _pipes) =
                Process::start("x", Some("echo first >&2; echo last >&2; exit 7"), None).unwrap();
            process.obituary("no word").await
        };
        let text = LocalSet::new().run_until(all).await;
        assert_eq!(text, "no word; its process ended with exit code 7; it last said: first | last");
    }

    #[tokio::test]
    async fn how_it_ended_is_not_told_when_we_have_ended_it() {
        let all = async {
            let (process, _pipes) =
                Process::start("x", Some("echo here >&2; exec sleep 1000"), None).unwrap();
            while process.tail.borrow().text().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            process.kill();
            process.obituary("no word for 10 s").await
        };
        assert_eq!(LocalSet::new().run_until(all).await, "no word for 10 s; it last said: here");
    }

    #[tokio::test]
    async fn what_a_worker_started_ends_with_it() {
        let all = async {
            let (process, pipes) = Process::start("x", Some("sleep 1000 & echo $!; wait"), None).unwrap();
            let mut line = String::new();
            tokio::io::AsyncBufReadExt::read_line(&mut BufReader::new(pipes.stdout), &mut line)
                .await
                .unwrap();
            drop(process);
            line.trim().parse::<i32>().unwrap()
        };
        let pid = LocalSet::new().run_until(all).await;
        let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let gone = |stat: &str| stat.is_empty() || stat.contains(") Z ");
        for _ in 0..200 {
            if gone(&state()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it lives on: {}", state());
    }

    #[test]
    fn only_the_end_of_much_is_kept() {
        let mut tail = Tail::default();
        (0..2000).for_each(|number| tail.put(format!("line {number}")));
        assert!(tail.text().ends_with("line 1999") && tail.text().len() < 2 * KEPT);
    }
}
