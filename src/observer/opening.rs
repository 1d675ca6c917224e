//! How a file is opened that is written.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use nix::libc::{ENXIO, O_NONBLOCK};

/// Opens a file for writing in this way, and never waits: to open a named pipe would take until somebody reads it, and
/// nobody could be told meanwhile why nothing happens.
pub fn open_to_write(path: &Path, how: &OpenOptions) -> io::Result<File> {
    let is_pipe = fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo());
    // As long as this one is open the other one opens at once.
    let first = is_pipe.then(|| File::options().write(true).custom_flags(O_NONBLOCK).open(path)).transpose();
    match first {
        Err(why) if why.raw_os_error() == Some(ENXIO) => {
            Err(io::Error::other("it is a pipe that nobody reads; start the one who reads it first"))
        }
        Err(why) => Err(why),
        Ok(_kept) => how.open(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_nobody_reads_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let why = open_to_write(&path, File::options().write(true)).unwrap_err().to_string();
        assert!(why.contains("a pipe that nobody reads"), "{why}");
        // Open for both ends: it is read now.
        let _reader = File::options().read(true).write(true).open(&path).unwrap();
        open_to_write(&path, File::options().write(true)).unwrap();
    }
}
