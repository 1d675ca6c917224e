//! A config or a clients plist, from its bytes to a resolved run: there is a run, or there is an error that says why
//! there is none.
use std::path::PathBuf;

use populace::config::{Diagnostics, Kind, Value, read_bytes, render};
use populace::scenario::{Documents, Options, describe, resolve_documents};

/// Stands beside a clients plist.
const CONFIG: &str = "<plist><dict><key>server</key><string>embedded</string>
  <key>accounts</key><dict><key>loader</key><string>generateRecords</string>
  <key>params</key><dict><key>count</key><integer>9</integer></dict></dict></dict></plist>";

/// Stands beside a config without `clients`.
const CLIENTS: &str = "<plist><dict><key>clients</key><array><dict><key>software</key>
  <string>OS_X_10_6</string></dict></array></dict></plist>";

/// An account list of more is made, but takes its time.
const MOST_ACCOUNTS: i64 = 1_000;

pub fn check(data: &[u8]) {
    let diags = Diagnostics::new();
    let Some(value) = read_bytes("fuzz.plist", data, &diags) else { return };
    if takes_long(&value) {
        return;
    }
    let beside = |text: &str| read_bytes("beside.plist", text.as_bytes(), &diags);
    // A file that is read in vain would only cost time: there is no such folder.
    let here = || PathBuf::from("no-such-folder/fuzz.plist");
    let (config, clients) = match (value.get("clients").is_some(), value.get("accounts").is_some()) {
        (true, true) => (Some(value), None),
        (true, false) => (beside(CONFIG), Some(value)),
        (false, _) => (Some(value), beside(CLIENTS)),
    };
    let Some(config) = config else { return };
    let documents = Documents { config, config_path: here(), clients, clients_path: here(), layers: None };
    let options = Options { users: Some(5), seed: Some(1), ..Options::default() };
    match resolve_documents(documents, &options, &diags) {
        Some(scenario) => {
            assert!(!diags.has_errors(), "{}", render(&diags));
            assert!(!describe(&scenario).is_empty());
        }
        None => assert!(diags.has_errors(), "nothing to run and nothing said"),
    }
    render(&diags);
}

/// Whether the accounts are more than are worth waiting for.
fn takes_long(value: &Value) -> bool {
    let params = value.get("accounts").and_then(|accounts| accounts.get("params"));
    let count = params.and_then(|params| params.get("count"));
    count.is_some_and(|count| matches!(count.kind, Kind::Integer(number) if number > MOST_ACCOUNTS))
}
