//! The end in the second terminal.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::place;
use super::told::Told;

/// How long a run may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer, bytes.
const LONGEST: u64 = 64 * 1024;

/// A run that goes on, and the way to it. It hangs up on whoever says nothing for a second.
pub struct Going {
    pub pid: u32,
    stream: UnixStream,
}

/// The run of this process, or all that go on, the newest first.
///
/// # Errors
/// A sentence: there is none.
pub fn going(pid: Option<u32>) -> Result<Vec<Going>, String> {
    going_in(&place::folder(), pid)
}

/// The same where the sockets are in this folder.
fn going_in(folder: &Path, pid: Option<u32>) -> Result<Vec<Going>, String> {
    match place::closed(folder) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            return Err(format!("what is there may be another user's: {why}"));
        }
        _ => {}
    }
    let connected = |pid| Some(Going { pid, stream: connect(folder, pid)? });
    // All are tried, since that removes what is left of those that went without a word.
    let mut all: Vec<Going> = place::processes(folder).into_iter().filter_map(connected).collect();
    all.retain(|run| pid.is_none_or(|wanted| wanted == run.pid));
    match pid {
        _ if !all.is_empty() => Ok(all),
        Some(pid) => Err(format!("no run of yours goes on in process {pid}")),
        None => Err(format!("no run of yours goes on (looked in {})", folder.display())),
    }
}

/// Says a word to each, and gives the answers, each with its process; or a sentence, why there is none.
pub fn ask_all(runs: &[Going], word: &str) -> Vec<(u32, Result<Told, String>)> {
    // A run may take a second to answer: all have the word before the first is waited for.
    let said: Vec<io::Result<()>> = runs.iter().map(|run| run.say(word)).collect();
    runs.iter().zip(said).map(|(run, said)| (run.pid, run.answer(said))).collect()
}

/// A connection to the run of a process. A socket that nobody listens on is of a process that went without a word.
fn connect(folder: &Path, pid: u32) -> Option<UnixStream> {
    let path = place::socket(folder, pid);
    match UnixStream::connect(&path) {
        Ok(stream) => Some(stream),
        Err(why) => {
            if why.kind() == io::ErrorKind::ConnectionRefused {
                let _ = fs::remove_file(&path);
            }
            None
        }
    }
}

impl Going {
    /// Says a word, and gives the answer.
    ///
    /// # Errors
    /// A sentence: there is none.
    pub fn ask(&self, word: &str) -> Result<Told, String> {
        self.answer(self.say(word))
    }

    fn answer(&self, said: io::Result<()>) -> Result<Told, String> {
        let told = said.and_then(|()| self.hear());
        told.map_err(|why| format!("the run of process {} does not answer: {why}", self.pid))
    }

    fn say(&self, word: &str) -> io::Result<()> {
        self.stream.set_read_timeout(Some(PATIENCE))?;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        (&self.stream).write_all(format!("{word}\n").as_bytes())
    }

    fn hear(&self) -> io::Result<Told> {
        let mut answer = Vec::new();
        (&self.stream).take(LONGEST).read_to_end(&mut answer)?;
        if answer.is_empty() {
            return Err(io::Error::other("it ends just now"));
        }
        serde_json::from_slice(&answer).map_err(io::Error::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;

    #[test]
    fn nobody_is_asked_in_a_folder_that_is_open_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(place::socket(folder.path(), 7)).unwrap();
        listener.set_nonblocking(true).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let why = going_in(folder.path(), None).err().unwrap();
        assert!(why.starts_with("what is there may be another user's: "), "{why}");
        assert!(listener.accept().is_err(), "nobody has connected");
    }

    #[test]
    fn where_no_run_goes_on_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let why = going_in(&folder.path().join("none"), None).err().unwrap();
        assert!(why.starts_with("no run of yours goes on (looked in "), "{why}");
    }
}
