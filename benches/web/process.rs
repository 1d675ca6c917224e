//! Running a program: where, and what it costs.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use super::figures::spent_by_children;

/// A command on the last processor where there are several, on one of its own then.
pub fn measured(program: impl AsRef<OsStr>) -> Command {
    let last = std::thread::available_parallelism().map_or(0, |count| count.get() - 1);
    if last == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &last.to_string()]).arg(program);
    command
}

/// Whether there is such a program in `PATH`; else that is said.
pub fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found {
        println!("  {name} is not installed: left out");
    }
    found
}

/// What a command did, and the processor time that it took, seconds. Nobody else may end meanwhile.
pub fn spent<T>(run: impl FnOnce() -> Result<T, String>) -> Result<(T, f64), String> {
    let before = spent_by_children();
    let done = run()?;
    Ok((done, spent_by_children() - before))
}

/// Runs a command to its end, which must be a good one.
pub fn complete(command: &mut Command) -> Result<Output, String> {
    let name = format!("{:?}", command.get_program());
    let output = command.stdin(Stdio::null()).output().map_err(|why| match why.kind() {
        ErrorKind::NotFound => format!("{name} is not installed"),
        _ => format!("{name}: {why}"),
    })?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!("{name}: {}: {}", output.status, super::program::said(&output))),
    }
}

/// A process, and those that it has started; they end with this.
pub struct Running(Child);

impl Running {
    /// Starts a command, of whose words none is heard.
    pub fn start(command: &mut Command) -> Result<Running, String> {
        let name = format!("{:?}", command.get_program());
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.spawn().map(Running).map_err(|why| format!("{name}: {why}"))
    }

    /// Whether it has come to its end; one that is bad is an error.
    pub fn is_over(&mut self) -> Result<bool, String> {
        match self.0.try_wait().map_err(|why| why.to_string())? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => Err(format!("a program ended with {status}")),
        }
    }

    /// KB of memory that it and those that it has started have, with what is of files (proc(5), VmRSS).
    pub fn resident(&self) -> f64 {
        family(self.0.id()).into_iter().map(resident).sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The youngest last: nobody is left who would start another.
        for id in family(self.0.id()) {
            let pid = nix::unistd::Pid::from_raw(id.cast_signed());
            let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        }
        let _ = self.0.wait();
    }
}

/// A process and those that come from it.
fn family(id: u32) -> Vec<u32> {
    let path = format!("/proc/{id}/task/{id}/children");
    let children = fs::read_to_string(path).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|word| word.parse().ok());
    std::iter::once(id).chain(children.flat_map(family)).collect()
}

fn resident(id: u32) -> f64 {
    let status = fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status"));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
}
