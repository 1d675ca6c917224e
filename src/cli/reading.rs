//! Reads the configuration for a command, and says what is wrong with it.

use std::path::Path;

use super::complain;
use crate::config::{At, Diagnostics, Value, read_file, render};
use crate::scenario::{Options, Scenario, resolve};

/// The scenario that the options name. What is wrong, or worth knowing, has been shown.
pub fn read(options: &Options) -> Option<Scenario> {
    read_for(options, false)
}

/// The same for whoever may not want to know more than why there is none.
pub fn read_for(options: &Options, quiet: bool) -> Option<Scenario> {
    let diags = Diagnostics::new();
    let scenario = resolve(options, &diags);
    if diags.has_errors() {
        let swapped = Diagnostics::new();
        find_swapped(options, &swapped);
        if swapped.has_errors() {
            // All else that is wrong follows from it.
            complain(&render(&swapped));
            return None;
        }
    }
    if !quiet || diags.has_errors() {
        complain(&render(&diags));
    }
    scenario
}

/// Of a configuration that is wrong anyway: whether a file was given with the option of the other one.
fn find_swapped(options: &Options, diags: &Diagnostics) {
    if let Some((name, value)) = again(options.clients.as_deref())
        && is_config(&value)
    {
        diags
            .error(&At::named("--clients"), format!("{name} is a config, and no list of clients"))
            .help(format!("give it with --config {name}"));
    }
    if let Some((name, value)) = again(options.config.as_deref())
        && is_clients(&value)
    {
        diags
            .error(&At::named("--config"), format!("{name} is a list of clients, and no config"))
            .help(format!("give it with --clients {name}"));
    }
}

/// A file a second time; what is wrong with it has been told. A pipe can be read once only.
fn again(path: Option<&Path>) -> Option<(String, Value)> {
    let path = path.filter(|path| path.is_file())?;
    Some((path.display().to_string(), read_file(path, &Diagnostics::new())?))
}

/// A config has accounts, and may have clients as well.
fn is_config(value: &Value) -> bool {
    let has = |key| value.get(key).is_some();
    has("accounts") || !has("clients") && (has("server") || has("servers"))
}

fn is_clients(value: &Value) -> bool {
    ["accounts", "server", "servers"].iter().all(|key| value.get(key).is_none())
        && value.get("clients").is_some()
}
