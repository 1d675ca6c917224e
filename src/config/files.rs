//! Files that property lists name and whose bytes are part of the run: they are read once, and go with the lists to other
//! processes, which have no such files.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;

use super::At;
use super::identity::note_read;

/// The most bytes that all files of a run have together (32 MiB): a worker is told of them in one go.
const MOST: usize = 32 << 20;

/// The files of a run.
#[derive(Clone, Debug)]
pub struct Files {
    /// By their paths.
    read: RefCell<BTreeMap<String, Rc<[u8]>>>,
    /// Whether a file that is not there yet may be read.
    may_read: bool,
}

impl Default for Files {
    fn default() -> Files {
        Files { read: RefCell::default(), may_read: true }
    }
}

impl Files {
    /// Those that [`Files::all`] gave in another process, and no others.
    pub fn carried(read: BTreeMap<String, Rc<[u8]>>) -> Files {
        Files { read: read.into(), may_read: false }
    }

    /// All that were read, by their paths.
    pub fn all(&self) -> BTreeMap<String, Rc<[u8]>> {
        self.read.borrow().clone()
    }

    /// The file that is called so in the property list where `at` is: a path from the folder of that list. None: there is no
    /// such file. The error is why it cannot be taken.
    pub fn get(&self, name: &str, at: &At) -> Result<Option<Rc<[u8]>>, String> {
        let folder = Path::new(at.source().name()).parent().unwrap_or(Path::new(""));
        let path = folder.join(name);
        let key = path.display().to_string();
        if let Some(known) = self.read.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        if !self.may_read || name.trim().is_empty() {
            return Ok(None);
        }
        let taken: usize = self.read.borrow().values().map(|bytes| bytes.len()).sum();
        let Some(bytes) = read(&path, MOST - taken).map_err(|why| format!("{key}: {why}"))? else {
            return Ok(None);
        };
        let bytes: Rc<[u8]> = bytes.into();
        self.read.borrow_mut().insert(key, bytes.clone());
        Ok(Some(bytes))
    }
}

/// The whole of a file of at most so many bytes; None: there is none.
fn read(path: &Path, most: usize) -> Result<Option<Vec<u8>>, String> {
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() => {}
        // It may have no end, or wait for somebody who writes.
        Ok(_) => return Err("it is no plain file".to_owned()),
        Err(why) if matches!(why.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(why) => return Err(why.to_string()),
    }
    let file = File::open(path).map_err(|why| why.to_string())?;
    note_read(&file, path);
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|why| why.to_string())?;
    if bytes.len() > most {
        return Err(format!("with it the files of this run have more than {} MiB", MOST >> 20));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_beside_the_list_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        let at = At::named(place("clients.plist").display().to_string());
        std::fs::create_dir(place("bodies")).unwrap();
        std::fs::write(place("bodies/one"), "text").unwrap();
        let files = Files::default();
        assert_eq!(files.get("bodies/none", &at), Ok(None));
        // It is there in the working folder, and means nothing.
        assert_eq!(files.get("Cargo.toml", &at), Ok(None));
        let read = files.get("bodies/one", &at).unwrap().unwrap();
        std::fs::remove_file(place("bodies/one")).unwrap();
        let again = files.get("bodies/one", &at).unwrap().unwrap();
        assert!(Rc::ptr_eq(&read, &again) && &read[..] == b"text");
        assert!(files.get("bodies", &at).unwrap_err().contains("no plain file"));

        let elsewhere = Files::carried(files.all());
        assert_eq!(elsewhere.get("bodies/one", &at), Ok(Some(read)));
        std::fs::write(place("bodies/two"), "text").unwrap();
        assert_eq!(elsewhere.get("bodies/two", &at), Ok(None), "other processes read none");
    }

    #[test]
    fn all_files_together_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let at = At::named(folder.path().join("clients.plist").display().to_string());
        let files = Files::default();
        for name in ["one", "two", "three"] {
            File::create(folder.path().join(name)).unwrap().set_len(MOST as u64 / 2).unwrap();
        }
        assert!(files.get("one", &at).is_ok_and(|file| file.is_some()));
        assert!(files.get("two", &at).is_ok_and(|file| file.is_some()));
        assert!(files.get("three", &at).unwrap_err().contains("more than 32 MiB"));
    }
}
