//! The two property lists, and how they merge (spec 1.2).

use std::path::{Path, PathBuf};

use super::options::Options;
use super::preset;
use crate::config::{Diagnostics, Value, read_bytes, read_file, shipped};

/// The config that is in the binary: the embedded server with 100 accounts.
const DEFAULT_CONFIG: &str = "config/config.plist";
/// The clients that are in the binary: the ancestor's mix.
const DEFAULT_CLIENTS: &str = "clients/clients.plist";

/// The property lists of a run.
pub struct Documents {
    /// The config, with what the preset lays over it.
    pub config: Value,
    /// Where the config is, for the files that it names.
    pub config_path: PathBuf,
    /// What `clients` and `arrivalInterval` are taken from, when it is not the config.
    pub clients: Option<Value>,
    pub clients_path: PathBuf,
    /// The config without the preset, and the preset.
    pub layers: Option<(Value, Value)>,
}

impl Documents {
    /// The config as errors name it: its path, or that it is in the binary; then the preset's.
    pub fn config_name(&self) -> String {
        let name = self.config.at.source().name();
        match &self.layers {
            Some((_, preset)) => format!("{name} with the preset {}", preset::title(preset)),
            None => name.to_owned(),
        }
    }

    /// The same of what `clients` is taken from.
    pub fn clients_name(&self) -> &str {
        let within = || self.config.get("clients").unwrap_or(&self.config);
        self.clients.as_ref().unwrap_or_else(within).at.source().name()
    }

    /// The config as it was written.
    pub fn own_config(&self) -> &Value {
        self.layers.as_ref().map_or(&self.config, |(config, _)| config)
    }

    /// Lays a preset over the config.
    pub fn with_preset(self, preset: Option<Value>, diags: &Diagnostics) -> Option<Documents> {
        let Some(preset) = preset else { return Some(self) };
        let config = preset::laid_over(&self.config, &preset, diags)?;
        let clients = self.clients.map(|clients| preset::without_arrival(clients, &preset));
        Some(Documents { config, clients, layers: Some((self.config, preset)), ..self })
    }
}

#[cfg(test)]
impl Documents {
    /// Those of a test: one text, without a file, that has everything in it.
    pub fn of_test(text: &str, diags: &Diagnostics) -> Documents {
        let config = read_bytes("c", text.as_bytes(), diags).unwrap();
        let path = PathBuf::from("c");
        Documents { config, config_path: path.clone(), clients: None, clients_path: path, layers: None }
    }
}

/// Reads all. `--clients` wins over `clients` in the preset, which wins over that in the config, which wins over the
/// default.
pub fn read(options: &Options, diags: &Diagnostics) -> Option<Documents> {
    let config = read_or(options.config.as_deref(), DEFAULT_CONFIG, diags);
    let preset = match &options.preset {
        Some(name) => Some(preset::read(name, diags)?),
        None => None,
    };
    let given = options.clients.as_deref();
    let has_clients = [&config, &preset].into_iter().flatten().any(|value| value.get("clients").is_some());
    let clients = match given {
        None if has_clients => None,
        given => Some(read_or(given, DEFAULT_CLIENTS, diags)?),
    };
    let config_path = options.config.clone().unwrap_or_else(|| DEFAULT_CONFIG.into());
    let clients_path = match (&clients, given) {
        (Some(_), Some(path)) => path.to_owned(),
        (Some(_), None) => DEFAULT_CLIENTS.into(),
        (None, _) => config_path.clone(),
    };
    let config = config?;
    if let Some(preset) = &preset {
        preset::tell(options, &config, clients.as_ref(), preset, diags);
    }
    Documents { config, config_path, clients, clients_path, layers: None }.with_preset(preset, diags)
}

/// Reads a file. One that is not there, but is in the binary under the same name, is read from there, so that
/// `clients/demo.plist` can be run from any folder.
fn read_or(path: Option<&Path>, default: &str, diags: &Diagnostics) -> Option<Value> {
    let name = match path {
        Some(path) if path.exists() => return read_file(path, diags),
        Some(path) => path.to_str(),
        None => Some(default),
    };
    match (name.and_then(shipped), path) {
        (Some((name, text)), _) => read_bytes(&name, text.as_bytes(), diags),
        (None, Some(path)) => read_file(path, diags),
        (None, None) => None,
    }
}
