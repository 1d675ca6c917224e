//! Files named in a configuration.

use std::path::{Component, Path, PathBuf};

/// Finds a file that a configuration names. A path that does not exist from the working folder is looked
/// for beside the configuration file, first whole, then ever shorter tails of it: for
/// `contrib/performance/loadtest/accounts.csv` in `/a/b/config.plist` these are
/// `/a/b/contrib/performance/loadtest/accounts.csv` to `/a/b/accounts.csv`.
///
/// `beside` is the configuration file. The error lists where the file was looked for.
pub fn find_file(path_text: &str, beside: &Path) -> Result<PathBuf, String> {
    if path_text.trim().is_empty() {
        return Err("the path is empty".to_owned());
    }
    let candidates = candidates(Path::new(path_text), beside);
    if let Some(found) = candidates.iter().find(|candidate| candidate.is_file()) {
        return Ok(found.clone());
    }
    let looked: Vec<String> = candidates.iter().map(|candidate| candidate.display().to_string()).collect();
    Err(format!("there is no file {path_text}; looked for {}", looked.join(", ")))
}

/// The places where a file is looked for, in this order, without repetitions.
fn candidates(path: &Path, beside: &Path) -> Vec<PathBuf> {
    let folder = beside.parent().unwrap_or(Path::new(""));
    let mut all = vec![path.to_path_buf()];
    // `..` and `.` in the middle of a tail would leave the folder, so tails start after them.
    let parts: Vec<&std::ffi::OsStr> = path
        .components()
        .filter_map(|part| if let Component::Normal(name) = part { Some(name) } else { None })
        .collect();
    if path.is_relative() {
        all.push(folder.join(path));
    }
    for skip in 0..parts.len() {
        all.push(folder.join(parts[skip..].iter().collect::<PathBuf>()));
    }
    let mut unique: Vec<PathBuf> = Vec::new();
    for candidate in all {
        if !unique.contains(&candidate) {
            unique.push(candidate);
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_tried_beside_the_configuration() {
        let found = candidates(Path::new("contrib/loadtest/accounts.csv"), Path::new("/a/b/config.plist"));
        let expected = [
            "contrib/loadtest/accounts.csv",
            "/a/b/contrib/loadtest/accounts.csv",
            "/a/b/loadtest/accounts.csv",
            "/a/b/accounts.csv",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
        let up = candidates(Path::new("../accounts.csv"), Path::new("/a/b/config.plist"));
        assert_eq!(up, ["../accounts.csv", "/a/b/../accounts.csv", "/a/b/accounts.csv"].map(PathBuf::from));
    }

    #[test]
    fn a_file_is_found_or_all_places_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.plist");
        std::fs::write(folder.path().join("thresholds.json"), "{}").unwrap();
        let found = find_file("no/such/folder/thresholds.json", &config).unwrap();
        assert_eq!(found, folder.path().join("thresholds.json"));
        let missing = find_file("no/such/accounts.csv", &config).unwrap_err();
        assert!(missing.contains("looked for no/such/accounts.csv, "), "{missing}");
        assert!(find_file(" ", &config).is_err());
    }
}
