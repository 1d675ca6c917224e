//! The files that options name, found before the work and written at its end.

use std::path::{Path, PathBuf};

use super::place::Place;
use crate::config::{Identity, OwnFolder, read_files};
use crate::observer::is_standard;

/// Writes a `T` to its place.
pub type Form<T> = fn(&T, Place) -> Result<(), String>;

/// An option, the file if it names one, and what shall stand in it.
pub type Wanted<'a, T> = (&'static str, Option<&'a Path>, Form<T>);

/// Files that could be written when they were looked at, and what shall stand in them.
pub struct Files<T>(Vec<(Place, Form<T>)>);

impl<T> Files<T> {
    /// Looks at all of them, before the run: hours must not end with a path that cannot be written, nor destroy what was
    /// read. `read` are the options that name what is read; whatever files these named are known besides. `others` are
    /// written by others in the run.
    pub fn find<'a>(
        read: &[(&str, &Path)],
        others: &Others,
        wanted: impl IntoIterator<Item = Wanted<'a, T>>,
    ) -> Result<Files<T>, String> {
        let mut guard = Guard { read, folders: &others.folders, taken: Vec::new() };
        guard.folders_are_free()?;
        for (name, path) in &others.files {
            guard.take(name, path)?;
        }
        let mut found = Vec::new();
        for (option, path, form) in wanted {
            let Some(path) = path else { continue };
            guard.take(option, path)?;
            found.push((Place::find(path)?, form));
        }
        Ok(Files(found))
    }

    /// Writes all; what could not be written.
    pub fn write(self, from: &T) -> Vec<String> {
        self.0.into_iter().filter_map(|(place, form)| form(from, place).err()).collect()
    }
}

/// What a run writes beside the files that options name, each with the name of who does so.
#[derive(Default)]
pub struct Others {
    pub files: Vec<(&'static str, PathBuf)>,
    pub folders: Vec<(&'static str, OwnFolder)>,
}

/// Over everything that is read and everything that is written.
struct Guard<'r> {
    read: &'r [(&'r str, &'r Path)],
    folders: &'r [(&'static str, OwnFolder)],
    /// Who writes which file, and whether by a name of standard output or standard error.
    taken: Vec<(&'static str, Identity, bool)>,
}

impl Guard<'_> {
    /// Whether nothing that was read is one of the files that are made and removed in folders.
    fn folders_are_free(&self) -> Result<(), String> {
        let read = read_files();
        let read = || self.read.iter().map(|(_, path)| *path).chain(read.iter().map(PathBuf::as_path));
        for (who, folder) in self.folders {
            if let Some(lost) = read().find(|path| folder.holds(path)) {
                return Err(format!("{who} would overwrite or remove what is read: {}", lost.display()));
            }
        }
        Ok(())
    }

    /// Whether `who` may write the file of this path: nobody reads it, and nobody else writes it.
    fn take(&mut self, who: &'static str, path: &Path) -> Result<(), String> {
        if path == Path::new("-") {
            return Err(format!(
                "{who} writes to a file, and `-` is none\n  = help: ./- is a file of this name"
            ));
        }
        let shown = path.display();
        if let Some((owner, _)) = self.folders.iter().find(|(_, folder)| folder.holds(path)) {
            return Err(format!(
                "{who} names a file of {owner}, which has files of this name in its folder: {shown}"
            ));
        }
        let Some(identity) = Identity::of(path) else { return Ok(()) };
        if let Some((source, _)) =
            self.read.iter().find(|(_, read)| Identity::of(read).as_ref() == Some(&identity))
        {
            return Err(format!("{who} would overwrite what {source} names: {shown}"));
        }
        if let Some(read) = identity.was_read() {
            return Err(format!("{who} would overwrite what the configuration names: {}", read.display()));
        }
        // Both go to one file where the shell says so (`2>&1`), and there one stands after the other.
        let standard = is_standard(path);
        let same = |(_, other, also): &&(_, Identity, bool)| *other == identity && !(standard && *also);
        if let Some((taken, ..)) = self.taken.iter().find(same) {
            return Err(format!("{taken} and {who} name one file: {shown}"));
        }
        self.taken.push((who, identity, standard));
        Ok(())
    }
}
