//! MKCALENDAR (RFC 4791 section 5.3.1) and MKCOL of a calendar (RFC 5689).
use super::call::Call;
use super::paths::{Place, Target};
use super::proppatch::{Change, changes, verdict};
use super::reply::{self, Refusal, Reply};
use super::store::Store;
use crate::dav::names;

/// Makes a calendar with its properties; nothing is made when one cannot be set.
pub fn mkcalendar(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    let (home, name) = match &call.target {
        Target::Free(home, name) => (*home, name.clone()),
        Target::Missing => return Err(Refusal::status(409)),
        Target::Collection(_) => {
            call.check_access(store, true)?;
            return Err(match call.method.as_str() {
                "MKCOL" => Refusal::status(405),
                _ => Refusal::condition(&names::RESOURCE_MUST_BE_NULL),
            });
        }
        _ => return Err(Refusal::condition(&names::CALENDAR_COLLECTION_LOCATION_OK)),
    };
    call.check_access(store, true)?;
    let mut changes = requested(call)?;
    let components = take_components(&mut changes);
    let components: Vec<&str> = match &components {
        Some(components) => components.iter().map(String::as_str).collect(),
        None => vec!["VEVENT"],
    };
    if components.is_empty() || components.iter().any(|c| !["VEVENT", "VTODO", "VJOURNAL"].contains(c)) {
        return Err(Refusal::condition(&names::SUPPORTED_CALENDAR_COMPONENT));
    }
    let collection = store.make_calendar(home.id, &name, &components).ok_or(Refusal::status(405))?;
    let place = Target::Collection(Place { home, name: name.clone(), collection });
    if changes.iter().any(|change| verdict(store, &place, change) != 200) {
        store.unbind(home.id, &name);
        return Err(Refusal::status(403));
    }
    store.set_properties(collection, changes);
    Ok(reply::empty(201))
}

fn requested(call: &Call<'_>) -> Result<Vec<Change>, Refusal> {
    if call.body.is_empty() {
        // A plain MKCOL makes a plain collection, and a home holds calendars only.
        return match call.method.as_str() {
            "MKCOL" => Err(Refusal::status(403)),
            _ => Ok(Vec::new()),
        };
    }
    let root = call.xml().map_err(|_| Refusal::status(400))?;
    let extended = root.name == names::MKCOL;
    if !extended && root.name != names::MKCALENDAR {
        return Err(Refusal::status(415));
    }
    let mut changes = changes(&root);
    let mut is_calendar = !extended;
    changes.retain(|(name, value)| {
        if *name == names::RESOURCETYPE {
            is_calendar = value.as_ref().is_some_and(|v| v.child(&names::CALENDAR).is_some());
        }
        *name != names::RESOURCETYPE
    });
    if !is_calendar {
        return Err(Refusal::condition(&names::CALENDAR_COLLECTION_LOCATION_OK));
    }
    Ok(changes)
}

/// Takes C:supported-calendar-component-set out, which can only be set here.
fn take_components(changes: &mut Vec<Change>) -> Option<Vec<String>> {
    let at = changes.iter().position(|(name, _)| *name == names::SUPPORTED_CALENDAR_COMPONENT_SET)?;
    let (_, value) = changes.remove(at);
    let value = value?;
    let named = value.all(&names::COMP).filter_map(|c| c.attribute("name"));
    Some(named.map(str::to_ascii_uppercase).collect())
}
