//! The services of a server beside HTTP: `services` of the config or of a pod.

use std::collections::BTreeMap;

use crate::config::{FromValue, Table};
use crate::transport::{Endpoint, Schemes};

/// A service that can be named.
pub struct Known {
    pub name: &'static str,
    pub schemes: Schemes,
}

const SMTP: Schemes = Schemes { plain: "smtp", ports: [25, 465, 587] };

/// All of them.
pub static KNOWN: [Known; 4] = [
    Known { name: "smtp", schemes: SMTP },
    Known { name: "submission", schemes: SMTP },
    Known { name: "imap", schemes: Schemes { plain: "imap", ports: [143, 993, 143] } },
    Known { name: "pop3", schemes: Schemes { plain: "pop3", ports: [110, 995, 110] } },
];

/// The services of a server by name.
pub type Services = BTreeMap<String, Endpoint>;

/// Decodes the key `services`, if it is there.
pub fn decode(table: &Table<'_>) -> Services {
    let diags = table.diags();
    let Some(services) = table.value("services").and_then(|value| Table::new(value, diags, "services"))
    else {
        return Services::new();
    };
    let mut found = Services::new();
    for known in &KNOWN {
        let Some(value) = services.value(known.name) else { continue };
        let Some(url) = String::from_value(value, diags) else { continue };
        match known.schemes.parse(&url) {
            Ok(endpoint) => drop(found.insert(known.name.to_owned(), endpoint)),
            Err(why) => {
                diags.error(&value.at, why.to_string()).help(format!("write {}", known.schemes.forms()));
            }
        }
    }
    services.finish();
    found
}
