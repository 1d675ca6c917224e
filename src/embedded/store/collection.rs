//! Collections and their change logs.
use super::home::Invite;
use super::principal::PrincipalId;
use super::resource::{Object, Resource};
use crate::dav::{Element, Name, names};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::rc::Rc;

/// The most removals a collection remembers, and for how long; a sync token from before the oldest is refused. So a day of
/// coming and going takes no more room than an hour.
const MAX_REMOVED: usize = 10_000;
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

/// The position of a collection in its store; never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CollectionId(u32);

impl CollectionId {
    pub(super) fn new(index: usize) -> CollectionId {
        CollectionId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The position.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a collection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// Events or tasks of the user.
    Calendar,
    /// Incoming scheduling messages (RFC 6638 section 2.2).
    Inbox,
    /// Invitations to share and their replies.
    Notification,
}

/// A collection with its resources.
#[derive(Debug)]
pub struct Collection {
    /// Its id in the store.
    pub id: CollectionId,
    /// Whose it is.
    pub owner: PrincipalId,
    /// What it is for.
    pub kind: CollectionKind,
    /// The components it takes, in capitals.
    pub components: Vec<Box<str>>,
    /// An UUID: D:resource-id and the last part of the calendar's push key.
    pub resource_id: Box<str>,
    /// Time of creation.
    pub created: DateTime<Utc>,
    /// Whom it is shared with.
    pub invites: Vec<Invite>,
    properties: Vec<Element>,
    property_revision: u64,
    revision: u64,
    resources: BTreeMap<Rc<str>, Resource>,
    by_uid: BTreeMap<Box<str>, Rc<str>>,
    /// Every change that is the last one of its name; a removed name is one that is not in `resources`.
    log: BTreeMap<u64, Rc<str>>,
    removed: BTreeMap<Rc<str>, u64>,
    /// When each removal was, oldest first; also of names that are there again.
    removals: VecDeque<(DateTime<Utc>, u64)>,
    /// Tokens below this revision are too old.
    floor: u64,
}

/// What changed since a revision, oldest first.
#[derive(Debug)]
pub enum Change<'a> {
    /// New or changed.
    Changed(&'a Rc<str>, &'a Resource),
    /// Removed.
    Removed(&'a Rc<str>),
}

impl Collection {
    pub(super) fn new(
        id: CollectionId,
        owner: PrincipalId,
        kind: CollectionKind,
        components: &[&str],
        revision: u64,
        now: DateTime<Utc>,
    ) -> Collection {
        Collection {
            id,
            owner,
            kind,
            components: components.iter().map(|c| c.to_ascii_uppercase().into()).collect(),
            resource_id: format!("7d08cb08-194a-5bf2-9a51-{:012x}", id.index()).into(),
            created: now,
            invites: Vec::new(),
            properties: Vec::new(),
            property_revision: revision,
            revision,
            resources: BTreeMap::new(),
            by_uid: BTreeMap::new(),
            log: BTreeMap::new(),
            removed: BTreeMap::new(),
            removals: VecDeque::new(),
            floor: revision,
        }
    }

    /// The revision of the last change of a resource or a property.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) fn set_revision(&mut self, revision: u64) {
        self.revision = revision;
        self.property_revision = revision;
    }

    /// The revision of the last change of a property (or of the creation).
    pub fn property_revision(&self) -> u64 {
        self.property_revision
    }

    /// Whether a component goes into this collection.
    pub fn accepts(&self, component: &str) -> bool {
        self.components.iter().any(|c| **c == *component)
    }

    /// Whether its events do not count for free-busy. A calendar that takes no events never does.
    pub fn is_transparent(&self) -> bool {
        match self.property(&names::SCHEDULE_CALENDAR_TRANSP) {
            Some(transp) => transp.child(&names::TRANSPARENT).is_some(),
            None => !self.accepts("VEVENT"),
        }
    }

    /// The number of resources.
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// Whether there are no resources.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }

