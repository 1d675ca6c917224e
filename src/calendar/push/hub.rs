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
    /// The clients that a key concerns.
    keys: RefCell<BTreeMap<Rc<str>, BTreeSet<u32>>>,
    /// The keys in the order in which they came: there may be a hundred thousand, and whoever has told the server of some
    /// must find the others without looking at all.
    arrived: RefCell<Vec<Rc<str>>>,
    /// Keys came that the server has not been told of.
    pub changed: Notify,
}

impl Hub {
    /// Lets client number `client` hear of `key` from the push server at `address`, by a reaction `push` of its
    /// software. The first subscription opens the connection. Saying it again changes nothing.
    pub fn subscribe(
        &self,
        run: &Rc<Run>,
        connector: &Rc<Connector>,
        address: &(String, u16),
        key: &Rc<str>,
        client: u32,
    ) {
        let mut links = self.links.borrow_mut();
        let subscriptions = links.entry(address.clone()).or_insert_with(|| {
            let subscriptions = Rc::new(Subscriptions::default());
            link::keep(run.clone(), connector.clone(), address.clone(), subscriptions.clone());
            subscriptions
        });
        subscriptions.add(key, client);
    }
}

impl Subscriptions {
    fn add(&self, key: &Rc<str>, client: u32) {
        let mut keys = self.keys.borrow_mut();
        match keys.get_mut(key) {
            Some(clients) => {
                clients.insert(client);
            }
            None => {
                keys.insert(key.clone(), BTreeSet::from([client]));
                self.arrived.borrow_mut().push(key.clone());
                self.changed.notify_one();
            }
        }
    }

    /// The keys that came after the first `known` ones.
    pub fn since(&self, known: usize) -> Vec<Rc<str>> {
        self.arrived.borrow().get(known..).unwrap_or_default().to_vec()
    }

    /// The clients that a key concerns.
    pub fn clients(&self, key: &str) -> Vec<u32> {
        self.keys.borrow().get(key).into_iter().flatten().copied().collect()
    }
}
