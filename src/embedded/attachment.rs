//! Managed attachments (RFC 8607): POST to an event adds, changes or removes one; GET reads it.
use super::call::Call;
use super::paths::{Place, Target};
use super::precondition;
use super::reply::{self, Refusal, Reply};
use super::resource::modified;
use super::scheduling;
use super::store::home::Attachment;
use super::store::{Object, PrincipalId, Resource, Store};
use crate::dav::{names, path};
use crate::hex::hex;
use crate::icalendar::{Calendar, Line};
use hyper::header::{CONTENT_DISPOSITION, ETAG, HeaderName, LOCATION};
use md5::{Digest, Md5};

/// What the query asks for.
enum Action {
    Add,
    Update(String),
    Remove(String),
}

/// GET of an attachment.
pub fn get(call: &Call<'_>, store: &Store) -> Result<Reply, Refusal> {
    call.check_access(store, false)?;
    let Target::Attachment(owner, key) = &call.target else {
        return Err(Refusal::status(404));
    };
    let attachment = store.attachment(owner.id, key).ok_or(Refusal::status(404))?;
    let reply = reply::body(200, "application/octet-stream", attachment.bytes.clone());
    let reply = reply::with(reply, ETAG, &format!("\"{}\"", attachment.managed_id));
    let disposition = format!("attachment;filename=\"{}\"", attachment.file_name);
    Ok(reply::with(reply, CONTENT_DISPOSITION, &disposition))
}

/// POST with `?action=attachment-add`, `-update` or `-remove`.
pub fn post(call: &Call<'_>, store: &mut Store) -> Result<Reply, Refusal> {
    call.check_access(store, true)?;
    let action = action(&call.query)?;
    let Target::Member(place, name) = &call.target else {
        return Err(Refusal::status(405));
    };
    let resource = store.resource(place.collection, name).ok_or(Refusal::status(404))?;
    precondition::check(call, Some(resource))?;
    let mut calendar =
        Calendar::parse(&resource.bytes).map_err(|_| Refusal::condition(&names::VALID_CALENDAR_DATA))?;
    let event = Event {
        owner: place.get(store).map_or(place.home.id, |c| c.owner),
        uid: resource.uid.to_string(),
        component: resource.component,
    };
    match action {
        Action::Add => {
            let kept = keep(call, store, &event);
            for entry in calendar.entries_mut() {
                entry.push(kept.line.clone());
            }
            let reply = save(call, store, place, name, &event, &calendar)?;
            Ok(located(reply::with_status(reply, 201), &kept))
        }
        Action::Update(id) => {
            drop_lines(&mut calendar, &id)?;
            let kept = keep(call, store, &event);
            for entry in calendar.entries_mut() {
                entry.push(kept.line.clone());
            }
            forget_one(store, &event, &id);
            let reply = save(call, store, place, name, &event, &calendar)?;
            Ok(located(reply::with_status(reply, 200), &kept))
        }
        Action::Remove(id) => {
            drop_lines(&mut calendar, &id)?;
            forget_one(store, &event, &id);
            let reply = save(call, store, place, name, &event, &calendar)?;
            Ok(reply::with_status(reply, 204))
        }
    }
}

/// The event that has the attachment.
struct Event {
    owner: PrincipalId,
    uid: String,
    component: &'static str,
}

/// An attachment that was stored.
struct Kept {
    managed_id: String,
    location: String,
    line: Line,
}

fn action(query: &str) -> Result<Action, Refusal> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
    };
    let id = || value("managed-id").map(str::to_owned).ok_or(Refusal::condition(&names::VALID_MANAGED_ID));
    match value("action") {
        Some("attachment-add") => Ok(Action::Add),
        Some("attachment-update") => id().map(Action::Update),
        Some("attachment-remove") => id().map(Action::Remove),
        _ => Err(Refusal::status(400)),
    }
}

