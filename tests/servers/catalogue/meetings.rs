//! The part of the walk about meetings: the first user invites, the other accepts.

use std::time::Duration;

use super::walk::{Walk, propfind, yes};
use super::{answers, ics, xml};
use crate::http::Request;
use crate::process::wait_until;
use crate::running::User;

const UID: &str = "2c190395-d3e2-4e25-ada2-904aac3ad176";

pub fn walk(walk: &mut Walk) {
    free_busy(walk);
    let meeting = format!("{}{UID}.ics", walk.calendar(&walk.user));
    invite(walk, &meeting);
    let invitation = arrived(walk);
    walk.note("invitation in the other's calendar", yes(invitation.is_some()));
    let item = inbox_item(walk, &walk.other.clone());
    walk.note("invitation in the other's inbox", yes(item.is_some()));
    accept(walk, invitation.as_deref());
    delete_item(walk, item.as_deref());

    let accepted = partstat(walk, &meeting);
    walk.note("organizer's copy says", accepted);
    let reply = inbox_item(walk, &walk.user.clone());
    walk.note("reply in the organizer's inbox", yes(reply.is_some()));
    walk.ask("DELETE{event}, of the meeting", Request::new("DELETE", &meeting));
    cancelled(walk, invitation.as_deref());
}

fn free_busy(walk: &mut Walk) {
    let (own, other) = (format!("mailto:{}", walk.user.email), format!("mailto:{}", walk.other.email));
    let body = ics::free_busy("4B6B1AC0-1B1C-4C1D-8E1F-000000000001", &walk.user, &walk.other);
    let Some(outbox) = walk.place.outbox.clone() else {
        walk.note("POST{fb-small}", "-".to_owned());
        walk.note("POST{fb-small} tells of", "-".to_owned());
        return;
    };
    let post = Request::new("POST", &outbox).header("Originator", &own);
    let post = post.header("Recipient", &format!("{own}, {other}")).calendar(&body);
    let answer = walk.ask("POST{fb-small}", post);
    let told = answer.body.matches("BEGIN:VFREEBUSY").count();
    walk.note("POST{fb-small} tells of", told.to_string());
}

fn invite(walk: &mut Walk, meeting: &str) {
    let body = ics::event(UID, "Meeting", &walk.user, &[&walk.other]);
    let answer = walk.ask("PUT{organizer-small}", Request::new("PUT", meeting).calendar(&body));
    walk.note("PUT{organizer-small} tells the ETag", yes(answer.header("ETag").is_some()));
    walk.note("PUT{organizer-small} tells the Schedule-Tag", yes(answer.header("Schedule-Tag").is_some()));

    let etag = walk.server.send_as(&walk.user, Request::new("GET", meeting));
    let etag = etag.header("ETag").unwrap_or_default().to_owned();
    let body = ics::event(UID, "Meeting", &walk.user, &[&walk.other, &walk.third]);
    let put = Request::new("PUT", meeting).header("If-Match", &etag).calendar(&body);
    walk.ask("PUT{organizer-small}, one more attendee", put.clone());
    walk.ask("PUT{organizer-small}, stale ETag", put);
}

/// The path of the invitation in the other's calendar.
fn arrived(walk: &Walk) -> Option<String> {
    let calendar = walk.calendar(&walk.other);
    let mut found = None;
    // A server that schedules does so before it answers, or soon after.
    let limit = Duration::from_secs(if walk.place.inbox.is_some() { 10 } else { 1 });
    wait_until(limit, || {
        found = find(walk, &walk.other, &calendar);
        found.is_some()
    });
    found
}

/// The first item of a collection that has the meeting's UID.
fn find(walk: &Walk, user: &User, collection: &str) -> Option<String> {
    let list = walk.server.send_as(user, propfind(collection, "1", xml::ITEMS));
    let mut paths = answers::members(&list.body, "getetag").into_iter();
    paths.find(|path| walk.server.send_as(user, Request::new("GET", path)).body.contains(UID))
}

fn inbox_item(walk: &Walk, user: &User) -> Option<String> {
    let inbox = walk.place.inbox.as_ref()?.replace(&walk.user.name, &user.name);
    let mut found = None;
    wait_until(Duration::from_secs(3), || {
        found = find(walk, user, &inbox);
        found.is_some()
    });
    found
}

fn accept(walk: &mut Walk, invitation: Option<&str>) {
    let other = walk.other.clone();
    let labels = ["PUT{attendee-small}, stale Schedule-Tag", "PUT{attendee-small}"];
    let Some(invitation) = invitation else {
        walk.note("GET{event}, invitation, tells the Schedule-Tag", "-".to_owned());
        for label in labels {
            walk.note(label, "-".to_owned());
        }
        return;
    };
    let copy = walk.server.send_as(&other, Request::new("GET", invitation));
    let tag = copy.header("Schedule-Tag").map(str::to_owned);
    walk.note("GET{event}, invitation, tells the Schedule-Tag", yes(tag.is_some()));
    let body = ics::accept(&copy.body, &other);
    let [stale, good] = labels;
    let put = |tag: Option<&str>| match tag {
        Some(tag) => Request::new("PUT", invitation).header("If-Schedule-Tag-Match", tag).calendar(&body),
        None => Request::new("PUT", invitation).calendar(&body),
    };
    let refused =
        tag.as_ref().map(|_| walk.server.send_as(&other, put(Some("\"stale\""))).status.to_string());
    walk.note(stale, refused.unwrap_or_else(|| "-".to_owned()));
    let answer = walk.server.send_as(&other, put(tag.as_deref()));
    walk.note(good, answer.status.to_string());
}

fn delete_item(walk: &mut Walk, item: Option<&str>) {
    let delete =
        |path: &str| walk.server.send_as(&walk.other, Request::new("DELETE", path)).status.to_string();
    let answer = item.map_or_else(|| "-".to_owned(), delete);
    walk.note("DELETE{event}, of an inbox item", answer);
}

/// What the organizer's copy says of the other, once it has had time to change.
fn partstat(walk: &Walk, meeting: &str) -> String {
    let mut said = None;
    let limit = Duration::from_secs(if walk.place.inbox.is_some() { 3 } else { 0 });
    wait_until(limit, || {
        let copy = walk.server.send_as(&walk.user, Request::new("GET", meeting));
        said = ics::partstat(&copy.body, &walk.other);
        said.as_deref() == Some("ACCEPTED")
    });
    said.unwrap_or_else(|| "-".to_owned())
}

/// What has become of the other's copy after the organizer deleted the meeting.
fn cancelled(walk: &mut Walk, invitation: Option<&str>) {
    let Some(path) = invitation else { return walk.note("GET{event}, cancelled", "-".to_owned()) };
    let copy = walk.server.send_as(&walk.other, Request::new("GET", path));
    let word = if copy.body.contains("STATUS:CANCELLED") { " CANCELLED" } else { "" };
    walk.note("GET{event}, cancelled", format!("{}{word}", copy.status));
}
