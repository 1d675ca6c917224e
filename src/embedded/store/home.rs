//! A user's calendar home: its own calendars and those that others share with it.
use super::collection::CollectionId;
use super::principal::PrincipalId;
use crate::dav::Element;
use bytes::Bytes;
use std::collections::BTreeMap;

/// A calendar under a name in a home.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The calendar.
    pub collection: CollectionId,
    /// How it came here.
    pub share: Option<Share>,
    /// The revision at which it was bound.
    pub since: u64,
}

/// A calendar of another user that this one has accepted.
#[derive(Debug, Clone)]
pub struct Share {
    /// Whether the sharee may write.
    pub write: bool,
    /// The uid of the invitation.
    pub invite: String,
    /// The properties that the sharee has set; the first is the name.
    pub properties: Vec<Element>,
}

impl Binding {
    /// A calendar of the home's owner.
    pub fn owned(collection: CollectionId) -> Binding {
        Binding { collection, share: None, since: 0 }
    }

    /// A calendar of somebody else.
    pub fn shared(collection: CollectionId, share: Share) -> Binding {
        Binding { collection, share: Some(share), since: 0 }
    }

    /// Whether the home's owner owns the calendar.
    pub fn is_owned(&self) -> bool {
        self.share.is_none()
    }
}

/// An invitation to share a calendar, kept with the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Its uid.
    pub uid: String,
    /// Whom it is for.
    pub sharee: PrincipalId,
    /// Whether the sharee may write.
    pub write: bool,
    /// The answer.
    pub state: InviteState,
    /// The text with it.
    pub summary: String,
}

/// The answer to an invitation to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteState {
    /// None so far.
    NoResponse,
    /// Yes.
    Accepted,
    /// No.
    Declined,
}

/// A calendar home.
#[derive(Debug)]
pub struct Home {
    /// The scheduling inbox.
    pub inbox: CollectionId,
    /// The notification collection.
    pub notification: CollectionId,
    /// The calendar that takes invitations.
    pub default_calendar: CollectionId,
    /// The revision of the last change of anything in it.
    pub revision: u64,
    /// The properties that clients have set.
    pub properties: Vec<Element>,
    /// Attachments by `DROPBOX/FILE` (media type, file name, body).
    pub attachments: BTreeMap<String, Attachment>,
    bindings: BTreeMap<Box<str>, Binding>,
    unbound: BTreeMap<Box<str>, u64>,
}

/// A managed attachment (RFC 8607).
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The managed id.
    pub managed_id: String,
    /// The media type.
    pub content_type: String,
    /// The name it had at the client.
    pub file_name: String,
    /// The body.
    pub bytes: Bytes,
}

impl Home {
    pub(super) fn new(inbox: CollectionId, notification: CollectionId, default: CollectionId) -> Home {
        Home {
            inbox,
            notification,
            default_calendar: default,
            revision: 0,
            properties: Vec::new(),
            attachments: BTreeMap::new(),
            bindings: BTreeMap::new(),
            unbound: BTreeMap::new(),
        }
    }

    /// The calendars by name.
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &Binding)> {
        self.bindings.iter().map(|(name, binding)| (&**name, binding))
    }

    /// The calendar of that name.
    pub fn binding(&self, name: &str) -> Option<&Binding> {
        self.bindings.get(name)
    }

    pub(super) fn binding_mut(&mut self, name: &str) -> Option<&mut Binding> {
        self.bindings.get_mut(name)
    }

    /// The name a collection has in this home.
    pub fn name_of(&self, collection: CollectionId) -> Option<&str> {
        self.bindings().find(|(_, b)| b.collection == collection).map(|(name, _)| name)
    }

    /// Whether a calendar stands in this home.
    pub fn shows(&self, collection: CollectionId) -> bool {
        self.bindings.values().any(|b| b.collection == collection)
    }

    /// The names taken out of this home after a revision.
    pub fn unbound_since(&self, revision: u64) -> impl Iterator<Item = &str> {
        self.unbound.iter().filter(move |(_, at)| **at > revision).map(|(name, _)| &**name)
    }

    pub(super) fn bind(&mut self, name: &str, binding: Binding, revision: u64) {
        self.unbound.remove(name);
        self.bindings.insert(name.into(), Binding { since: revision, ..binding });
        self.revision = revision;
    }

    pub(super) fn unbind(&mut self, name: &str, revision: u64) {
        if self.bindings.remove(name).is_some() {
            self.unbound.insert(name.into(), revision);
            self.revision = revision;
        }
    }

    pub(super) fn unbind_collection(&mut self, collection: CollectionId, revision: u64) {
        let names: Vec<Box<str>> = self
            .bindings
            .iter()
            .filter(|(_, b)| b.collection == collection)
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            self.unbind(&name, revision);
        }
    }
}
