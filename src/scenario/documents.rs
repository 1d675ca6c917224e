//! The two property lists, and how they merge (spec 1.2).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::options::Options;
use crate::config::{Diagnostics, Value, file_bytes, read_bytes, shipped};

/// The config that is in the binary: the embedded server with 100 accounts.
const DEFAULT_CONFIG: &str = "config/config.plist";
/// The clients that are in the binary: the ancestor's mix.
const DEFAULT_CLIENTS: &str = "clients/clients.plist";

/// The property lists of a run.
pub struct Documents {
    pub config: Value,
    /// Where the config is, for the files that it names.
    pub config_path: PathBuf,
    /// What `clients` and `arrivalInterval` are taken from, when it is not the config.
    pub clients: Option<Value>,
    pub clients_path: PathBuf,
    /// The same as they were read.
    pub texts: Texts,
}

/// The property lists as they were read: what a process on another machine needs to read them too.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Texts {
    pub config: Text,
    pub clients: Option<Text>,
}

/// One property list as it was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Text {
    /// What it is called in messages.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Text {
    fn value(&self, diags: &Diagnostics) -> Option<Value> {
        read_bytes(&self.name, &self.bytes, diags)
    }
}

impl Documents {
    /// The property lists of these texts, which were read from these paths.
    pub fn of(
        texts: Texts,
        config_path: PathBuf,
        clients_path: PathBuf,
        diags: &Diagnostics,
    ) -> Option<Documents> {
        let config = texts.config.value(diags);
        let clients = match &texts.clients {
            Some(text) => Some(text.value(diags)?),
            None => None,
        };
        Some(Documents { config: config?, config_path, clients, clients_path, texts })
    }
}

/// Reads both. `--clients` wins over `clients` in the config, which wins over the default.
pub fn read(options: &Options, diags: &Diagnostics) -> Option<Documents> {
    let text = read_or(options.config.as_deref(), DEFAULT_CONFIG, diags);
    let config = text.as_ref().and_then(|text| text.value(diags));
    let given = options.clients.as_deref();
    let has_clients = config.as_ref().is_some_and(|config| config.get("clients").is_some());
    let clients_text = match given {
        None if has_clients => None,
        given => Some(read_or(given, DEFAULT_CLIENTS, diags)?),
    };
    let clients = match &clients_text {
        Some(text) => Some(text.value(diags)?),
        None => None,
    };
    let config_path = options.config.clone().unwrap_or_else(|| DEFAULT_CONFIG.into());
    let clients_path = match (&clients, given) {
        (Some(_), Some(path)) => path.to_owned(),
        (Some(_), None) => DEFAULT_CLIENTS.into(),
        (None, _) => config_path.clone(),
    };
    let texts = Texts { config: text?, clients: clients_text };
    Some(Documents { config: config?, config_path, clients, clients_path, texts })
}

/// Reads a file. One that is not there, but is in the binary under the same name, is read from there, so that
/// `clients/demo.plist` can be run from any folder.
fn read_or(path: Option<&Path>, default: &str, diags: &Diagnostics) -> Option<Text> {
    let of_file = |path: &Path| file_bytes(path, diags).map(|(name, bytes)| Text { name, bytes });
    let name = match path {
        Some(path) if path.exists() => return of_file(path),
        Some(path) => path.to_str(),
        None => Some(default),
    };
    match (name.and_then(shipped), path) {
        (Some((name, text)), _) => Some(Text { name, bytes: text.as_bytes().to_vec() }),
        (None, Some(path)) => of_file(path),
        (None, None) => None,
    }
}
