//! An agent that runs, behind pipes.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::group::Group;
use crate::monitor::command::last_words;

/// The longest line that is read, bytes.
const LONGEST: u64 = 256 * 1024;

/// How many lines that are no answer may come before one: what a login prints.
const GREETINGS: usize = 100;

/// How long is waited for the last words of one that has ended.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// A process, with all that it started. It does not outlive this value.
pub struct Running {
    _group: Group,
    _child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    words: JoinHandle<String>,
}

impl Running {
    /// Starts a shell command, or this program as an agent.
    pub fn start(command: Option<&str>) -> io::Result<Running> {
        let mut process = match command {
            Some(text) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", text]);
                shell
            }
            None => {
                let mut program = Command::new(std::env::current_exe()?);
                program.arg("agent");
                program
            }
        };
        process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C at the terminal is for this program, which then closes the agent's standard input.
        let mut child = process.process_group(0).kill_on_drop(true).spawn()?;
        let group = Group::of(child.id());
        let missing = || io::Error::other("no pipe to it");
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = BufReader::new(child.stdout.take().ok_or_else(missing)?);
        let words = tokio::task::spawn_local(last_words(child.stderr.take().ok_or_else(missing)?));
        Ok(Running { _group: group, _child: child, stdin, stdout, words })
    }

    /// Writes a line and reads the one that answers it.
    pub async fn ask(&mut self, question: &str) -> io::Result<Vec<u8>> {
        self.stdin.write_all(question.as_bytes()).await?;
        self.stdin.write_all(b"\n").await?;
        self.stdin.flush().await?;
        for _ in 0..GREETINGS {
            let mut line = Vec::new();
            (&mut self.stdout).take(LONGEST).read_until(b'\n', &mut line).await?;
            match line.last() {
                None => return Err(io::Error::other("it has ended")),
                Some(b'\n') if line.starts_with(b"{") => return Ok(line),
                Some(b'\n') => {}
                Some(_) => return Err(io::Error::other("it sends a line without end")),
            }
        }
        Err(io::Error::other("it sends lines that are no answers"))
    }

    /// Why it is no more, with what it said last on its standard error.
    pub async fn last_words(mut self, why: &io::Error) -> String {
        match timeout(LAST_WORDS, &mut self.words).await {
            Ok(Ok(words)) if !words.is_empty() => format!("{why}; it said: {words}"),
            _ => why.to_string(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.words.abort();
    }
}
