//! The folder where clients keep what they know: one file a client.
//!
//! A file belongs to one server, user, title and instance, so that two clients never share one, and what was learnt of one
//! server is never believed of another. A keeper deletes nothing but files of the clients it is asked about, which it
//! wrote itself.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::saved::{FORM, Saved};
use crate::calendar::memory::CalendarMemory;
use crate::event::Who;
use crate::hex::hex;

/// The largest file that is read, bytes.
const MAX_BYTES: u64 = 64 << 20;
/// The end of the name of every file that a keeper writes.
const SUFFIX: &str = ".client.json";

/// Keeps what the clients of a population know of one server.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    /// The server's URL.
    server: String,
    /// Whether what earlier runs left is used (`UseOldData`); if not, every client starts cold and leaves its file anew.
    use_old: bool,
    /// Something to tell the person who runs this, once.
    notice: RefCell<Option<String>>,
    told: Cell<bool>,
}

/// Why nothing can be kept.
#[derive(Debug, thiserror::Error)]
#[error("what clients know cannot be kept in {folder}: {why}")]
pub struct KeeperError {
    folder: String,
    why: io::Error,
}

impl Keeper {
    /// A keeper in `folder`, which is made if it is not there, for the server with this URL.
    pub fn new(folder: &Path, server: &str, use_old: bool) -> Result<Keeper, KeeperError> {
        fs::create_dir_all(folder)
            .map_err(|why| KeeperError { folder: folder.display().to_string(), why })?;
        let server = server.trim_end_matches('/').to_owned();
        Ok(Keeper {
            folder: folder.to_owned(),
            server,
            use_old,
            notice: RefCell::default(),
            told: Cell::new(false),
        })
    }

    /// Whether the file of this name is one that a keeper writes.
    pub fn owns(name: &str) -> bool {
        let before = unfinished(Path::new(SUFFIX));
        name.ends_with(SUFFIX) || name.ends_with(&*before.to_string_lossy())
    }

    /// Gives a client what it knew at the end of the last run. What cannot be read is as good as nothing: a cold start,
    /// and one notice.
    pub fn restore(&self, who: &Who, memory: &mut CalendarMemory) {
        let (owner, path) = self.place(who);
        if !self.use_old {
            // A file that is not there is what is wanted.
            let _ = fs::remove_file(&path);
            return;
        }
        match read(&path, &owner) {
            Ok(Some(saved)) => saved.restore(memory),
            Ok(None) => {}
            Err(why) => self.remark(format!("{} is not used, its client starts cold: {why}", path.display())),
        }
    }

    /// Keeps what a client knows. A client that never started knows nothing worth keeping.
    pub fn save(&self, who: &Who, memory: &CalendarMemory) {
        if memory.principal.url.is_none() || !memory.home.visited {
            return;
        }
        let (owner, path) = self.place(who);
        let written = serde_json::to_vec(&Saved::of(&owner, memory))
            .map_err(io::Error::from)
            .and_then(|text| write(&path, &text));
        if let Err(why) = written {
            self.remark(format!("{} cannot be written: {why}", path.display()));
        }
    }

    /// The first remark for the person who runs this, if there is one and it was not taken yet. There may be one for
    /// every client, and all of them say the same.
    pub fn take_notice(&self) -> Option<String> {
        self.notice.take()
    }

    fn remark(&self, text: String) {
        if !self.told.replace(true) {
            *self.notice.borrow_mut() = Some(text);
        }
    }

    /// Whose the file is, and its path.
    fn place(&self, who: &Who) -> (String, PathBuf) {
        let owner = format!("{} {} {} {}", self.server, who.uid, who.title, who.instance);
        let hash = Sha256::digest(owner.as_bytes());
        let hash = hex(&hash[..12]);
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        let name: String = who.uid.chars().take(40).map(safe).collect();
        (owner, self.folder.join(format!("{name}-{hash}{SUFFIX}")))
    }
}

fn read(path: &Path, owner: &str) -> Result<Option<Saved>, String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(why.to_string()),
    };
    let mut text = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut text).map_err(|why| why.to_string())?;
    let saved: Saved =
        serde_json::from_slice(&text).map_err(|why| format!("it is not what this version writes: {why}"))?;
    if saved.form != FORM {
        return Err(format!("it has form {}, this version reads {FORM}", saved.form));
    }
    if saved.owner != owner {
        return Err(format!("it belongs to {}", saved.owner));
    }
    Ok(Some(saved))
}

/// What a file is called before it is whole.
fn unfinished(path: &Path) -> PathBuf {
    path.with_extension("tmp")
}

/// Writes a whole file or none: beside its place first, then moved there.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let beside = unfinished(path);
    let mut file = File::create(&beside)?;
    file.write_all(text)?;
    fs::rename(&beside, path)
}
