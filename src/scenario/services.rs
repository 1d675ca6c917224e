//! The services of a server beside HTTP: `services` of the config or of a pod.

use std::collections::BTreeMap;

use super::habits::{Habit, Habits};
use super::pods::{Place, Pod};
use super::prepare::Step;
use crate::config::{Diagnostics, FromValue, Kind, Table};
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

/// Reports an error for every service that some clients need and some server lacks. `own_config`: the config is one that was
/// asked for.
pub fn check(config: &Table<'_>, habits: &Habits, place: &Place, own_config: bool) {
    let pods = match place {
        Place::Embedded => {
            return habits.coming().for_each(|entry| nowhere(entry, own_config, config.diags()));
        }
        Place::Servers(pods) => pods,
    };
    // Whoever names services only has no server of HTTP: its place is that of the first service.
    let no_url = config.has("services") && !config.has("server") && !config.has("servers");
    for entry in habits.coming() {
        if no_url && entry.needs_url() {
            let message =
                format!("clients of {} need a `server`, and there are only `services`", entry.title);
            config.error_at_key("services", message).help("add `server`: its URL");
        }
        for name in entry.services() {
            let lacking = |pod: &&Pod| !pod.services.contains_key(name);
            // What is written and cannot be understood is told already: it may well be the one that is missing.
            let Some(pod) = pods.iter().filter(|pod| is_whole(config, pod)).find(lacking) else { continue };
            let whose = format!("the server {} names none", pod.name);
            let message = format!("clients of {} need a service `{name}`, and {whose}", entry.title);
            config.error_at_key("services", message).help(way_out(name, place));
        }
    }
}

/// Whether every service that is written for this server was understood.
fn is_whole(config: &Table<'_>, pod: &Pod) -> bool {
    let of_pod = config.value("servers").and_then(|servers| servers.get(&pod.name)?.get("services"));
    match of_pod.or_else(|| config.value("services")).map(|value| &value.kind) {
        None => true,
        Some(Kind::Dict(pairs)) => pairs.iter().all(|pair| pod.services.contains_key(&pair.key)),
        Some(_) => false,
    }
}

/// Reports that the embedded server has no service of any sort, if this population needs one.
fn nowhere(entry: &Habit, own_config: bool, diags: &Diagnostics) {
    let needed: Vec<String> = entry.services().into_iter().map(|name| format!("`{name}`")).collect();
    if needed.is_empty() {
        return;
    }
    let message = format!(
        "clients of {} need a mail server ({}), and there is only the embedded server, which has none",
        entry.title,
        needed.join(", ")
    );
    let help = match own_config {
        true => "write into the config which `services` yours has; mail cannot be rehearsed",
        false => {
            "give a config that names yours: --config config/mail.plist, with your `services` and `accounts` in it; \
                  mail cannot be rehearsed"
        }
    };
    diags.error(&entry.at, message).help(help);
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
    use crate::config::{read_bytes, render};
    use crate::scenario::{Documents, Options, resolve_documents};

    /// What is said of clients that send mail, with these keys in the config.
    fn said(keys: &str, own_config: bool) -> String {
        let text = format!(
            "<plist><dict>{keys}<key>clients</key><array><dict><key>software</key><string>Mail</string>
             <key>profiles</key><array><dict><key>class</key><string>SMTP</string></dict></array></dict></array>
             <key>accounts</key><dict><key>loader</key><string>generateRecords</string><key>params</key><dict>
               <key>count</key><integer>4</integer></dict></dict>
             <key>arrival</key><dict><key>factory</key><string>Fixed</string><key>params</key><dict>
               <key>count</key><integer>4</integer></dict></dict></dict></plist>"
        );
        let diags = Diagnostics::new();
        let documents = Documents::of_test(&text, &diags);
        let config = own_config.then(|| "c".into());
        resolve_documents(documents, &Options { config, ..Options::default() }, &diags);
        render(&diags)
    }

    #[test]
    fn a_service_that_is_misspelt_is_told_and_not_that_it_is_missing() {
        let services = |inside: &str| said(&format!("<key>services</key><dict>{inside}</dict>"), true);
        let misspelt = services("<key>smpt</key><string>smtp://localhost</string>");
        assert!(misspelt.contains("unknown key `smpt`") && misspelt.contains("`smtp`"), "{misspelt}");
        let bad = services("<key>smtp</key><string>http://localhost</string>");
        for said in [&misspelt, &bad] {
            assert!(!said.contains("names none"), "{said}");
            assert_eq!(said.matches("error").count(), 1, "{said}");
        }
        let lacking = services("<key>imap</key><string>imap://localhost</string>");
        assert!(lacking.contains("need a service `smtp`") && lacking.contains("names none"), "{lacking}");
        let of_pod = "<key>servers</key><dict><key>PodA</key><dict><key>uri</key><string>http://127.0.0.1:1</string>
                      <key>services</key><dict><key>stmp</key><string>smtp://localhost</string></dict></dict></dict>";
        let said = said(of_pod, true);
        assert!(said.contains("unknown key `stmp`") && !said.contains("names none"), "{said}");
    }

    #[test]
    fn mail_without_a_config_is_told_which_to_give() {
        let embedded = "<key>server</key><string>embedded</string>";
        let without = said(embedded, false);
        assert!(without.contains("need a mail server (`smtp`)"), "{without}");
        assert!(without.contains("--config config/mail.plist"), "{without}");
        let with = said(embedded, true);
        assert!(with.contains("which `services` yours has") && !with.contains("--config"), "{with}");
    }

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
