//! The client programs as items of a list.

use super::item::{Item, parameters};
use crate::calendar::model::{Change, Discovery, Library, Listing, Model, Search};
use crate::calendar::parameters::PARAMS;
use crate::client::habit::{ENABLED, PACING};
use crate::config::{At, Diagnostics, Seconds, did_you_mean};
use crate::{mail, web};

/// The programs that can be named from the working folder, or the one that `name` means. What is wrong with the files
/// of one goes to `diags`.
pub fn items(name: Option<&str>, diags: &Diagnostics) -> Result<Vec<Item>, String> {
    let library = Library::gather(None);
    let names: Vec<&str> = library.names().collect();
    let wanted = match name {
        None => names,
        Some(name) if is(name, mail::SOFTWARE) => return Ok(vec![mail_software()]),
        Some(name) if is(name, web::SOFTWARE) => return Ok(vec![web_software()]),
        // `SnowLeopard` is known to the library only.
        Some(name) if library.has(name) || name.ends_with("SnowLeopard") => vec![name],
        Some(name) => {
            return Err(did_you_mean(name, names.into_iter().chain([mail::SOFTWARE, web::SOFTWARE])));
        }
    };
    let at = At::named("clients/models");
    let programs =
        wanted.into_iter().filter_map(|name| library.load(name, &at, diags)).map(|model| item(&model));
    let others = [mail_software, web_software].into_iter().filter(|_| name.is_none());
    Ok(programs.chain(others.map(|one| one())).collect())
}

fn is(name: &str, software: &str) -> bool {
    name.rsplit('.').next().is_some_and(|name| name.eq_ignore_ascii_case(software))
}

/// The software of the web.
fn web_software() -> Item {
    Item {
        name: web::SOFTWARE.to_owned(),
        aliases: Vec::new(),
        help: "Visitors of web sites and callers of web services; by itself it does nothing, its profiles do"
            .to_owned(),
        facts: vec![(
            "profiles",
            web::profiles::PROFILES.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", "),
        )],
        params: parameters(web::params::PARAMS),
    }
}

/// The software of mail.
fn mail_software() -> Item {
    Item {
        name: mail::SOFTWARE.to_owned(),
        aliases: Vec::new(),
        help: "Mail by SMTP, POP3 and IMAP; by itself it does nothing, its profiles do".to_owned(),
        facts: vec![(
            "profiles",
            mail::profiles::PROFILES.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", "),
        )],
        // What its profiles have, but for what is of a profile itself.
        params: parameters(mail::params::PARAMS)
            .into_iter()
            .filter(|param| ![ENABLED.name, PACING.name].contains(&param.name))
            .collect(),
    }
}

fn item(model: &Model) -> Item {
    Item {
        name: model.name.to_string(),
        aliases: if &*model.name == "OS_X_10_6" { vec!["SnowLeopard".to_owned()] } else { Vec::new() },
        help: format!("{}; {}, {}", model.title, change(model.change), listing(model.listing)),
        facts: facts(model),
        params: parameters(PARAMS),
    }
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Ctag => "sees changes by the ctags of calendars",
        Change::SyncToken => "sees changes by the sync tokens of calendars",
        Change::SyncHome => "sees changes by a sync-collection on the home",
    }
}

fn listing(listing: Listing) -> &'static str {
    match listing {
        Listing::Propfind => "lists calendars by PROPFIND",
        Listing::SyncCollection => "lists calendars by sync-collection",
        Listing::Queries => "asks calendars for recent events and for tasks",
    }
}

fn facts(model: &Model) -> Vec<(&'static str, String)> {
    let agent = model.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
    let discovery = match model.discovery {
        Discovery::Template => "principalPathTemplate of the config",
        Discovery::WellKnown => "/.well-known/caldav, then principalPathTemplate of the config",
    };
    let search = match model.search {
        Search::None => "nothing",
        Search::PropertySearch => "principal-property-search",
        Search::CalendarServerSearch => "calendarserver-principal-search",
    };
    vec![
        ("user agent", agent.map_or("none", |(_, value)| value).to_owned()),
        ("finds itself by", discovery.to_owned()),
        ("looks people up by", search.to_owned()),
        ("items a multiget", model.multiget.to_string()),
        ("looks every", Seconds(model.poll_interval).to_string()),
    ]
}
