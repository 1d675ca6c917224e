//! Programs that were started, with all that they started themselves.

use std::io;
use std::process::Stdio;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// The processes that a program and what it started are: a process group of its own. They do not outlive this value, unless
/// they were seen to end.
#[derive(Debug)]
pub struct Group {
    number: Option<Pid>,
}

/// A program that was started in a group of its own: Ctrl-C at the terminal is not for it, but for whoever started it.
#[derive(Debug)]
pub struct Started {
    pub group: Group,
    pub child: Child,
    pub stdout: ChildStdout,
    pub stderr: ChildStderr,
}

/// A text that a shell runs.
pub fn shell(text: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", text]);
    shell
}

/// A text that a shell runs, or without one this program as one of its subcommands.
///
/// # Errors
/// Nobody knows where this program is.
pub fn shell_or_own(text: Option<&str>, subcommand: &str) -> io::Result<Command> {
    if let Some(text) = text {
        return Ok(shell(text));
    }
    let mut own = Command::new(std::env::current_exe()?);
    own.arg(subcommand);
    Ok(own)
}

impl Started {
    /// Starts a program that is given nothing to read.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(command: Command) -> io::Result<Started> {
        Started::with(command, Stdio::null()).map(|(started, _)| started)
    }

    /// The same, with a pipe to it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn talking(command: Command) -> io::Result<(Started, ChildStdin)> {
        let (started, stdin) = Started::with(command, Stdio::piped())?;
        Ok((started, stdin.ok_or_else(no_pipe)?))
    }

    fn with(mut command: Command, stdin: Stdio) -> io::Result<(Started, Option<ChildStdin>)> {
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
        let group = Group::of(child.id());
        let stdout = child.stdout.take().ok_or_else(no_pipe)?;
        let stderr = child.stderr.take().ok_or_else(no_pipe)?;
        let stdin = child.stdin.take();
        Ok((Started { group, child, stdout, stderr }, stdin))
    }
}

fn no_pipe() -> io::Error {
    io::Error::other("no pipe to it")
}

impl Group {
    /// The group whose first process has this number, if it still has one.
    pub fn of(number: Option<u32>) -> Group {
        let number = number.and_then(|number| i32::try_from(number).ok()).filter(|number| *number > 1);
        Group { number: number.map(Pid::from_raw) }
    }

    /// Sends all of them a signal. A group that has ended already is what is wanted.
    pub fn signal(&self, signal: Signal) {
        if let Some(group) = self.number {
            let _ = killpg(group, signal);
        }
    }

    /// Ends them at once.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// They were seen to end: nothing is to be ended any more.
    pub fn ended(&mut self) {
        self.number = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
