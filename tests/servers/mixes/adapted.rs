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
    /// Nothing but the text of `server` is replaced, and how late and how slow things may be: that tells how busy the
    /// machine of the test is, not how the server works.
    pub fn new(server: &Running, url: &str) -> Adapted {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(format!("{}.plist", server.name));
        let text = std::fs::read_to_string(&file).expect("a configuration of the server");
        let adapted = with_value(&text, "server", "string", url);
        let adapted = with_value(&adapted, "lagCutoff", "real", "20");
        // Any share of the requests may be slower than each of the seven limits.
        let adapted = with_value(&adapted, "default", "array", &"<real>100</real>".repeat(7));
        Adapted::of(&adapted)
    }

    /// The file `config/mail.plist` with other texts: the URLs of its services, and an account for each user of a run,
    /// which makes their number known.
    pub fn mail(texts: &[(&str, &str)]) -> Adapted {
        Adapted::of(&mail_text(texts))
    }

    /// The same with these services only, and with these steps of `prepare`.
    pub fn mail_prepared(services: &[(&str, &str)], steps: &str) -> Adapted {
        let service = |(name, url): &(&str, &str)| format!("<key>{name}</key><string>{url}</string>");
        let services: String = services.iter().map(service).collect();
        let text = with_value(&mail_text(&[]), "services", "dict", &services);
        let prepare = format!("<key>prepare</key><array>{steps}</array><key>observers</key>");
        Adapted::of(&text.replacen("<key>observers</key>", &prepare, 1))
    }

    fn of(adapted: &str) -> Adapted {
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

fn mail_text(texts: &[(&str, &str)]) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/mail.plist");
    let text = std::fs::read_to_string(&file).expect("a configuration of mail");
    let text = text.replace("<key>loader</key>", "<key>use</key><string>own</string><key>loader</key>");
    texts.iter().fold(text, |text, (key, value)| with_value(&text, key, "string", value))
}

/// The text of a property list with another value of its first key `key`, an element `element`.
fn with_value(text: &str, key: &str, element: &str, value: &str) -> String {
    let parts = || {
        let (before, rest) = text.split_once(&format!("<key>{key}</key>"))?;
        let (blank, rest) = rest.split_once(&format!("<{element}>"))?;
        let (_, after) = rest.split_once(&format!("</{element}>"))?;
        Some(format!("{before}<key>{key}</key>{blank}<{element}>{value}</{element}>{after}"))
    };
    parts().unwrap_or_else(|| panic!("the configuration has no {key}"))
}
