//! Whole files, none larger than it may be.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::identity::note_read;

/// Reads a whole file, unless it is larger than `most` bytes.
pub fn read_whole(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|fault| unopened(path, &fault))?;
    note_read(&file, path);
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file of exactly the limit from a longer one.
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|fault| format!("cannot read the file: {fault}"))?;
    if bytes.len() as u64 > most { Err(too_large(most)) } else { Ok(bytes) }
}

/// The same of a file that is text, in UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String, String> {
    String::from_utf8(read_whole(path, most)?).map_err(|_| "the text is not valid UTF-8".to_owned())
}

/// Why a file cannot be opened; of a path from the working folder also which folder that is.
fn unopened(path: &Path, fault: &io::Error) -> String {
    let here = path.is_relative().then(std::env::current_dir).and_then(Result::ok);
    let from = here.map(|here| format!(" (from {})", here.display())).unwrap_or_default();
    format!("cannot open the file{from}: {fault}")
}

pub(super) fn too_large(most: u64) -> String {
    format!("the file is larger than {} MiB", most / (1024 * 1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_itself_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        std::fs::write(&path, "abc").unwrap();
        assert_eq!(read_text(&path, 3).unwrap(), "abc");
        assert!(read_text(&path, 2).unwrap_err().contains("larger than"));
        std::fs::write(&path, b"\xff").unwrap();
        assert!(read_text(&path, 3).unwrap_err().contains("UTF-8"));
        assert!(read_text(folder.path(), 3).unwrap_err().contains("cannot"));
    }

    #[test]
    fn a_file_that_is_not_there_is_missed_in_a_folder_that_is_named() {
        let here = std::env::current_dir().unwrap();
        let said = read_text(Path::new("no/such/file"), 3).unwrap_err();
        assert!(said.starts_with(&format!("cannot open the file (from {}): ", here.display())), "{said}");
        let said = read_text(Path::new("/no/such/file"), 3).unwrap_err();
        assert!(said.starts_with("cannot open the file: "), "{said}");
    }
}
