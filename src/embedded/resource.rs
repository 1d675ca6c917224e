//! GET, PUT and DELETE of calendar objects, with their preconditions (RFC 4791 section 5.3.2, RFC 6638
//! section 3.2).
use super::attachment;
use super::call::Call;
use super::digits::http_date;
use super::paths::{Place, Target};
use super::precondition;
use super::reply::{self, CountedAs, Refusal, Reply};
use super::scheduling;
use super::store::{CollectionKind, Object, Resource, Store};
use super::{collection, sharing};
use crate::dav::{XmlWriter, names};
use crate::icalendar::Calendar;
use hyper::header::{ETAG, HeaderName, LAST_MODIFIED, LOCATION};

/// GET and HEAD.
pub fn get(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    call.check_access(store, false)?;
    let Target::Member(place, name) = &call.target else {
        return collection::get(call, store);
    };
    let resource = store.resource(place.collection, name).ok_or(Refusal::status(404))?;
    if precondition::none_match(call, &resource.etag()) {
        return Ok(reply::with(reply::empty(304), ETAG, &resource.etag()));
    }
    Ok(described(reply::body(200, resource.content_type, resource.bytes.clone()), resource, true))
}

/// PUT.
pub fn put(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let Target::Member(place, name) = &call.target else {
        return Err(Refusal::status(405));
    };
    store_object(call, store, place, name)
}

/// POST to `;add-member` (RFC 5995): a PUT whose name the server chooses.
pub fn add_member(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let Target::Member(place, _) = &call.target else {
        return Err(Refusal::status(405));
    };
    let name = format!("{}.ics", attachment::uuid(call.config.seed, "member", store.revision()));
    let reply = store_object(call, store, place, &name)?;
    let location = format!("{}{}{name}", call.base(), place.href(store));
    Ok(reply::with(reply, LOCATION, &location))
}

fn store_object(call: &Call<'_>, store: &mut Store, place: &Place, name: &str) -> Result<Reply, Refusal> {
    let collection = place.get(store).ok_or(Refusal::status(404))?;
    if collection.kind != CollectionKind::Calendar {
        return Err(Refusal::status(403));
    }
    let old = collection.get(name);
    let existed = old.is_some();
    precondition::check(call, old)?;
    let (object, calendar) = read(call)?;
    if !collection.accepts(object.component) {
        return Err(Refusal::condition(&names::SUPPORTED_CALENDAR_COMPONENT));
    }
    let same_uid = store.find_uid(collection.owner, &object.uid);
    if let Some((other, other_name)) = same_uid
        && (other != place.collection || *other_name != *name)
    {
        let home = super::paths::Owner::new(collection.owner);
        let shown = store.home(collection.owner).name_of(other).unwrap_or("").to_owned();
        let conflict = Target::Member(Place { home, name: shown, collection: other }, other_name.to_string());
        return Ok(uid_conflict(&conflict.href(store)));
    }
    let keeps_uid = old.is_none_or(|old| *old.uid == *object.uid);
    if !keeps_uid {
        return Ok(uid_conflict(&call.target.href(store)));
    }
    let counted = counted_as(store, collection.owner, &calendar);
    let stored = scheduling::put(store, call.by, place.collection, name, object, calendar)
        .map_err(Refusal::condition)?;
    let resource = store.resource(place.collection, name).ok_or(Refusal::status(404))?;
    let mut reply = if wants_representation(call) {
        let status = if existed { 200 } else { 201 };
        described(reply::body(status, resource.content_type, resource.bytes.clone()), resource, true)
    } else {
        let show_etag = call.config.put_etag && !stored.changed;
        described(reply::empty(if existed { 204 } else { 201 }), resource, show_etag)
    };
    reply.extensions_mut().insert(CountedAs(counted));
    Ok(reply)
}

/// RFC 8144: the client wants to see what was stored.
fn wants_representation(call: &Call<'_>) -> bool {
    call.header("prefer").is_some_and(|prefer| prefer.to_ascii_lowercase().contains("return=representation"))
}

