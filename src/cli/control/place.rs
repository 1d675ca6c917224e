//! The folder of the sockets, and which are in it.

use std::fs::{self, DirBuilder, Metadata};
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
    let is_ours = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|found| is_own(&found));
    let found = named.into_iter().chain([usual]).find(is_ours);
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
    closed(&folder)?;
    Ok(folder)
}

/// Makes sure that nobody else can have put anything into the folder, or reach what is in it: neither who listens there nor
/// who asks wants to speak with another user.
///
/// # Errors
/// It is not there, it is somebody else's, or it is open to others.
pub fn closed(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    match is_own(&found) && found.mode() & 0o077 == 0 {
        true => Ok(()),
        false => Err(io::Error::other(format!("{} is open to others", folder.display()))),
    }
}

/// A folder, no link to one, of this user.
fn is_own(found: &Metadata) -> bool {
    found.is_dir() && found.uid() == geteuid().as_raw()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_that_others_reach_is_not_trusted() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("sockets");
        assert_eq!(closed(&folder).unwrap_err().kind(), io::ErrorKind::NotFound);
        DirBuilder::new().mode(0o700).create(&folder).unwrap();
        assert!(closed(&folder).is_ok());
        let link = parent.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert!(closed(&link).unwrap_err().to_string().ends_with("link is open to others"));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(closed(&folder).unwrap_err().to_string().ends_with("sockets is open to others"));
    }
}
