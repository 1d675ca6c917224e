//! How fast the server is: the key `embedded` of a config.
use super::ServeError;
use crate::cli::complain;
use crate::config::{Carried, Diagnostics, MAX_BYTES, Table, Value, read_file, render};
use crate::embedded::service::ServiceModel;
use crate::scenario::service_model;
use std::io::{self, BufRead, Read};
use std::path::Path;

/// The other keys of a config. They are for `run`, `rehearse` and `check`, which look at what they say; here they may
/// stand, and nothing else may.
const OTHERS: [&str; 20] = [
    "server",
    "servers",
    "services",
    "principalPathTemplate",
    "verify",
    "accounts",
    "arrival",
    "run",
    "workers",
    "serverStats",
    "monitors",
    "clientDataSerialization",
    "prepare",
    "observers",
    "thresholds",
    "clients",
    "arrivalInterval",
    "webadmin",
    "workerID",
    "workerCount",
];

/// The service model of a config, if it has one; `-` is the standard input.
pub fn load(path: &Path) -> Result<Option<ServiceModel>, ServeError> {
    let diags = Diagnostics::new();
    let value = if path == Path::new("-") { Some(handed_over()?) } else { read_file(path, &diags) };
    let model = value.as_ref().and_then(|value| decode(value, &diags));
    if diags.has_errors() {
        return Err(ServeError::Shown(render(&diags)));
    }
    complain(&render(&diags));
    Ok(model)
}

fn decode(value: &Value, diags: &Diagnostics) -> Option<ServiceModel> {
    let config = Table::new(value, diags, "the config")?;
    let model = config.value("embedded").and_then(|value| service_model(value, diags));
    for key in OTHERS {
        config.value(key);
    }
    if !config.has("embedded") {
        diags.notice(config.at(), "the config has no `embedded`: every answer is there at once");
    }
    config.finish();
    model
}

/// The config that the next line of standard input holds.
fn handed_over() -> Result<Value, ServeError> {
    let mut line = String::new();
    // JSON writes a character as six at most.
    io::stdin().lock().take(6 * MAX_BYTES).read_line(&mut line).map_err(ServeError::Start)?;
    let carried: Option<Carried> = serde_json::from_str(&line).ok();
    let value = carried.and_then(Carried::value);
    value.ok_or_else(|| ServeError::Plain("nobody has handed over the config".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_bytes;

    fn said(body: &str) -> String {
        let diags = Diagnostics::new();
        let text = format!("<plist><dict>{body}</dict></plist>");
        decode(&read_bytes("config", text.as_bytes(), &diags).unwrap(), &diags);
        render(&diags)
    }

    #[test]
    fn a_misspelt_key_is_an_error_and_none_a_notice() {
        assert_eq!(said("<key>embedded</key><dict/><key>accounts</key><dict/>"), "");
        assert!(said("<key>embeded</key><dict/>").contains("did you mean `embedded`?"));
        assert!(said("<key>acounts</key><dict/>").contains("did you mean `accounts`?"));
        assert!(said("<key>accounts</key><dict/>").contains("notice: the config has no `embedded`"));
    }

    /// What CONFIGURATION.md lists is what may stand in a config.
    #[test]
    fn every_key_of_a_config_is_known() {
        let text = include_str!("../../../CONFIGURATION.md");
        let sections = ["\n## The config\n", "\n### Keys of the ancestors that are read and not used\n"];
        let mut keys = std::collections::BTreeSet::new();
        for section in sections {
            let (_, rest) = text.split_once(section).unwrap();
            let table = rest.split("\n#").next().unwrap();
            for row in table.lines().filter(|row| row.starts_with("| [`") || row.starts_with("| `")) {
                if !row.contains("of a software") {
                    let first = row.split('|').nth(1).unwrap();
                    let names = first.split('(').next().unwrap().split('`').skip(1).step_by(2);
                    keys.extend(names);
                }
            }
        }
        let known: std::collections::BTreeSet<&str> = OTHERS.into_iter().chain(["embedded"]).collect();
        assert_eq!(keys, known);
    }
}
