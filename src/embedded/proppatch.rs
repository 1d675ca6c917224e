//! PROPPATCH (RFC 4918 section 9.2): all or nothing.
use super::call::Call;
use super::paths::Target;
use super::properties;
use super::propfind::{exists, tagged};
use super::reply::{self, Refusal, Reply};
use super::store::{CollectionKind, Store};
use crate::dav::{Element, MultistatusWriter, Name, names, path};
use crate::icalendar::Calendar;

/// One change: the value, or `None` to remove.
pub type Change = (Name, Option<Element>);

/// The whole answer; the state changes only if every property could be set.
pub fn proppatch(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let root = call.xml()?;
    if root.name != names::PROPERTYUPDATE {
        return Err(Refusal::status(400));
    }
    if !exists(store, &call.target) {
        return Err(Refusal::status(404));
    }
    let changes = changes(&root);
    let verdicts: Vec<u16> = changes.iter().map(|c| verdict(store, &call.target, c)).collect();
    let good = verdicts.iter().all(|v| *v == 200);
    let mut groups: Vec<(u16, Vec<&Name>)> = Vec::new();
    for ((name, _), verdict) in changes.iter().zip(verdicts) {
        let status = if verdict == 200 && !good { 424 } else { verdict };
        match groups.iter_mut().find(|(s, _)| *s == status) {
            Some((_, names)) => names.push(name),
            None => groups.push((status, vec![name])),
        }
    }
    let mut out = MultistatusWriter::new();
    out.statuses(&call.target.href(store), &groups);
    if good {
        apply(store, &call.target, changes);
        if call.prefers_minimal() {
            return Ok(tagged(reply::empty(200), store, &call.target));
        }
    }
    Ok(tagged(reply::multistatus(out.finish()), store, &call.target))
}

/// The changes inside a D:propertyupdate (or the D:set of a MKCALENDAR), in order.
pub fn changes(root: &Element) -> Vec<Change> {
    let mut changes = Vec::new();
    for part in &root.children {
        let set = part.name == names::SET;
        if !set && part.name != names::REMOVE {
            continue;
        }
        for prop in part.all(&names::PROP).flat_map(|p| &p.children) {
            changes.push((prop.name.clone(), set.then(|| prop.clone())));
        }
    }
    changes
}

/// The status of one change: 200, or why not.
pub fn verdict(store: &Store, target: &Target, (name, value): &Change) -> u16 {
    let kind = match target {
        Target::Collection(place) => place.kind(store),
        Target::Home(_) if properties::find(name).is_none() => return 200,
        _ => return 403,
    };
    let settable = [
        &names::DISPLAYNAME,
        &names::SCHEDULE_CALENDAR_TRANSP,
        &names::DEFAULT_ALARM_VEVENT_DATE,
        &names::DEFAULT_ALARM_VEVENT_DATETIME,
    ];
    if *name == names::SCHEDULE_DEFAULT_CALENDAR_URL && kind == CollectionKind::Inbox {
        let found = value.as_ref().and_then(|value| default_calendar(store, target, value));
        return if found.is_some() { 200 } else { 403 };
    }
    if properties::find(name).is_some() && !settable.contains(&name) {
        return 403;
    }
    match value {
        Some(value) if *name == names::CALENDAR_TIMEZONE => match Calendar::parse(value.text.as_bytes()) {
            Ok(_) => 200,
            Err(_) => 403,
        },
        _ => 200,
    }
}

fn apply(store: &mut Store, target: &Target, changes: Vec<Change>) {
    let changes = changes
        .into_iter()
        .filter_map(|(name, value)| {
            if name == names::SCHEDULE_DEFAULT_CALENDAR_URL
                && let Some(value) = &value
                && let Some((owner, calendar)) = default_calendar(store, target, value)
            {
                store.set_default_calendar(owner, calendar);
                return None;
            }
            Some((name, value))
        })
        .collect();
    match target {
        Target::Home(owner) => store.set_home_properties(owner.id, changes),
        Target::Collection(place) if !place.is_owned(store) => {
            store.set_share_properties(place.home.id, &place.name, changes);
        }
        Target::Collection(place) => store.set_properties(place.collection, changes),
        _ => {}
    }
}

/// The calendar that the value of C:schedule-default-calendar-URL names, if it is one of the user's own.
fn default_calendar(
    store: &Store,
    target: &Target,
    value: &Element,
) -> Option<(super::store::PrincipalId, super::store::CollectionId)> {
    let owner = target.owner()?;
    let href = path::canonical(value.child_text(&names::HREF)?);
    match Target::find(store, &href) {
        Target::Collection(place) if place.home.id == owner && place.is_owned(store) => {
            place.get(store).filter(|c| c.accepts("VEVENT") && c.kind == CollectionKind::Calendar)?;
            Some((owner, place.collection))
        }
        _ => None,
    }
}
