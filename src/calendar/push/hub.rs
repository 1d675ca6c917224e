//! Who wants to hear of which key.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tokio::sync::Notify;

use super::link;
use crate::client::Run;
use crate::transport::Connector;

/// The subscriptions of a process: one connection a push server, shared by all clients.
#[derive(Default)]
pub struct Hub {
    links: RefCell<BTreeMap<(String, u16), Rc<Subscriptions>>>,
}

/// What is subscribed at one push server.
#[derive(Default)]
pub struct Subscriptions {
    keys: RefCell<Keys>,
    /// Keys came that the server has not been told of.
    pub changed: Notify,
}

/// The keys that clients were shown last.
#[derive(Default)]
struct Keys {
    known: BTreeMap<Rc<str>, Key>,
    /// The keys by their numbers: there may be a hundred thousand, and whoever has told the server of some must find the
    /// others without looking at all.
    numbered: BTreeMap<u64, Rc<str>>,
    /// The number of the next key.
    next: u64,
    /// The keys of each client.
    of: BTreeMap<u32, Box<[Rc<str>]>>,
}

/// One key.
struct Key {
    number: u64,
    /// The clients that it concerns.
    clients: BTreeSet<u32>,
}

/// The longest key, bytes, and the most of one client that are subscribed to. A home has one of some sixty bytes, and so
/// has each calendar that another user shares.
pub const LONGEST: usize = 4096;
pub const MOST: usize = 64;

impl Hub {
    /// Lets client number `client` hear of `keys`, and no others, from the push server at `address`, by a reaction `push`
    /// of its software. The first subscription opens the connection. Saying it again changes nothing.
    pub fn subscribe(
        &self,
        run: &Rc<Run>,
        connector: &Rc<Connector>,
        address: &(String, u16),
        keys: &[Rc<str>],
        client: u32,
    ) {
        let mut links = self.links.borrow_mut();
        if keys.is_empty() && !links.contains_key(address) {
            return;
        }
        let subscriptions = links.entry(address.clone()).or_insert_with(|| {
            let subscriptions = Rc::new(Subscriptions::default());
            link::keep(run.clone(), connector.clone(), address.clone(), subscriptions.clone());
            subscriptions
        });
        if keys.iter().any(|key| key.len() > LONGEST) {
            run.notice(format!(
                "the server shows a push key of more than {LONGEST} bytes: it is not subscribed to"
            ));
        }
        if subscriptions.keys.borrow_mut().set(client, keys) {
            subscriptions.changed.notify_one();
        }
    }
}

impl Subscriptions {
    /// The keys that have come since `number`, with their numbers, and no more than `most` of them.
    pub fn since(&self, number: u64, most: usize) -> Vec<(u64, Rc<str>)> {
        let keys = self.keys.borrow();
        keys.numbered.range(number..).take(most).map(|(number, key)| (*number, key.clone())).collect()
    }

    /// The clients that a key concerns.
    pub fn clients(&self, key: &str) -> Vec<u32> {
        self.keys.borrow().known.get(key).into_iter().flat_map(|key| &key.clients).copied().collect()
    }
}

impl Keys {
    /// Replaces the keys of a client; true if some came that nobody had.
    fn set(&mut self, client: u32, keys: &[Rc<str>]) -> bool {
        let fitting = || keys.iter().filter(|key| key.len() <= LONGEST).take(MOST);
        let before = self.of.get(&client).map(|keys| &**keys).unwrap_or_default();
        if before.iter().eq(fitting()) {
            return false;
        }
        let before = self.of.insert(client, fitting().cloned().collect()).unwrap_or_default();
        let first = self.next;
        fitting().for_each(|key| self.add(key, client));
        let gone: Vec<_> = before.iter().filter(|key| !fitting().any(|kept| kept == *key)).collect();
        gone.into_iter().for_each(|key| self.drop(key, client));
        self.next > first
    }

    fn add(&mut self, key: &Rc<str>, client: u32) {
        if let Some(known) = self.known.get_mut(key) {
            known.clients.insert(client);
            return;
        }
        let number = self.next;
        self.next += 1;
        self.numbered.insert(number, key.clone());
        self.known.insert(key.clone(), Key { number, clients: BTreeSet::from([client]) });
    }

    /// Drops a key that nobody is shown any more. The server may go on telling of it, which concerns nobody.
    fn drop(&mut self, key: &Rc<str>, client: u32) {
        let Some(known) = self.known.get_mut(key) else { return };
        known.clients.remove(&client);
        if known.clients.is_empty() {
            self.numbered.remove(&known.number);
            self.known.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_client_are_those_it_was_shown_last() {
        let mut keys = Keys::default();
        let list = |names: &[&str]| names.iter().map(|name| Rc::from(*name)).collect::<Vec<_>>();
        assert!(keys.set(1, &list(&["a", "b"])));
        assert!(!keys.set(2, &list(&["b"])) && !keys.set(2, &list(&["b"])));
        for n in 0..1000 {
            assert!(keys.set(1, &list(&["b", &n.to_string()])));
        }
        assert_eq!(keys.known.keys().map(|key| &**key).collect::<Vec<_>>(), ["999", "b"]);
        assert_eq!(keys.numbered.len(), 2);
        assert_eq!(keys.known["b"].clients, BTreeSet::from([1, 2]));
        assert!(!keys.set(1, &[]));
        assert_eq!(keys.known["b"].clients, BTreeSet::from([2]));
        assert!(!keys.known.contains_key("999"));
    }

    #[test]
    fn keys_without_end_are_left_out() {
        let mut keys = Keys::default();
        assert!(!keys.set(1, &["k".repeat(LONGEST + 1).into()]));
        let many: Vec<Rc<str>> = (0..1000).map(|n| n.to_string().into()).collect();
        assert!(keys.set(1, &many));
        assert_eq!(keys.known.len(), MOST);
    }
}
