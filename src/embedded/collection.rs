//! GET of what is no object: a whole calendar as one iCalendar text, free-busy, and a page for the rest.
use super::call::Call;
use super::freebusy;
use super::paths::{Place, Target};
use super::propfind::exists;
use super::reply::{self, Refusal, Reply};
use super::store::{CollectionKind, Store};
use crate::icalendar::{Calendar, Component};
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// GET and HEAD.
pub fn get(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    if !exists(store, &call.target) {
        return Err(Refusal::status(404));
    }
    match &call.target {
        Target::Collection(place) if place.kind(store) == CollectionKind::Calendar => {
            Ok(reply::body(200, "text/calendar;charset=utf-8", whole(store, place)))
        }
        Target::FreeBusy(owner) => {
            let calendars = store.free_busy_calendars(owner.id);
            let (from, to) = (store.now(), store.now() + TimeDelta::weeks(6));
            let body = freebusy::query(store, &calendars, from, to);
            Ok(reply::body(200, "text/calendar;charset=utf-8", body))
        }
        target => {
            let href = target.href(store);
            let page = format!(
                "<html><head><title>{href}</title></head><body><h1>{href}</h1></body></html>",
                href = crate::dav::escape(&href)
            );
            Ok(reply::body(200, "text/html;charset=utf-8", page))
        }
    }
}

/// All objects of a calendar in one VCALENDAR, each zone once.
fn whole(store: &Store, place: &Place) -> Vec<u8> {
    let mut all = Calendar::new(crate::icalendar::compose::PRODID);
    let mut zones = BTreeSet::new();
    let resources = place.get(store).into_iter().flat_map(|c| c.resources());
    for (_, resource) in resources {
        let Ok(calendar) = Calendar::parse(&resource.bytes) else {
            continue;
        };
        for component in calendar.root().components() {
            let zone = component.is("VTIMEZONE").then(|| component.value("TZID").unwrap_or("").to_owned());
            if zone.is_none_or(|zone| zones.insert(zone)) {
                all.root_mut().push_component(Component::clone(component));
            }
        }
    }
    all.to_bytes()
}
