//! One resource of a calendar: create, change, read, delete (spec 5.7).

use std::rc::Rc;

use super::labels;
use super::send::send;
use crate::calendar::memory::{CalendarMemory, Event};
use crate::calendar::model::OnAnswer;
use crate::client::{Context, Trouble};
use crate::dav::path;
use crate::http::{Answer, Call};
use crate::label::Label;

const CALENDAR_TEXT: &str = "text/calendar";

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is on the server, and the memory has the new state.
    Yes,
    /// The resource had changed on the server (412): read it and try again.
    Stale,
}

/// Creates `<uid>.ics` in a calendar and gives its path. Without an ETag in the answer (the server changed the
/// body, RFC 4791 section 5.3.4) the event is read back. A creation that had to be sent twice may find that it is there.
///
/// `label` is [`labels::PUT_EVENT`], or [`labels::put_organizer`] for an invitation.
pub async fn put_new_event(
    cx: &Context,
    memory: &mut CalendarMemory,
    calendar: &str,
    uid: &str,
    ics: Vec<u8>,
    label: Label,
) -> Result<String, Trouble> {
    let href = format!("{}{}.ics", path::with_slash(calendar), path::encode_segment(uid));
    let body: Rc<[u8]> = ics.into();
    let condition = memory.program.model.conditions.create.then(absent);
    let call = call(label, &href, &[201], condition, body.to_vec()).if_resent(&[204, 412]);
    let answer = send(cx, memory, call).await?;
    memory.keep(&href, Event::named(name_of(&href)));
    store(cx, memory, &href, &answer, body, answer.status == 412).await?;
    Ok(href)
}

/// Creates a resource that nobody remembers. Stale: it was there already, and is as it was.
pub async fn put_if_absent(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    ics: Vec<u8>,
    label: Label,
) -> Result<Stored, Trouble> {
    let call = call(label, href, STORED_OR_STALE, Some(absent()), ics);
    let answer = send(cx, memory, call).await?;
    Ok(if answer.status == 412 { Stored::Stale } else { Stored::Yes })
}

/// Changes an event. If-Match is sent when the ETag is known.
///
/// `label` is [`labels::PUT_UPDATE`], or [`labels::put_organizer`] when attendees were added.
pub async fn put_event(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    ics: Vec<u8>,
    label: Label,
) -> Result<Stored, Trouble> {
    let conditional = memory.program.model.conditions.change;
    let etag = memory.event(href).and_then(|(_, event)| event.etag.clone()).filter(|_| conditional);
    let condition = etag.map(|etag| ("if-match", etag));
    let read_back = memory.program.model.read_back && label != labels::PUT_UPDATE;
    put(cx, memory, href, ics, label, condition, read_back).await
}

/// Stores one's own answer to an invitation, then reads the event back. If-Schedule-Tag-Match is sent when the
/// Schedule-Tag is known (RFC 6638 section 8.3), else If-Match: without a condition the answer would overwrite what
/// the organizer has changed meanwhile.
///
/// `label` is [`labels::put_attendee`].
pub async fn put_attendee(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    ics: Vec<u8>,
    label: Label,
) -> Result<Stored, Trouble> {
    let event = memory.event(href).map(|(_, event)| event);
    let wanted = memory.program.model.conditions.answer;
    let tag = event.and_then(|event| event.schedule_tag.clone()).filter(|_| wanted == OnAnswer::ScheduleTag);
    let etag = event.and_then(|event| event.etag.clone()).filter(|_| wanted != OnAnswer::None);
    let condition = tag.map(|tag| ("if-schedule-tag-match", tag)).or(etag.map(|etag| ("if-match", etag)));
    put(cx, memory, href, ics, label, condition, true).await
}

/// Reads an event into the memory and tells the profiles that it changed. An event that is gone is forgotten.
pub async fn get_event(cx: &Context, memory: &mut CalendarMemory, href: &str) -> Result<(), Trouble> {
    let call = Call::new(labels::GET_EVENT, "GET", href, &[200]);
    let answer = match send(cx, memory, call).await {
        Err(trouble) if matches!(trouble.status(), Some(404 | 410)) => {
            memory.drop_event(href, true);
            return Err(trouble);
        }
        other => other?,
    };
    let mut event = match memory.event(href) {
        Some((_, known)) => known.clone(),
        None => Event::named(name_of(href)),
    };
    event.etag = header(&answer, "etag").or(event.etag);
    event.schedule_tag = header(&answer, "schedule-tag");
    event.set_body(answer.body.as_ref().into());
    if memory.keep(href, event) {
        memory.tell_changed(href);
    }
    Ok(())
}

/// Deletes a resource, and forgets it when the server has done that. One that is gone already is no failure.
pub async fn delete(cx: &Context, memory: &mut CalendarMemory, href: &str) -> Result<(), Trouble> {
    let call = Call::new(labels::DELETE_EVENT, "DELETE", href, &[200, 204, 404, 410]);
    send(cx, memory, call).await?;
    memory.drop_event(href, false);
    Ok(())
}

/// The header of a condition, and its value.
type Condition = (&'static str, Box<str>);

/// That nothing is there yet.
fn absent() -> Condition {
    ("if-none-match", "*".into())
}

/// What may come of a PUT with a condition.
const STORED_OR_STALE: &[u16] = &[200, 201, 204, 412];

/// A PUT of a calendar object.
fn call<'a>(
    label: Label,
    href: &'a str,
    expect: &'a [u16],
    condition: Option<Condition>,
    body: Vec<u8>,
) -> Call<'a> {
    let call = Call::new(label, "PUT", href, expect).body(CALENDAR_TEXT, body);
    match condition {
        Some((name, value)) => call.header(name, value.into_string()),
        None => call,
    }
}

async fn put(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    ics: Vec<u8>,
    label: Label,
    condition: Option<Condition>,
    read_back: bool,
) -> Result<Stored, Trouble> {
    let body: Rc<[u8]> = ics.into();
    // 412 is an answer only to a request with a condition.
    let expect = if condition.is_some() { STORED_OR_STALE } else { &[200, 201, 204] };
    let call = call(label, href, expect, condition, body.to_vec());
    let answer = send(cx, memory, call).await?;
    if answer.status == 412 {
        return Ok(Stored::Stale);
    }
    store(cx, memory, href, &answer, body, read_back).await?;
    Ok(Stored::Yes)
}

/// Takes over what the answer to a PUT says, or reads the event back.
async fn store(
    cx: &Context,
    memory: &mut CalendarMemory,
    href: &str,
    answer: &Answer,
    body: Rc<[u8]>,
    read_back: bool,
) -> Result<(), Trouble> {
    let etag = header(answer, "etag");
    let as_sent = etag.is_some();
    if let Some(event) = memory.event_mut(href) {
        event.etag = etag;
        event.schedule_tag = header(answer, "schedule-tag").or(event.schedule_tag.take());
        event.set_body(body);
    }
    if read_back || !as_sent {
        get_event(cx, memory, href).await?;
    }
    Ok(())
}

/// A header with a tag in it.
fn header(answer: &Answer, name: &str) -> Option<Box<str>> {
    answer.header(name).map(str::trim).filter(|value| !value.is_empty()).map(Box::from)
}

/// The last segment of a path, as it is encoded there.
pub(in crate::calendar) fn name_of(href: &str) -> &str {
    href.rsplit('/').next().unwrap_or(href)
}
