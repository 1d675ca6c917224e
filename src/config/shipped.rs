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
    ("config/presets/office-day.plist", include_str!("../../config/presets/office-day.plist")),
    ("config/presets/monday.plist", include_str!("../../config/presets/monday.plist")),
    ("config/presets/reconnect.plist", include_str!("../../config/presets/reconnect.plist")),
    ("config/presets/token-reset.plist", include_str!("../../config/presets/token-reset.plist")),
    ("config/presets/hostile-client.plist", include_str!("../../config/presets/hostile-client.plist")),
    ("config/presets/big-calendars.plist", include_str!("../../config/presets/big-calendars.plist")),
    ("config/presets/delegation.plist", include_str!("../../config/presets/delegation.plist")),
    ("config/presets/invites.plist", include_str!("../../config/presets/invites.plist")),
];

/// A shipped file by its name in the project, as `config/config.plist`: the name to show, and the text.
pub fn shipped(name: &str) -> Option<(String, &'static str)> {
    let (name, text) = FILES.iter().find(|(file, _)| *file == name)?;
    Some((format!("{name}{MARK}"), text))
}

/// The names, without their ends, and the texts of the property lists that are shipped in a folder, as `config/presets`.
pub fn shipped_in(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(file, text)| {
        let name = file.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".plist")?;
        (!name.contains('/')).then_some((name, *text))
    })
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

    /// A preset that was written and is not shipped would be found by nobody.
    #[test]
    fn every_preset_of_the_project_is_shipped() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/presets");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let mut known: Vec<&str> = shipped_in("config/presets").map(|(name, _)| name).collect();
        there.sort();
        known.sort();
        assert_eq!(there, known);
    }
}
