//! Where a file goes that is written at the end of a run.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::config::real_name;
use crate::observer::{is_standard, open_to_write};

/// The place of a file that is written at the end, which could be written when it was looked at.
///
/// A file appears whole or not at all, whatever ends the process: it is written under another name beside its own, and
/// then gets its own. Until then what was there stays.
pub enum Place {
    /// The file, its other name, and the permissions that it has, if it is there already.
    Beside { path: PathBuf, temporary: PathBuf, permissions: Option<Permissions> },
    /// No file to be replaced, as a pipe, or nothing may be put beside it: it is written as it is.
    Itself { path: PathBuf, file: File },
}

impl Place {
    /// Looks at it before the run: hours must not end with a path that cannot be written.
    pub fn find(path: &Path) -> Result<Place, String> {
        let fault = |why: io::Error| format!("{} cannot be written: {why}", path.display());
        if is_standard(path) {
            let file = open_to_write(path, File::options().write(true)).map_err(fault)?;
            return Ok(Place::Itself { path: path.to_owned(), file });
        }
        // What /dev names may be a file all the same, which somebody else has open.
        let open_already = path.starts_with("/dev");
        // A link stays one: what it points to is replaced.
        let path = real_name(path);
        let there = match open_to_write(&path, File::options().write(true)) {
            Ok(file) => Some(file),
            Err(why) if why.kind() == io::ErrorKind::NotFound => None,
            Err(why) => return Err(fault(why)),
        };
        let about = there.as_ref().map(File::metadata).transpose().map_err(fault)?;
        if let Some(file) = &there
            && about.as_ref().is_some_and(|about| !about.is_file() || open_already)
        {
            return Ok(Place::Itself { file: file.try_clone().map_err(fault)?, path });
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let temporary = path.with_file_name(format!(".{name}.{}", std::process::id()));
        match (File::create(&temporary), there) {
            (Ok(_), _) => {
                // It is needed at the end only.
                let _ = fs::remove_file(&temporary);
                Ok(Place::Beside { path, temporary, permissions: about.map(|about| about.permissions()) })
            }
            (Err(_), Some(file)) => Ok(Place::Itself { path, file }),
            (Err(why), None) => Err(fault(why)),
        }
    }

    /// Writes the results there, as JSON.
    pub fn write_json(self, results: &impl Serialize) -> Result<(), String> {
        self.write(|out| {
            serde_json::to_writer_pretty(&mut *out, results)?;
            out.write_all(b"\n")
        })
    }

    /// Writes a text there.
    pub fn write_text(self, text: &str) -> Result<(), String> {
        self.write(|out| out.write_all(text.as_bytes()))
    }

    fn write(self, contents: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), String> {
        let (path, written) = match self {
            Place::Beside { path, temporary, permissions } => {
                let written =
                    put(contents, &temporary, permissions).and_then(|()| fs::rename(&temporary, &path));
                if written.is_err() {
                    let _ = fs::remove_file(&temporary);
                }
                (path, written)
            }
            Place::Itself { path, file } => {
                if !is_standard(&path) {
                    // Only a file has a length; a pipe is fine as it is.
                    let _ = file.set_len(0);
                }
                (path, pour(contents, file))
            }
        };
        written.map_err(|why| format!("{} cannot be written: {why}", path.display()))
    }
}

fn put(
    contents: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    path: &Path,
    permissions: Option<Permissions>,
) -> io::Result<()> {
    let file = File::create(path)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    pour(contents, file)
}

fn pour(contents: impl FnOnce(&mut dyn Write) -> io::Result<()>, file: File) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    contents(&mut out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        let place = Place::find(&path).unwrap();
        assert!(names(folder.path()).is_empty(), "nothing is there before there are results");
        place.write_json(&[1]).unwrap();
        assert_eq!(names(folder.path()), ["out.json"]);
        let again = Place::find(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[\n  1\n]\n");
        again.write_json(&[2]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[\n  2\n]\n");
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.json");
        std::os::unix::fs::symlink("real.json", &link).unwrap();
        for text in ["a", "b"] {
            Place::find(&link).unwrap().write_json(&text).unwrap();
            let real = fs::read_to_string(folder.path().join("real.json")).unwrap();
            assert_eq!(real, format!("\"{text}\"\n"));
            assert!(link.is_symlink());
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_before() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Place::find(folder.path()).is_err());
        assert!(Place::find(&folder.path().join("no/such.json")).is_err());
        assert!(matches!(Place::find(Path::new("/dev/null")), Ok(Place::Itself { .. })));
    }
}