    /// The resources by name.
    pub fn resources(&self) -> impl Iterator<Item = (&Rc<str>, &Resource)> {
        self.resources.iter()
    }

    /// One resource.
    pub fn get(&self, name: &str) -> Option<&Resource> {
        self.resources.get(name)
    }

    /// The name of the resource with this UID.
    pub fn name_of_uid(&self, uid: &str) -> Option<&Rc<str>> {
        self.by_uid.get(uid)
    }

    /// The properties that clients have set.
    pub fn properties(&self) -> &[Element] {
        &self.properties
    }

    /// One property that a client has set.
    pub fn property(&self, name: &Name) -> Option<&Element> {
        self.properties.iter().find(|p| p.name == *name)
    }

    /// What changed after `revision`, at most `limit` changes; `None` when that revision is too old or was
    /// never reached. The second value is the revision to go on from, the third whether there is more.
    pub fn changes(&self, revision: u64, limit: usize) -> Option<(Vec<Change<'_>>, u64, bool)> {
        if revision > self.revision || (revision < self.floor && revision != 0) {
            return None;
        }
        let mut changes = Vec::new();
        let mut reached = revision;
        for (at, name) in self.log.range((Bound::Excluded(revision), Bound::Unbounded)) {
            let change = match self.resources.get(name) {
                Some(resource) => Change::Changed(name, resource),
                // Nobody who begins anew needs to hear of what is gone.
                None if revision == 0 => continue,
                None => Change::Removed(name),
            };
            if changes.len() == limit {
                return Some((changes, reached, true));
            }
            changes.push(change);
            reached = *at;
        }
        Some((changes, self.revision, false))
    }

    pub(super) fn put(
        &mut self,
        name: &str,
        object: Object,
        revision: u64,
        now: DateTime<Utc>,
    ) -> Option<&Resource> {
        let key: Rc<str> = match self.resources.get_key_value(name) {
            Some((key, old)) => {
                self.log.remove(&old.revision);
                self.by_uid.remove(&old.uid);
                Rc::clone(key)
            }
            None => name.into(),
        };
        if let Some(at) = self.removed.remove(&key) {
            self.log.remove(&at);
        }
        let resource = Resource::new(object, self.resources.get(name), revision, now);
        if !resource.uid.is_empty() {
            self.by_uid.insert(resource.uid.clone(), Rc::clone(&key));
        }
        self.revision = revision;
        self.log.insert(revision, Rc::clone(&key));
        self.resources.insert(Rc::clone(&key), resource);
        self.resources.get(&key)
    }

    pub(super) fn remove(&mut self, name: &str, revision: u64, now: DateTime<Utc>) -> Option<Resource> {
        let (key, resource) = self.resources.remove_entry(name)?;
        self.log.remove(&resource.revision);
        if self.by_uid.get(&resource.uid).is_some_and(|n| **n == *name) {
            self.by_uid.remove(&resource.uid);
        }
        self.revision = revision;
        self.log.insert(revision, Rc::clone(&key));
        self.removed.insert(key, revision);
        self.removals.push_back((now, revision));
        self.forget_old_removals(now);
        Some(resource)
    }

    fn forget_old_removals(&mut self, now: DateTime<Utc>) {
        while let Some((at, revision)) = self.removals.front().copied() {
            if now - at <= REMEMBERED && self.removals.len() <= MAX_REMOVED {
                return;
            }
            self.removals.pop_front();
            // A name that is there again, or was removed again, has a later revision.
            if let Some(name) = self.log.get(&revision).filter(|name| !self.resources.contains_key(*name)) {
                self.removed.remove(name);
                self.log.remove(&revision);
                self.floor = revision;
            }
        }
    }

    pub(super) fn set_properties(&mut self, changes: Vec<super::PropertyChange>, revision: u64) {
        super::apply(&mut self.properties, changes);
        self.set_revision(revision);
    }
}