/// The body as an object that may be stored.
fn read(call: &Call<'_>) -> Result<(Object, Calendar), Refusal> {
    let invalid = Refusal::condition(&names::VALID_CALENDAR_DATA);
    let wrong_object = Refusal::condition(&names::VALID_CALENDAR_OBJECT_RESOURCE);
    let calendar = Calendar::parse(&call.body).map_err(|_| invalid)?;
    if calendar.method().is_some() {
        return Err(wrong_object);
    }
    let mut entries = calendar.entries();
    let first = entries.next().ok_or(invalid)?;
    let component = ["VEVENT", "VTODO", "VJOURNAL", "VAVAILABILITY", "VPOLL"]
        .into_iter()
        .find(|name| first.is(name))
        .ok_or(Refusal::condition(&names::SUPPORTED_CALENDAR_COMPONENT))?;
    let uid = first.value("UID").map(str::trim).filter(|uid| !uid.is_empty()).ok_or(invalid)?.to_owned();
    if entries.any(|e| !e.is(component) || e.value("UID").map(str::trim) != Some(uid.as_str())) {
        return Err(wrong_object);
    }
    if component == "VEVENT" && calendar.entries().any(|e| e.get("DTSTART").is_none()) {
        return Err(invalid);
    }
    drop(entries);
    Ok((Object::calendar(call.body.clone(), &uid, component), calendar))
}

/// CalendarServer counts the PUT of a meeting by the user's part in it (spec 8.2).
fn counted_as(store: &Store, owner: super::store::PrincipalId, calendar: &Calendar) -> &'static str {
    match scheduling::party::role(store, owner, calendar) {
        scheduling::party::Role::Organizer => "PUT Organizer",
        scheduling::party::Role::Attendee => "PUT Attendee",
        scheduling::party::Role::None => "PUT ics",
    }
}

/// 403 with the href of the resource that has the UID (RFC 4791 section 5.3.2.1).
fn uid_conflict(href: &str) -> Reply {
    let mut xml = XmlWriter::document(&names::ERROR);
    xml.open(&names::NO_UID_CONFLICT);
    xml.text(&names::HREF, href);
    xml.close(&names::NO_UID_CONFLICT);
    reply::xml(403, xml.finish(&names::ERROR))
}

/// DELETE of an object, a notification or a calendar.
pub fn delete(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    match &call.target {
        Target::Member(place, name) => {
            call.check_access(store, true)?;
            delete_member(call, store, place, name)
        }
        Target::Collection(place) => {
            // A sharee may always go, also when it may only read.
            call.check_access(store, place.is_owned(store))?;
            delete_calendar(call, store, place)
        }
        Target::Free(..) | Target::Missing => Err(Refusal::status(404)),
        _ => Err(Refusal::status(403)),
    }
}

fn delete_member(call: &Call<'_>, store: &mut Store, place: &Place, name: &str) -> Result<Reply, Refusal> {
    let resource = store.resource(place.collection, name).ok_or(Refusal::status(404))?;
    precondition::check(call, Some(resource))?;
    let silent = call.header("schedule-reply").is_some_and(|v| v.eq_ignore_ascii_case("F"));
    let removed = store.remove(place.collection, name).ok_or(Refusal::status(404))?;
    let owner = place.get(store).map_or(place.home.id, |c| c.owner);
    attachment::forget(store, owner, &removed.uid);
    scheduling::removed(store, call.by, place.collection, &removed, !silent);
    Ok(reply::empty(204))
}

fn delete_calendar(call: &Call<'_>, store: &mut Store, place: &Place) -> Result<Reply, Refusal> {
    let collection = place.get(store).ok_or(Refusal::status(404))?;
    if collection.kind != CollectionKind::Calendar {
        return Err(Refusal::status(403));
    }
    if !place.is_owned(store) {
        sharing::leave(call, store, place);
        return Ok(reply::empty(204));
    }
    let members: Vec<String> = collection.resources().map(|(name, _)| name.to_string()).collect();
    for name in members {
        if let Some(removed) = store.remove(place.collection, &name) {
            scheduling::removed(store, call.by, place.collection, &removed, true);
        }
    }
    store.unbind(place.home.id, &place.name);
    Ok(reply::empty(204))
}

/// Adds Last-Modified, Schedule-Tag and, if it may be shown, ETag.
pub fn described(reply: Reply, resource: &Resource, etag: bool) -> Reply {
    let mut reply = modified(reply, resource);
    if let Some(tag) = resource.schedule_tag() {
        reply = reply::with(reply, HeaderName::from_static("schedule-tag"), &tag);
    }
    if etag {
        reply = reply::with(reply, ETAG, &resource.etag());
    }
    reply
}

/// Adds Last-Modified.
pub fn modified(reply: Reply, resource: &Resource) -> Reply {
    reply::with(reply, LAST_MODIFIED, &http_date(resource.modified))
}
