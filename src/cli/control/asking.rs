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

/// What a run answered.
pub struct Asked {
    pub told: Told,
    /// The processes of further runs, the newest first.
    pub others: Vec<u32>,
}

/// Says a word to the run of this process, or to the newest, and gives its answer.
///
/// # Errors
/// A sentence: there is none, or it does not answer.
pub fn ask(pid: Option<u32>, word: &str) -> Result<Asked, String> {
    ask_in(&place::folder(), pid, word)
}

/// The same where the sockets are in this folder.
fn ask_in(folder: &Path, pid: Option<u32>, word: &str) -> Result<Asked, String> {
    match place::closed(folder) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            return Err(format!("what is there may be another user's: {why}"));
        }
        _ => {}
    }
    let all: Vec<(u32, UnixStream)> =
        place::processes(folder).into_iter().filter_map(|pid| Some((pid, connect(folder, pid)?))).collect();
    let others = |but: u32| all.iter().map(|(pid, _)| *pid).filter(|pid| *pid != but).collect();
    let found = all.iter().find(|(known, _)| pid.is_none_or(|wanted| wanted == *known));
    let Some((found, stream)) = found else {
        return Err(match pid {
            Some(pid) => format!("no run of yours goes on in process {pid}"),
            None => format!("no run of yours goes on (looked in {})", folder.display()),
        });
    };
    let told =
        exchange(stream, word).map_err(|why| format!("the run of process {found} does not answer: {why}"))?;
    Ok(Asked { told, others: others(*found) })
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

fn exchange(mut stream: &UnixStream, word: &str) -> io::Result<Told> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(format!("{word}\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::other("it ends just now"));
    }
    serde_json::from_slice(&answer).map_err(io::Error::from)
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
        let why = ask_in(folder.path(), None, "stop").err().unwrap();
        assert!(why.starts_with("what is there may be another user's: "), "{why}");
        assert!(listener.accept().is_err(), "nobody has connected");
    }

    #[test]
    fn where_no_run_goes_on_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let why = ask_in(&folder.path().join("none"), None, "stop").err().unwrap();
        assert!(why.starts_with("no run of yours goes on (looked in "), "{why}");
    }
}
