//! The server's state. Everything that changes a resource goes through [`Store::put`] and
//! [`Store::remove`], which keep etags, sync tokens, the UID index and the list of push keys to notify.
//!
//! Scheduling and free-busy use this module like so: find a recipient with
//! [`Store::principal_by_address`]; its copy of an event with [`Store::find_uid`]; where a new one goes with
//! [`Store::default_calendar`] and [`Store::inbox`]; write with [`Store::put`], remove with
//! [`Store::remove`]; the calendars that count for free-busy are [`Store::free_busy_calendars`].
//! The time of the request being served is [`Store::now`].
//!
//! # Layout
//!
//! | file | what it is |
//! |---|---|
//! | [`principal`] | users and their addresses |
//! | [`collection`] | calendars, inboxes, notification collections and their change logs |
//! | [`resource`] | one object: bytes, etag, schedule tag |
//! | `share` | calendars in the homes of others; attachments |
//! | [`home`] | what stands in a user's calendar home, also what others share with it |
pub mod collection;
pub mod home;
pub mod principal;
pub mod resource;
mod share;

use crate::dav::{Element, Name};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub use collection::{Collection, CollectionId, CollectionKind};
pub use home::{Binding, Home};
pub use principal::{Principal, PrincipalId, User};
pub use resource::{Object, Resource, ScheduleTag};

/// A property to be set (`Some`) or removed (`None`).
pub type PropertyChange = (Name, Option<Element>);

/// Carries out changes of properties.
fn apply(properties: &mut Vec<Element>, changes: Vec<PropertyChange>) {
    for (name, value) in changes {
        properties.retain(|p| p.name != name);
        properties.extend(value);
    }
}

/// The whole state of the server.
#[derive(Debug)]
pub struct Store {
    principals: Vec<Principal>,
    by_uid: BTreeMap<Box<str>, PrincipalId>,
    by_guid: BTreeMap<Box<str>, PrincipalId>,
    by_email: BTreeMap<Box<str>, PrincipalId>,
    homes: Vec<Home>,
    collections: Vec<Option<Collection>>,
    /// The last revision given out; every change takes the next one.
    revision: u64,
    now: DateTime<Utc>,
    /// The host in push keys.
    push_host: Box<str>,
    changed_keys: BTreeSet<String>,
}

impl Store {
    /// A store with a home for each user: `calendar` (events), `tasks`, `inbox`, `notification`. Users whose
    /// uid, guid or e-mail was already taken by an earlier one are still made; the earlier one is found.
    pub fn new(users: Vec<User>, push_host: &str, now: DateTime<Utc>) -> Store {
        let mut store = Store {
            principals: Vec::with_capacity(users.len()),
            by_uid: BTreeMap::new(),
            by_guid: BTreeMap::new(),
            by_email: BTreeMap::new(),
            homes: Vec::with_capacity(users.len()),
            collections: Vec::with_capacity(users.len() * 4),
            revision: 0,
            now,
            push_host: push_host.into(),
            changed_keys: BTreeSet::new(),
        };
        for user in users {
            store.add_user(user);
        }
        store.changed_keys.clear();
        store
    }

    fn add_user(&mut self, user: User) {
        let id = PrincipalId::new(self.principals.len());
        let principal = Principal::from(user);
        self.by_uid.entry(principal.uid.clone()).or_insert(id);
        let guid = principal.guid.to_ascii_lowercase().into();
        self.by_guid.entry(guid).or_insert(id);
        if !principal.email.is_empty() {
            let email = principal.email.to_ascii_lowercase().into();
            self.by_email.entry(email).or_insert(id);
        }
        self.principals.push(principal);
        let calendar = self.new_collection(id, CollectionKind::Calendar, &["VEVENT"]);
        let tasks = self.new_collection(id, CollectionKind::Calendar, &["VTODO"]);
        let inbox = self.new_collection(id, CollectionKind::Inbox, &["VEVENT", "VTODO"]);
        let notification = self.new_collection(id, CollectionKind::Notification, &[]);
        let mut home = Home::new(inbox, notification, calendar);
        home.bind("calendar", Binding::owned(calendar), self.revision);
        home.bind("tasks", Binding::owned(tasks), self.revision);
        self.homes.push(home);
    }

    fn new_collection(
        &mut self,
        owner: PrincipalId,
        kind: CollectionKind,
        components: &[&str],
    ) -> CollectionId {
        let revision = self.next_revision();
        let id = CollectionId::new(self.collections.len());
        let collection = Collection::new(id, owner, kind, components, revision, self.now);
        self.collections.push(Some(collection));
        id
    }

    fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// The last revision given out.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The time of the request being served.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Sets the time of the request being served.
    pub fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = now;
    }

    /// The number of principals; their ids are `0..count`.
    pub fn principals(&self) -> impl Iterator<Item = (PrincipalId, &Principal)> {
        self.principals.iter().enumerate().map(|(i, p)| (PrincipalId::new(i), p))
    }

    /// A principal. Ids come from this store, so there is always one.
    pub fn principal(&self, id: PrincipalId) -> &Principal {
        &self.principals[id.index()]
    }

    /// The principal with this login name.
    pub fn principal_by_uid(&self, uid: &str) -> Option<PrincipalId> {
        self.by_uid.get(uid).copied()
    }

    /// The principal with this GUID, in capitals or not.
    pub fn principal_by_guid(&self, guid: &str) -> Option<PrincipalId> {
        match guid.bytes().any(|byte| byte.is_ascii_uppercase()) {
            false => self.by_guid.get(guid).copied(),
            true => self.by_guid.get(guid.to_ascii_lowercase().as_str()).copied(),
        }
    }

    /// The principal with this calendar user address: `mailto:`, `urn:uuid:`, `urn:x-uid:`, or the path (or
    /// URL) of its principal resource. Schemes and e-mail addresses are compared without regard to case.
    pub fn principal_by_address(&self, address: &str) -> Option<PrincipalId> {
        let address = address.trim();
        let lower = address.to_ascii_lowercase();
        if let Some(email) = lower.strip_prefix("mailto:") {
            return self.by_email.get(email).copied();
        }
        if let Some(guid) = lower.strip_prefix("urn:uuid:").or(lower.strip_prefix("urn:x-uid:")) {
            return self.by_guid.get(guid).copied();
        }
        let path = crate::dav::path::canonical(address);
        let path = path.trim_end_matches('/');
        if let Some(guid) = path.strip_prefix("/principals/__uids__/") {
            return self.principal_by_guid(guid);
        }
        self.principal_by_uid(path.strip_prefix("/principals/users/")?)
    }

    /// A user's calendar home.
    pub fn home(&self, id: PrincipalId) -> &Home {
        &self.homes[id.index()]
    }

    /// A user's scheduling inbox.
    pub fn inbox(&self, id: PrincipalId) -> CollectionId {
        self.home(id).inbox
    }

    /// A user's notification collection.
    pub fn notifications(&self, id: PrincipalId) -> CollectionId {
        self.home(id).notification
    }

    /// The calendar that takes invitations: the home's default calendar, or the first one that takes events
    /// when that one was deleted.
    pub fn default_calendar(&self, id: PrincipalId) -> Option<CollectionId> {
        let home = self.home(id);
        if self.collection(home.default_calendar).is_some() {
            return Some(home.default_calendar);
        }
        let mut owned = home.bindings().filter(|(_, b)| b.is_owned()).map(|(_, b)| b.collection);
        owned.find(|c| self.collection(*c).is_some_and(|c| c.accepts("VEVENT")))
    }

    /// A collection; `None` after it was deleted.
    pub fn collection(&self, id: CollectionId) -> Option<&Collection> {
        self.collections.get(id.index())?.as_ref()
    }

    fn collection_mut(&mut self, id: CollectionId) -> Option<&mut Collection> {
        self.collections.get_mut(id.index())?.as_mut()
    }

    /// One resource.
    pub fn resource(&self, collection: CollectionId, name: &str) -> Option<&Resource> {
        self.collection(collection)?.get(name)
    }

    /// The copy of the event or task with this UID in one of the user's own calendars (not its inbox).
    pub fn find_uid(&self, owner: PrincipalId, uid: &str) -> Option<(CollectionId, Rc<str>)> {
        let home = self.home(owner);
        home.bindings().filter(|(_, b)| b.is_owned()).find_map(|(_, b)| {
            let name = self.collection(b.collection)?.name_of_uid(uid)?;
            Some((b.collection, Rc::clone(name)))
        })
    }

    /// The user's own calendars that count for free-busy: those that take events and are not transparent
    /// (C:schedule-calendar-transp, RFC 6638 section 9.1).
    pub fn free_busy_calendars(&self, owner: PrincipalId) -> Vec<CollectionId> {
        let home = self.home(owner);
        home.bindings()
            .filter(|(_, b)| b.is_owned())
            .map(|(_, b)| b.collection)
            .filter(|c| self.collection(*c).is_some_and(|c| c.accepts("VEVENT") && !c.is_transparent()))
            .collect()
    }

    /// Stores a resource, new or in place of the one of that name. A new etag, sync revision and push
    /// notification follow. Does nothing when the collection is gone.
    pub fn put(&mut self, collection: CollectionId, name: &str, object: Object) -> Option<&Resource> {
        self.collection(collection)?;
        let revision = self.next_revision();
        let now = self.now;
        self.touch(collection, revision);
        self.collection_mut(collection)?.put(name, object, revision, now)
    }

    /// Removes a resource and returns it.
    pub fn remove(&mut self, collection: CollectionId, name: &str) -> Option<Resource> {
        self.resource(collection, name)?;
        let now = self.now;
        let revision = self.next_revision();
        self.touch(collection, revision);
        self.collection_mut(collection)?.remove(name, revision, now)
    }

    /// Sets (`Some`) and removes (`None`) properties of a collection.
    pub fn set_properties(&mut self, collection: CollectionId, changes: Vec<PropertyChange>) {
        let revision = self.next_revision();
        self.touch(collection, revision);
        if let Some(collection) = self.collection_mut(collection) {
            collection.set_properties(changes, revision);
        }
    }

    /// Sets and removes properties of a home.
    pub fn set_home_properties(&mut self, owner: PrincipalId, changes: Vec<PropertyChange>) {
        let revision = self.next_revision();
        let home = &mut self.homes[owner.index()];
        apply(&mut home.properties, changes);
        home.revision = revision;
        let key = self.push_key(owner);
        self.changed_keys.insert(key);
    }

    /// Makes a calendar in a home. `None` when the name is taken.
    pub fn make_calendar(
        &mut self,
        owner: PrincipalId,
        name: &str,
        components: &[&str],
    ) -> Option<CollectionId> {
        if self.home(owner).binding(name).is_some() {
            return None;
        }
        let id = self.new_collection(owner, CollectionKind::Calendar, components);
        let revision = self.revision;
        self.homes[owner.index()].bind(name, Binding::owned(id), revision);
        self.touch(id, revision);
        Some(id)
    }

    /// Takes a calendar out of a home; an owned one is deleted, also from the homes it was shared with.
    pub fn unbind(&mut self, owner: PrincipalId, name: &str) -> bool {
        let Some(binding) = self.homes[owner.index()].binding(name) else {
            return false;
        };
        let (collection, owned) = (binding.collection, binding.is_owned());
        let revision = self.next_revision();
        self.touch(collection, revision);
        let key = self.push_key(owner);
        self.changed_keys.insert(key);
        self.homes[owner.index()].unbind(name, revision);
        if owned {
            for home in &mut self.homes {
                home.unbind_collection(collection, revision);
            }
            self.collections[collection.index()] = None;
        }
        true
    }

    /// Makes the home's default calendar (C:schedule-default-calendar-URL) another one.
    pub fn set_default_calendar(&mut self, owner: PrincipalId, calendar: CollectionId) {
        self.homes[owner.index()].default_calendar = calendar;
    }

    /// `/CalDAV/HOST/GUID/`, the push key of a home and of the calendars it owns (spec 9.1).
    pub fn push_key(&self, owner: PrincipalId) -> String {
        ["/CalDAV/", &self.push_host, "/", &self.principal(owner).guid, "/"].concat()
    }

    /// The push key of one calendar, the one its sharees subscribe to (spec 9.1).
    pub fn calendar_push_key(&self, collection: &Collection) -> String {
        ["/CalDAV/", &self.push_host, "/", &collection.resource_id, "/"].concat()
    }

    /// The push keys of all that changed since the last call, each once.
    pub fn take_changed_keys(&mut self) -> BTreeSet<String> {
        std::mem::take(&mut self.changed_keys)
    }

    /// Notes a change for push and for the homes that show the collection.
    fn touch(&mut self, id: CollectionId, revision: u64) {
        let Some(collection) = self.collection(id) else {
            return;
        };
        let owner = collection.owner;
        let sharees: Vec<PrincipalId> = collection.invites.iter().map(|invite| invite.sharee).collect();
        let home_key = self.push_key(owner);
        if !sharees.is_empty() {
            let calendar_key = self.calendar_push_key(collection);
            self.changed_keys.insert(calendar_key);
        }
        for sharee in sharees {
            if self.home(sharee).shows(id) {
                self.homes[sharee.index()].revision = revision;
                let key = self.push_key(sharee);
                self.changed_keys.insert(key);
            }
        }
        self.homes.get_mut(owner.index()).into_iter().for_each(|h| h.revision = revision);
        self.changed_keys.insert(home_key);
    }
}
