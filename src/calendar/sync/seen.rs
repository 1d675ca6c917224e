//! What a listing of the home says of one collection in it.

use crate::calendar::memory::{Calendar, Components, Home, Kind, Sharing};
use crate::calendar::model::{Change, Listing, Model};
use crate::dav::{Name, Response, names, path};

/// A collection as the home shows it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its facts, with no items.
    pub calendar: Calendar,
    /// What changes when its content does; None: the server shows no such thing.
    pub change: Option<Box<str>>,
}

/// The properties of collections, and of the home itself, that are of use: an answer has five times as many.
pub const WANTED: [&Name; 8] = [
    &names::RESOURCETYPE,
    &names::DISPLAYNAME,
    &names::SUPPORTED_CALENDAR_COMPONENT_SET,
    &names::INVITE,
    &names::PUSHKEY,
    &names::SUPPORTED_REPORT_SET,
    &names::SYNC_TOKEN,
    &names::GETCTAG,
];

/// Reads one collection; None if it is neither a calendar nor an inbox.
pub fn read(response: &Response, home: &Home, model: &Model) -> Option<Seen> {
    let kind = if response.has_type(&names::CALENDAR) {
        Kind::Calendar
    } else if response.has_type(&names::SCHEDULE_INBOX) {
        Kind::Inbox
    } else {
        return None;
    };
    let mut calendar = Calendar::new(&response.href, kind);
    if let Some(name) = response.text(&names::DISPLAYNAME).filter(|name| !name.is_empty()) {
        calendar.name = name.into();
    }
    calendar.components = response.components().map(Components::of);
    calendar.sharing = sharing(response);
    calendar.invitees = invitees(response);
    calendar.pushkey = response.text(&names::PUSHKEY).filter(|key| !key.is_empty()).map(Into::into);
    calendar.sync = model.listing == Listing::SyncCollection
        && match response.prop(&names::SUPPORTED_REPORT_SET) {
            Some(_) => response.supports_report(&names::SYNC_COLLECTION),
            None => home.sync,
        };
    Some(Seen { change: change(response, model, calendar.sync), calendar })
}

/// The sync-token where the program goes by it and the server has it, else the ctag, else the other one.
fn change(response: &Response, model: &Model, sync: bool) -> Option<Box<str>> {
    let token = response.text(&names::SYNC_TOKEN).filter(|text| !text.is_empty());
    let ctag = response.text(&names::GETCTAG).filter(|text| !text.is_empty());
    let by_token = model.change != Change::Ctag && sync;
    if by_token { token.or(ctag) } else { ctag.or(token) }.map(Box::from)
}

fn sharing(response: &Response) -> Sharing {
    if response.has_type(&names::SHARED_OWNER) {
        Sharing::ByMe
    } else if response.has_type(&names::SHARED) {
        Sharing::WithMe
    } else {
        Sharing::NotShared
    }
}

fn invitees(response: &Response) -> Box<[Box<str>]> {
    let Some(invite) = response.prop(&names::INVITE) else { return Box::default() };
    let users = invite.all(&names::USER);
    users.filter_map(|user| user.child_text(&names::HREF)).map(Box::from).collect()
}

/// Takes over what the home says of a collection, keeping its items and how far they are known. When the way its items
/// are listed has changed, its token means nothing any more.
pub fn merge(known: &mut Calendar, seen: Calendar) {
    if known.sync != seen.sync {
        known.token = None;
        known.change = None;
    }
    *known = Calendar {
        token: known.token.take(),
        change: known.change.take(),
        events: std::mem::take(&mut known.events),
        ..seen
    };
}

/// Whether a path is a child of `folder` (with a slash at its end), and not the folder itself or deeper.
pub fn is_child(folder: &str, href: &str) -> bool {
    href.strip_prefix(folder)
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
}

/// Whether two paths are one but for a slash at the end.
pub fn is_same(one: &str, other: &str) -> bool {
    path::with_slash(one) == path::with_slash(other)
}
