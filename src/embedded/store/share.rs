//! Calendars that stand in the homes of others, and attachments.
use super::home::{Attachment, Binding, Invite};
use super::{CollectionId, PrincipalId, PropertyChange, Store, apply};

impl Store {
    /// Sets and removes the properties that a sharee sees on a calendar shared with it.
    pub fn set_share_properties(&mut self, sharee: PrincipalId, name: &str, changes: Vec<PropertyChange>) {
        let revision = self.next_revision();
        let home = &mut self.homes[sharee.index()];
        home.revision = revision;
        if let Some(binding) = home.binding_mut(name) {
            binding.since = revision;
            if let Some(share) = &mut binding.share {
                apply(&mut share.properties, changes);
            }
        }
        let key = self.push_key(sharee);
        self.changed_keys.insert(key);
    }

    /// Changes whether a sharee may write.
    pub fn set_share_access(&mut self, sharee: PrincipalId, collection: CollectionId, write: bool) {
        let revision = self.next_revision();
        let home = &mut self.homes[sharee.index()];
        let name = home.name_of(collection).map(str::to_owned);
        if let Some(binding) = name.and_then(|name| home.binding_mut(&name)) {
            binding.since = revision;
            if let Some(share) = &mut binding.share {
                share.write = write;
            }
        }
        self.touch(collection, revision);
    }

    /// Binds a calendar of another user into a home (a share that was accepted).
    pub fn bind_share(&mut self, sharee: PrincipalId, name: &str, binding: Binding) {
        let revision = self.next_revision();
        let collection = binding.collection;
        self.homes[sharee.index()].bind(name, binding, revision);
        self.touch(collection, revision);
    }

    /// Changes who a calendar is shared with.
    pub fn invites_mut(&mut self, collection: CollectionId) -> Option<&mut Vec<Invite>> {
        let revision = self.next_revision();
        self.touch(collection, revision);
        let collection = self.collection_mut(collection)?;
        collection.set_revision(revision);
        Some(&mut collection.invites)
    }

    /// The attachment at a path, if it exists.
    pub fn attachment(&self, owner: PrincipalId, key: &str) -> Option<&Attachment> {
        self.home(owner).attachments.get(key)
    }

    /// Keeps an attachment.
    pub fn put_attachment(&mut self, owner: PrincipalId, key: String, attachment: Attachment) {
        self.homes[owner.index()].attachments.insert(key, attachment);
    }

    /// Drops an attachment.
    pub fn remove_attachment(&mut self, owner: PrincipalId, key: &str) {
        self.homes[owner.index()].attachments.remove(key);
    }
}
