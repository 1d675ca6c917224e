//! The client programs as items of a list.

use super::item::{Item, parameters};
use crate::calendar::model::{Change, Discovery, Library, Listing, Model, Search};
use crate::calendar::parameters::PARAMS;
use crate::client::habit::{ENABLED, PACING};
use crate::config::{At, Diagnostics, Entry, Seconds, did_you_mean, is_named};
use crate::scenario::{DOMAINS, Domain};

/// The programs that can be named from the working folder, or the one that `name` means. What is wrong with the files
/// of one goes to `diags`.
pub fn items(name: Option<&str>, diags: &Diagnostics) -> Result<Vec<Item>, String> {
    let library = Library::gather(None);
    let names: Vec<&str> = library.names().collect();
    let others =
        || DOMAINS.iter().flat_map(|domain| domain.software.iter().map(move |entry| (domain, entry)));
    let wanted = match name {
        None => names,
        // `SnowLeopard` is known to the library only.
        Some(name) => match others().find(|(_, entry)| is_named(name, entry.name)) {
            Some((domain, entry)) => return Ok(vec![software(domain, entry)]),
            None if library.has(name) || name.ends_with("SnowLeopard") => vec![name],
            None => {
                let known = names.into_iter().chain(others().map(|(_, entry)| entry.name));
                return Err(did_you_mean(name, known));
            }
        },
    };
    let at = At::named("clients/models");
    let programs =
        wanted.into_iter().filter_map(|name| library.load(name, &at, diags)).map(|model| item(&model));
    let others = others().filter(|_| name.is_none()).map(|(domain, entry)| software(domain, entry));
    Ok(programs.chain(others).collect())
}

/// The software of a domain that lies in no folder. What its profiles have is what it has, but for what is of a profile itself.
fn software<B>(domain: &Domain, entry: &Entry<B>) -> Item {
    let profiles: Vec<&str> = (domain.profiles)().iter().map(|entry| entry.name).collect();
    let mut item = Item::of(entry);
    item.facts.push(("profiles", profiles.join(", ")));
    item.params.retain(|param| ![ENABLED.name, PACING.name].contains(&param.name));
    item
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
