//! MOVE of calendar objects (RFC 4918 section 9.9) between calendars of one owner. COPY is not offered: no
//! two objects of a home may have one UID.
use super::call::Call;
use super::paths::{Place, Target};
use super::precondition;
use super::reply::{self, Refusal, Reply};
use super::store::{CollectionKind, Object, ScheduleTag, Store};
use crate::dav::{names, path};

/// MOVE. Nobody is told: the event stays in its owner's calendars.
pub fn move_object(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let Target::Member(from, name) = &call.target else {
        return Err(Refusal::status(403));
    };
    let resource = store.resource(from.collection, name).ok_or(Refusal::status(404))?;
    precondition::check(call, Some(resource))?;
    let (object, owner) = (copy_of(resource), from.get(store).map(|c| c.owner));
    let (to, new_name) = destination(call, store, object.component)?;
    if to.get(store).map(|c| c.owner) != owner || from.kind(store) != CollectionKind::Calendar {
        return Err(Refusal::status(403));
    }
    if (to.collection, new_name.as_str()) == (from.collection, name.as_str()) {
        return Err(Refusal::status(403));
    }
    let replaced = store.resource(to.collection, &new_name).is_some();
    if replaced && call.header("overwrite").is_some_and(|o| o.eq_ignore_ascii_case("F")) {
        return Err(Refusal::status(412));
    }
    store.remove(from.collection, name);
    if let Some((other, other_name)) = owner.and_then(|owner| store.find_uid(owner, &object.uid)) {
        // Never more than one object with a UID: what is replaced must be the only other one.
        if (other, &*other_name) != (to.collection, new_name.as_str()) {
            store.put(from.collection, name, object);
            return Err(Refusal::condition(&names::NO_UID_CONFLICT));
        }
    }
    store.put(to.collection, &new_name, object);
    Ok(reply::empty(if replaced { 204 } else { 201 }))
}

fn copy_of(resource: &super::store::Resource) -> Object {
    Object {
        bytes: resource.bytes.clone(),
        uid: resource.uid.to_string(),
        component: resource.component,
        content_type: resource.content_type,
        schedule_tag: if resource.schedule_tag().is_some() { ScheduleTag::New } else { ScheduleTag::None },
    }
}

/// The calendar and the name that the Destination header names; the user must be able to write there.
fn destination(call: &Call<'_>, store: &Store, component: &str) -> Result<(Place, String), Refusal> {
    let header = call.header("destination").ok_or(Refusal::status(400))?;
    let Target::Member(place, name) = Target::find(store, &path::canonical(header)) else {
        return Err(Refusal::status(409));
    };
    let share = place.binding(store).and_then(|b| b.share.as_ref());
    if place.home.id != call.by || share.is_some_and(|share| !share.write) {
        return Err(Refusal::condition(&names::NEED_PRIVILEGES));
    }
    let collection = place.get(store).ok_or(Refusal::status(409))?;
    if collection.kind != CollectionKind::Calendar {
        return Err(Refusal::status(403));
    }
    if !collection.accepts(component) {
        return Err(Refusal::condition(&names::SUPPORTED_CALENDAR_COMPONENT));
    }
    Ok((place, name))
}
