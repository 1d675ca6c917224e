//! The services of a server beside HTTP: `services` of the config or of a pod.

use std::collections::BTreeMap;

use super::habits::Habits;
use super::pods::{Place, Pod};
use super::prepare::Step;
use crate::config::{Diagnostics, FromValue, Table};
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

/// Decodes the key `services`, if it is there. Without a `submission` of its own it is `smtp`.
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
    // Who takes mail of everybody takes that of its own users too.
    if let Some(smtp) = found.get("smtp").cloned() {
        found.entry("submission".to_owned()).or_insert(smtp);
    }
    found
}

/// Reports an error for every service that some clients need and some server lacks.
pub fn check(config: &Table<'_>, habits: &Habits, place: &Place) {
    let coming = habits.entries.iter().filter(|entry| entry.weight.get() > 0.0);
    // Whoever names services only has no server of HTTP: its place is that of the first service.
    let no_url = config.has("services") && !config.has("server") && !config.has("servers");
    for entry in coming {
        if no_url && entry.needs_url() {
            let message =
                format!("clients of {} need a `server`, and there are only `services`", entry.title);
            config.error_at_key("services", message).help("add `server`: its URL");
        }
        for name in entry.services() {
            let lacking = |pod: &&Pod| !pod.services.contains_key(name);
            let whose = match place {
                Place::Embedded => "the embedded server has none".to_owned(),
                Place::Servers(pods) => match pods.iter().find(lacking) {
                    Some(pod) => format!("the server {} names none", pod.name),
                    None => continue,
                },
            };
            let message = format!("clients of {} need a service `{name}`, and {whose}", entry.title);
            config.error_at_key("services", message).help(way_out(name, place));
        }
    }
}

/// Reports an error for every step of `prepare` that some server lacks a service for.
pub fn check_steps(steps: &[Step], place: &Place, diags: &Diagnostics) {
    for step in steps {
        let needs = step.what.needs();
        let lacks = |pod: &&Pod| !needs.iter().any(|name| pod.services.contains_key(*name));
        let whose = match place {
            _ if needs.is_empty() => continue,
            Place::Embedded => "the embedded server has none".to_owned(),
            Place::Servers(pods) => match pods.iter().find(lacks) {
                Some(pod) => format!("the server {} names none", pod.name),
                None => continue,
            },
        };
        let names: Vec<String> = needs.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("this step needs a service {}, and {whose}", names.join(" or "));
        let note = diags.error(&step.at, message);
        if let Some(first) = needs.first() {
            note.help(way_out(first, place));
        }
    }
}

fn way_out(name: &str, place: &Place) -> String {
    let forms = KNOWN.iter().find(|known| known.name == name).map(|known| known.schemes.forms());
    let forms = forms.unwrap_or_default();
    match place {
        Place::Embedded => {
            format!(
                "mail needs a server of your own, and cannot be rehearsed: `{name}` of `services` is {forms}"
            )
        }
        Place::Servers(_) => format!("add `{name}` to `services`: {forms}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostics, read_bytes};

    #[test]
    fn who_submits_mail_does_so_at_smtp_unless_there_is_another_service() {
        let url = |services: &str| {
            let diags = Diagnostics::new();
            let text = format!("<plist><dict><key>services</key><dict>{services}</dict></dict></plist>");
            let value = read_bytes("c", text.as_bytes(), &diags).unwrap();
            let services = decode(&Table::new(&value, &diags, "the config").unwrap());
            services.get("submission").map(ToString::to_string)
        };
        let smtp = "<key>smtp</key><string>smtp://a</string>";
        assert_eq!(url(smtp).as_deref(), Some("smtp://a:25"));
        let own = url(&format!("{smtp}<key>submission</key><string>smtps://b</string>"));
        assert_eq!(own.as_deref(), Some("smtps://b:465"));
        assert_eq!(url("<key>imap</key><string>imap://a</string>"), None);
    }
}
