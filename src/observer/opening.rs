//! How a file is opened that is written.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use nix::libc::{ENXIO, O_NONBLOCK};

/// Whether this is standard output or standard error, by a name that the system has for it. It is open already, and others write
/// there too: nobody empties or locks it, and everybody writes after what stands there.
pub fn is_standard(path: &Path) -> bool {
    is_output(path) || is_error(path)
}

fn is_output(path: &Path) -> bool {
    ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].iter().any(|name| path == Path::new(name))
}

fn is_error(path: &Path) -> bool {
    ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"].iter().any(|name| path == Path::new(name))
}

/// Opens a file for writing in this way, and never waits: to open a named pipe would take until somebody reads it, and
/// nobody could be told meanwhile why nothing happens.
pub fn open_to_write(path: &Path, how: &OpenOptions) -> io::Result<File> {
    // To open a file a second time by such a name would be to write over what its other writers put there.
    if is_output(path) {
        return io::stdout().as_fd().try_clone_to_owned().map(File::from);
    }
    if is_error(path) {
        return io::stderr().as_fd().try_clone_to_owned().map(File::from);
    }
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
