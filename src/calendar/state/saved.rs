//! What the file of one client says.

use serde::{Deserialize, Serialize};

use crate::calendar::memory::{
    Calendar, CalendarMemory, Components, Event, Home, Kind, Principal, Sharing, Sorted,
};
use crate::icalendar::Addresses;

/// The form of the file; another number is not read.
pub const FORM: u32 = 1;

/// All that a client knows at the end of a run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    pub form: u32,
    /// Whose it is: server, user, title and instance (see [`super::Keeper`]).
    pub owner: String,
    principal: SavedPrincipal,
    home: SavedHome,
    calendars: Vec<SavedCalendar>,
    attachments: Vec<String>,
    notes: Vec<(String, String)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPrincipal {
    url: Option<String>,
    homes: Vec<String>,
    inbox: Option<String>,
    outbox: Option<String>,
    notifications: Option<String>,
    collection: Option<String>,
    searchable: bool,
    address: Option<String>,
    addresses: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedHome {
    token: Option<String>,
    pushkey: Option<String>,
    sync: bool,
    sync_works: Option<bool>,
    visited: bool,
    notification_token: Option<String>,
    notification_change: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedCalendar {
    href: String,
    inbox: bool,
    name: String,
    sync: bool,
    token: Option<String>,
    change: Option<String>,
    components: Option<Vec<String>>,
    /// Empty, `by-me` or `with-me`.
    sharing: String,
    invitees: Vec<String>,
    pushkey: Option<String>,
    events: Vec<SavedEvent>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedEvent {
    name: String,
    etag: Option<String>,
    schedule_tag: Option<String>,
    uid: Option<String>,
    body: Option<String>,
}

impl Saved {
    /// What `memory` knows.
    pub fn of(owner: &str, memory: &CalendarMemory) -> Saved {
        let principal = &memory.principal;
        let home = &memory.home;
        Saved {
            form: FORM,
            owner: owner.to_owned(),
            principal: SavedPrincipal {
                url: text(&principal.url),
                homes: principal.homes.iter().map(ToString::to_string).collect(),
                inbox: text(&principal.inbox),
                outbox: text(&principal.outbox),
                notifications: text(&principal.notifications),
                collection: text(&principal.collection),
                searchable: principal.searchable,
                address: text(&principal.address),
                addresses: principal.me.iter().map(str::to_owned).collect(),
            },
            home: SavedHome {
                token: text(&home.token),
                pushkey: text(&home.pushkey),
                sync: home.sync,
                sync_works: home.sync_works,
                visited: home.visited,
                notification_token: text(&home.notification_token),
                notification_change: text(&home.notification_change),
            },
            calendars: memory.calendars().iter().map(SavedCalendar::of).collect(),
            attachments: memory.attachments.iter().map(ToString::to_string).collect(),
            notes: memory.notes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        }
    }

    /// Gives `memory` what was known.
    pub fn restore(self, memory: &mut CalendarMemory) {
        let principal = self.principal;
        memory.principal = Principal {
            url: principal.url.map(Into::into),
            homes: principal.homes.into_iter().map(Into::into).collect(),
            inbox: principal.inbox.map(Into::into),
            outbox: principal.outbox.map(Into::into),
            notifications: principal.notifications.map(Into::into),
            collection: principal.collection.map(Into::into),
            searchable: principal.searchable,
            address: principal.address.map(Into::into),
            me: Addresses::new(principal.addresses),
        };
        let home = self.home;
        memory.home = Home {
            token: home.token.map(Into::into),
            pushkey: home.pushkey.map(Into::into),
            sync: home.sync,
            sync_works: home.sync_works,
            visited: home.visited,
            notification_token: home.notification_token.map(Into::into),
            notification_change: home.notification_change.map(Into::into),
            settled: None,
        };
        memory.calendars.clear();
        for calendar in self.calendars {
            memory.calendars.insert(calendar.restored());
        }
        memory.attachments = self.attachments.into_iter().collect();
        memory.notes = self.notes.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    }
}

impl SavedCalendar {
    fn of(calendar: &Calendar) -> SavedCalendar {
        let sharing = match calendar.sharing {
            Sharing::NotShared => "",
            Sharing::ByMe => "by-me",
            Sharing::WithMe => "with-me",
        };
        SavedCalendar {
            href: calendar.href.to_string(),
            inbox: calendar.kind == Kind::Inbox,
            name: calendar.name.to_string(),
            sync: calendar.sync,
            token: text(&calendar.token),
            change: text(&calendar.change),
            components: calendar.components.map(|set| set.names().into_iter().map(str::to_owned).collect()),
            sharing: sharing.to_owned(),
            invitees: calendar.invitees.iter().map(ToString::to_string).collect(),
            pushkey: text(&calendar.pushkey),
            events: calendar.events().iter().map(SavedEvent::of).collect(),
        }
    }

    fn restored(self) -> Calendar {
        let kind = if self.inbox { Kind::Inbox } else { Kind::Calendar };
        let mut events = Sorted::default();
        for event in self.events {
            events.insert(event.restored());
        }
        Calendar {
            name: self.name.into(),
            sync: self.sync,
            token: self.token.map(Into::into),
            change: self.change.map(Into::into),
            components: self.components.map(Components::of),
            sharing: match self.sharing.as_str() {
                "by-me" => Sharing::ByMe,
                "with-me" => Sharing::WithMe,
                _ => Sharing::NotShared,
            },
            invitees: self.invitees.into_iter().map(Into::into).collect(),
            pushkey: self.pushkey.map(Into::into),
            events,
            ..Calendar::new(&self.href, kind)
        }
    }
}

impl SavedEvent {
    fn of(event: &Event) -> SavedEvent {
        let body = event.body.as_ref().and_then(|body| std::str::from_utf8(body).ok());
        SavedEvent {
            name: event.name.to_string(),
            etag: text(&event.etag),
            schedule_tag: text(&event.schedule_tag),
            uid: text(&event.uid),
            body: body.map(str::to_owned),
        }
    }

    fn restored(self) -> Event {
        Event {
            name: self.name.into(),
            etag: self.etag.map(Into::into),
            schedule_tag: self.schedule_tag.map(Into::into),
            uid: self.uid.map(Into::into),
            body: self.body.map(|body| body.into_bytes().into()),
        }
    }
}

fn text<T: std::ops::Deref<Target = str>>(value: &Option<T>) -> Option<String> {
    value.as_deref().map(str::to_owned)
}
