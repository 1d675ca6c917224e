//! The files that are in the binary, so that it runs from any folder.

/// What the name of a file that was read from the binary ends with.
const MARK: &str = " (in the binary)";

/// Name and text of every shipped file.
const FILES: &[(&str, &str)] = &[
    ("config/config.plist", include_str!("../../config/config.plist")),
    ("config/calendarserver.plist", include_str!("../../config/calendarserver.plist")),
    ("config/cyrus.plist", include_str!("../../config/cyrus.plist")),
    ("config/davical.plist", include_str!("../../config/davical.plist")),
    ("config/nextcloud.plist", include_str!("../../config/nextcloud.plist")),
    ("config/radicale.plist", include_str!("../../config/radicale.plist")),
    ("config/xandikos.plist", include_str!("../../config/xandikos.plist")),
    ("config/thresholds.json", include_str!("../../config/thresholds.json")),
    ("config/benchmarks.json", include_str!("../../config/benchmarks.json")),
    ("clients/clients.plist", include_str!("../../clients/clients.plist")),
    ("clients/demo.plist", include_str!("../../clients/demo.plist")),
];

/// A shipped file by its name in the project, as `config/config.plist`: the name to show, and the text.
pub fn shipped(name: &str) -> Option<(String, &'static str)> {
    let (name, text) = FILES.iter().find(|(file, _)| *file == name)?;
    Some((format!("{name}{MARK}"), text))
}

/// The file that a shipped file names, which lies beside it in the project; None if `beside` is no shipped file, or
/// names one that is not.
pub fn shipped_beside(path: &str, beside: &str) -> Option<(String, &'static str)> {
    let (folder, _) = beside.strip_suffix(MARK)?.rsplit_once('/')?;
    shipped(&format!("{folder}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_files_find_each_other() {
        let (config, _) = shipped("config/config.plist").unwrap();
        let (name, text) = shipped_beside("thresholds.json", &config).unwrap();
        assert_eq!(name, "config/thresholds.json (in the binary)");
        assert!(text.contains("limits"));
        assert_eq!(shipped_beside("thresholds.json", "config/config.plist"), None);
        assert_eq!(shipped_beside("accounts.csv", &config), None);
    }
}
