//! The configuration of a server with the address of the one that runs.

use std::path::Path;

use tempfile::TempDir;

use crate::running::Running;

/// The file `config/NAME.plist` with another address of the server, in a folder that goes with it.
pub struct Adapted {
    path: String,
    _folder: TempDir,
}

impl Adapted {
    /// Nothing but the text of `server` is replaced.
    pub fn new(server: &Running, url: &str) -> Adapted {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(format!("{}.plist", server.name));
        let text = std::fs::read_to_string(&file).expect("a configuration of the server");
        let (before, rest) = text.split_once("<key>server</key>").expect("a key `server`");
        let (blank, rest) = rest.split_once("<string>").expect("the address of the server");
        let (_, rest) = rest.split_once("</string>").expect("the end of the address");
        let adapted = format!("{before}<key>server</key>{blank}<string>{url}</string>{rest}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("config.plist");
        std::fs::write(&path, adapted).expect("a file");
        Adapted { path: path.display().to_string(), _folder: folder }
    }

    /// The path of the configuration.
    pub fn path(&self) -> &str {
        &self.path
    }
}
