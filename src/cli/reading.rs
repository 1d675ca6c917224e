//! Reads the configuration for a command, and says what is wrong with it.

use std::path::Path;

use super::complain;
use crate::config::{At, Diagnostics, Value, read_file, render};
use crate::scenario::{Options, Scenario, resolve};

/// The scenario that the options name. What is wrong, or worth knowing, has been shown.
pub fn read(options: &Options) -> Option<Scenario> {
    let diags = Diagnostics::new();
    let scenario = resolve(options, &diags);
    if diags.has_errors() {
        say_if_swapped(options, &diags);
    }
    complain(&render(&diags));
    scenario
}

/// Of a configuration that is wrong anyway: says so when a file was given with the option of the other one.
fn say_if_swapped(options: &Options, diags: &Diagnostics) {
    if let Some(value) = again(options.clients.as_deref())
        && is_config(&value)
    {
        let name = shown(options.clients.as_deref());
        diags
            .error(&At::named("--clients"), format!("{name} is a config, and no list of clients"))
            .help(format!("give it with --config {name}"));
    }
    if let Some(value) = again(options.config.as_deref())
        && is_clients(&value)
    {
        let name = shown(options.config.as_deref());
        diags
            .error(&At::named("--config"), format!("{name} is a list of clients, and no config"))
            .help(format!("give it with --clients {name}"));
    }
}

/// A file a second time; what is wrong with it has been told. A pipe can be read once only.
fn again(path: Option<&Path>) -> Option<Value> {
    let path = path.filter(|path| path.is_file())?;
    read_file(path, &Diagnostics::new())
}

fn shown(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

/// What every config has, and no list of clients.
fn is_config(value: &Value) -> bool {
    ["accounts", "server", "servers"].iter().any(|key| value.get(key).is_some())
}

fn is_clients(value: &Value) -> bool {
    value.get("clients").is_some() && !is_config(value)
}