/// Stores the body as a new attachment of the event.
fn keep(call: &Call<'_>, store: &mut Store, event: &Event) -> Kept {
    let managed_id = uuid(call.config.seed, "attachment", store.revision());
    let file_name = file_name(call.header("content-disposition"));
    let (stem, extension) = file_name.rsplit_once('.').unwrap_or((&file_name, "bin"));
    let file = format!("{stem}-{}.{extension}", &managed_id[..8]);
    let key = format!("{}/{file}", folder(&event.uid));
    let home = store.principal(event.owner).home_path();
    let location = format!("{}{home}dropbox/{}", call.base(), path::canonical(&key));
    let content_type = call.header("content-type").unwrap_or("application/octet-stream").to_owned();
    let mut line = Line::new("ATTACH", &location);
    line.set_param("FILENAME", &file_name);
    line.set_param("FMTTYPE", &content_type);
    line.set_param("MANAGED-ID", &managed_id);
    line.set_param("SIZE", &call.body.len().to_string());
    let attachment =
        Attachment { managed_id: managed_id.clone(), content_type, file_name, bytes: call.body.clone() };
    store.put_attachment(event.owner, key, attachment);
    Kept { managed_id, location, line }
}

/// Stores the changed event; attendees get the change like any other.
fn save(
    call: &Call<'_>,
    store: &mut Store,
    place: &Place,
    name: &str,
    event: &Event,
    calendar: &Calendar,
) -> Result<Reply, Refusal> {
    let object = Object::calendar(calendar.to_bytes(), &event.uid, event.component);
    let calendar = calendar.clone();
    scheduling::put(store, call.by, place.collection, name, object, calendar).map_err(Refusal::condition)?;
    let resource: &Resource = store.resource(place.collection, name).ok_or(Refusal::status(404))?;
    // As CalendarServer: no Schedule-Tag here.
    Ok(modified(reply::with(reply::empty(200), ETAG, &resource.etag()), resource))
}

fn located(reply: Reply, kept: &Kept) -> Reply {
    let reply = reply::with(reply, HeaderName::from_static("cal-managed-id"), &kept.managed_id);
    reply::with(reply, LOCATION, &kept.location)
}

fn drop_lines(calendar: &mut Calendar, id: &str) -> Result<(), Refusal> {
    let mut dropped = 0;
    for entry in calendar.entries_mut() {
        let before = entry.items().len();
        entry.items_mut().retain(|item| match item {
            crate::icalendar::Item::Line(line) => {
                !(line.is("ATTACH") && line.param("MANAGED-ID").is_some_and(|have| have == id))
            }
            crate::icalendar::Item::Component(_) => true,
        });
        dropped += before - entry.items().len();
    }
    if dropped == 0 { Err(Refusal::condition(&names::VALID_MANAGED_ID)) } else { Ok(()) }
}

fn forget_one(store: &mut Store, event: &Event, id: &str) {
    let kept = &store.home(event.owner).attachments;
    let key = kept.iter().find(|(_, a)| a.managed_id == id).map(|(key, _)| key.clone());
    if let Some(key) = key {
        store.remove_attachment(event.owner, &key);
    }
}

/// Drops the attachments of an event that was deleted.
pub fn forget(store: &mut Store, owner: PrincipalId, uid: &str) {
    let folder = folder(uid) + "/";
    let kept = &store.home(owner).attachments;
    let keys: Vec<String> = kept.keys().filter(|key| key.starts_with(&folder)).cloned().collect();
    for key in keys {
        store.remove_attachment(owner, &key);
    }
}

fn folder(uid: &str) -> String {
    as_uuid(&hex(&Md5::digest(uid)))
}

/// A UUID that depends on the seed, a purpose and a number that grows.
pub fn uuid(seed: u64, purpose: &str, number: u64) -> String {
    as_uuid(&hex(&Md5::digest(format!("{seed} {purpose} {number}"))))
}

fn as_uuid(hex: &str) -> String {
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

/// The file name of a Content-Disposition, without what could lead out of its folder.
fn file_name(disposition: Option<&str>) -> String {
    let after = disposition.and_then(|d| d.split_once("filename=")).map_or("", |(_, name)| name);
    let name = match after.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(""),
        None => after.split(';').next().unwrap_or(""),
    };
    let name: String = name.chars().filter(|c| !c.is_control() && !"/\\\"".contains(*c)).collect();
    if name.trim().is_empty() { "attachment.bin".to_owned() } else { name }
}
