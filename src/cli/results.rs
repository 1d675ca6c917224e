//! Where the results file goes.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::report::Results;

/// The place of a results file, which could be written when it was looked at.
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
        // A link stays one: what it points to is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let there = match File::options().write(true).open(&path) {
            Ok(file) => Some(file),
            Err(why) if why.kind() == io::ErrorKind::NotFound => None,
            Err(why) => return Err(fault(why)),
        };
        let about = there.as_ref().map(File::metadata).transpose().map_err(fault)?;
        if let Some(file) = &there
            && about.as_ref().is_some_and(|about| !about.is_file())
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

    /// Writes the results there.
    pub fn write(self, results: &Results) -> Result<(), String> {
        let (path, written) = match self {
            Place::Beside { path, temporary, permissions } => {
                let written =
                    put(results, &temporary, permissions).and_then(|()| fs::rename(&temporary, &path));
                if written.is_err() {
                    let _ = fs::remove_file(&temporary);
                }
                (path, written)
            }
            Place::Itself { path, file } => {
                // Only a file has a length; a pipe is fine as it is.
                let _ = file.set_len(0);
                (path, pour(results, file))
            }
        };
        written.map_err(|why| format!("{} cannot be written: {why}", path.display()))
    }
}

fn put(results: &Results, path: &Path, permissions: Option<Permissions>) -> io::Result<()> {
    let file = File::create(path)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    pour(results, file)
}

fn pour(results: &impl serde::Serialize, file: File) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut out, results)?;
    out.write_all(b"\n")?;
    out.flush()
}
