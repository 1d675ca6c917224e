//! The folder of the sockets, and which are in it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

/// What a socket's name ends with, after the number of its process.
const ENDING: &str = ".sock";

/// The folder in which the runs of this user have their sockets: in `$XDG_RUNTIME_DIR`, else in `/run/user`, else one of
/// our own in `/tmp`. It need not be there yet.
pub fn folder() -> PathBuf {
    let own = geteuid();
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = Path::new("/run/user").join(own.to_string());
    let found = named.into_iter().chain([usual]).find(|path| is_own(path));
    found.map_or_else(|| PathBuf::from(format!("/tmp/populace-{own}")), |path| path.join("populace"))
}

/// The same, made if it is not there. Nobody else may reach what is in it.
///
/// # Errors
/// It cannot be made, or is somebody else's, as anybody may make one in `/tmp`.
pub fn made() -> io::Result<PathBuf> {
    let folder = folder();
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(why) if why.kind() != io::ErrorKind::AlreadyExists => return Err(why),
        _ => {}
    }
    let found = fs::symlink_metadata(&folder)?;
    if !is_own(&folder) || found.mode() & 0o077 != 0 {
        return Err(io::Error::other(format!("{} is open to others", folder.display())));
    }
    Ok(folder)
}

/// A folder, no link to one, of this user.
fn is_own(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir() && found.uid() == geteuid().as_raw())
}

/// The socket of a process.
pub fn socket(folder: &Path, pid: u32) -> PathBuf {
    folder.join(format!("{pid}{ENDING}"))
}

/// The processes that have a socket there, the newest first. Some may have gone without a word.
pub fn processes(folder: &Path) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.strip_suffix(ENDING)?.parse().ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, pid))
        })
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, pid)| pid).collect()
}
