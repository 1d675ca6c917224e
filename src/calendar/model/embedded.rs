//! The models that the program brings along, so that it runs from any folder.

/// A model's folder: its name and its files (name, text).
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    pub name: &'static str,
    pub files: &'static [(&'static str, &'static str)],
}

macro_rules! folder {
    ($name:literal: $($file:literal)*) => {
        Embedded {
            name: $name,
            files: &[$((
                $file,
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/models/", $name, "/", $file)),
            )),*],
        }
    };
}

/// All models that the program brings along.
pub const EMBEDDED: &[Embedded] = &[
    folder!("OS_X_10_6": "model.plist" "calendar.xml" "delegates.xml" "home.xml" "principal.xml"),
    folder!("OS_X_10_7": "model.plist" "color.xml" "home.xml" "principal.xml" "search.xml" "timezone.xml"),
    folder!("OS_X_10_11":
        "model.plist" "accept-share.xml" "calendar.xml" "color.xml" "delegates.xml" "find-principal.xml"
        "home.xml" "inbox.xml" "multiget.xml" "order.xml" "principal.xml" "search-properties.xml"
        "search.xml" "share.xml" "sync-home.xml" "sync-notifications.xml" "sync.xml" "time-range.xml"
        "timezone.xml"),
    folder!("iOS_5": "model.plist" "color.xml" "events.xml" "order.xml" "tasks.xml"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_embedded_is_what_lies_in_the_folder() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/models");
        let mut on_disk = BTreeMap::new();
        for folder in std::fs::read_dir(&root).unwrap() {
            let folder = folder.unwrap();
            for file in std::fs::read_dir(folder.path()).unwrap() {
                let file = file.unwrap();
                let name =
                    (folder.file_name().into_string().unwrap(), file.file_name().into_string().unwrap());
                on_disk.insert(name, std::fs::read_to_string(file.path()).unwrap());
            }
        }
        let embedded: BTreeMap<_, _> = EMBEDDED
            .iter()
            .flat_map(|folder| folder.files.iter().map(move |(file, text)| ((folder.name, *file), *text)))
            .map(|((folder, file), text)| ((folder.to_owned(), file.to_owned()), text.to_owned()))
            .collect();
        assert_eq!(embedded, on_disk);
    }
}
