//! An agent that runs, behind pipes.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::group::{Group, Started, shell_or_own};
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
        let (Started { group, child, stdout, stderr }, stdin) =
            Started::talking(shell_or_own(command, "agent")?)?;
        let words = tokio::task::spawn_local(last_words(stderr));
        Ok(Running { _group: group, _child: child, stdin, stdout: BufReader::new(stdout), words })
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
