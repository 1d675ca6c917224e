//! A client program and the choices it makes.

use std::time::Duration;

use super::template::Templates;
use crate::http::ConnectionRule;

/// A client program, as its `model.plist` and its templates describe it.
#[derive(Clone, Debug)]
pub struct Model {
    /// The name of its folder, as `OS_X_10_7`.
    pub name: Box<str>,
    /// The title of its clients, unless the clients plist gives another.
    pub title: Box<str>,
    /// Sent with every request, in this order, the User-Agent among them.
    pub headers: Vec<(String, String)>,
    /// Whether the User-Agent ends with the title and the instance of the client, so that the server's log tells
    /// clients apart.
    pub signed: bool,
    pub discovery: Discovery,
    pub change: Change,
    pub listing: Listing,
    /// The most resources one multiget asks for.
    pub multiget: usize,
    pub start: Start,
    /// Whether the notification collection is synchronised and invitations to calendars are accepted.
    pub notifications: bool,
    pub inbox_probe: InboxProbe,
    pub search: Search,
    pub conditions: Conditions,
    /// Whether an event is read back after every change, or only when the answer had no ETag.
    pub read_back: bool,
    /// The time from one poll to the next, unless the clients plist says otherwise.
    pub poll_interval: Duration,
    pub connections: ConnectionRule,
    pub templates: Templates,
}

/// How the principal is found (spec 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discovery {
    /// `principalPathTemplate` only.
    Template,
    /// `/.well-known/caldav` first (RFC 6764 section 5).
    WellKnown,
}

/// What shows that a calendar has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `CS:getctag` of each calendar in a listing of the home.
    Ctag,
    /// `D:sync-token` of each calendar in a listing of the home.
    SyncToken,
    /// A sync-collection report on the home, once its token is known.
    SyncHome,
}

/// How the items of a calendar are listed (spec 5.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// PROPFIND of depth 1.
    Propfind,
    /// REPORT sync-collection, or PROPFIND if the server has no such report.
    SyncCollection,
    /// Queries for recent events and for tasks; PROPFIND for the inbox.
    Queries,
}

/// What is done once, at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// Whether the searchable properties are asked for.
    pub search_properties: bool,
    /// Properties set on every calendar, each in a request of its own.
    pub proppatches: Vec<super::Body>,
    /// Whether the delegates are asked for.
    pub delegates: bool,
    /// Whether what is on the server already is only listed at the first poll and not downloaded.
    pub skip_existing: bool,
}

/// Whether a listing of the inbox is part of every poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxProbe {
    Never,
    /// Only the first client of each user asks, as at HEAD.
    FirstClient,
    Always,
}

/// How invitees are looked up, before it is asked when they are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Neither is asked.
    None,
    /// REPORT principal-property-search (RFC 3744 section 9.4).
    PropertySearch,
    /// REPORT calendarserver-principal-search.
    CalendarServerSearch,
}

/// What a change depends on, so that it overwrites nothing unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// A new item: If-None-Match `*`.
    pub create: bool,
    /// A changed item: If-Match.
    pub change: bool,
    pub answer: OnAnswer,
}

/// What one's own answer to an invitation depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAnswer {
    None,
    /// If-Match.
    Etag,
    /// If-Schedule-Tag-Match (RFC 6638 section 8.3), or If-Match where the server gives no such tag.
    ScheduleTag,
}
