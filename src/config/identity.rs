//! Which file a path names, whatever it is called, and which ones were read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

thread_local! {
    /// Every file that this process has read whole, by the name under which it was read first. It is kept here and not by
    /// those who read: whoever forgot to tell would let a file of the user's be written over.
    static READ: RefCell<BTreeMap<Identity, PathBuf>> = const { RefCell::new(BTreeMap::new()) };
}

/// One plain file, by whatever name: the same of two paths, links and hard links that are the same file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// Device and inode.
    There(u64, u64),
    /// It is not there yet: the one name that its folder gives it.
    NotYet(PathBuf),
}

impl Identity {
    /// None: it is no plain file, and so nothing is lost by writing to it, as to a terminal, a pipe or `/dev/null`.
    pub fn of(path: &Path) -> Option<Identity> {
        match fs::metadata(path) {
            Ok(about) => Identity::there(&about),
            Err(_) => Some(Identity::NotYet(real_name(path))),
        }
    }

    fn there(about: &Metadata) -> Option<Identity> {
        about.is_file().then(|| Identity::There(about.dev(), about.ino()))
    }

    /// The name by which this file was read, if it was.
    pub fn was_read(&self) -> Option<PathBuf> {
        READ.with_borrow(|read| read.get(self).cloned())
    }
}

/// A folder in which a run makes, replaces and removes the files of some names.
#[derive(Clone, Debug)]
pub struct OwnFolder {
    pub path: PathBuf,
    /// Whether the file of this name is one of them.
    pub owns: fn(&str) -> bool,
}

impl OwnFolder {
    /// Whether a file is one of them, whatever its path is called.
    pub fn holds(&self, path: &Path) -> bool {
        let path = real_name(path);
        let name = path.file_name().and_then(|name| name.to_str());
        path.parent() == Some(&*real_name(&self.path)) && name.is_some_and(self.owns)
    }
}

/// The names of all files that were read.
pub fn read_files() -> Vec<PathBuf> {
    READ.with_borrow(|read| read.values().cloned().collect())
}

/// Notes that this file is read.
pub(super) fn note_read(file: &File, path: &Path) {
    if let Some(identity) = file.metadata().ok().as_ref().and_then(Identity::there) {
        READ.with_borrow_mut(|read| {
            read.entry(identity).or_insert_with(|| path.to_owned());
        });
    }
}

/// The one name of a file, whether it is there or not.
pub fn real_name(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| in_its_folder(&behind(path)))
}

/// What a link points to, also when that is not there yet.
fn behind(path: &Path) -> PathBuf {
    match (fs::read_link(path), path.parent()) {
        (Ok(target), Some(folder)) => folder.join(target),
        _ => path.to_owned(),
    }
}

/// The path of what is not there yet by the one name that its folder has, so that two such paths can be compared.
fn in_its_folder(path: &Path) -> PathBuf {
    let folder =
        path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    match (folder.map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_text;

    #[test]
    fn one_file_is_known_by_all_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        fs::create_dir(place("in")).unwrap();
        let of = |name: &str| Identity::of(&place(name)).unwrap();
        assert_eq!(of("a"), of("in/../a"));
        assert_ne!(of("a"), of("in/a"));
        std::os::unix::fs::symlink("a", place("link")).unwrap();
        assert_eq!(of("link"), of("a"), "it is not there yet");
        fs::write(place("a"), "text").unwrap();
        fs::hard_link(place("a"), place("in/hard")).unwrap();
        assert_eq!(of("in/hard"), of("link"));
        assert_eq!(Identity::of(Path::new("/dev/null")), None);
    }

    #[test]
    fn a_folder_holds_files_of_its_names_only() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let own = OwnFolder { path: place("data"), owns: |name| name.ends_with(".client.json") };
        // It need not be there yet.
        assert!(own.holds(&place("data/a.client.json")) && !own.holds(&place("a.client.json")));
        fs::create_dir_all(place("data/in")).unwrap();
        assert!(own.holds(&place("data/in/../a.client.json")) && !own.holds(&place("data/in/a.client.json")));
        assert!(!own.holds(&place("data/results.json")));
    }

    #[test]
    fn what_was_read_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "text").unwrap();
        let identity = Identity::of(&path).unwrap();
        assert_eq!(identity.was_read(), None);
        read_text(&path, 10).unwrap();
        assert_eq!(identity.was_read(), Some(path));
    }
}
