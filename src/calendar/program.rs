//! A client program with its parameters, on one server: what all clients of a population share there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use super::model::Model;
use super::state::Keeper;
use crate::client::{Pacing, Run};
use crate::event::Who;
use crate::http::Settings;

/// What all calendar clients of one population on one pod share.
pub struct Program {
    pub model: Rc<Model>,
    pub pod: Rc<Pod>,
    /// The title of the clients in logs and in the User-Agent.
    pub title: Rc<str>,
    /// The time from one poll to the next, and what it is counted from.
    pub poll_interval: Duration,
    pub pacing: Pacing,
    /// Whether bodies of events stay in memory: some profile of the population works with them later.
    pub keep_bodies: bool,
    /// Asks that a client (by its number) be told of changes under these push keys, and no others. Saying it again changes
    /// nothing. None: this program does not listen to pushes.
    pub subscribe: Option<Box<Subscribe>>,
    /// Where clients keep what they know from one run to the next (`clientDataSerialization`); None: nowhere.
    pub state: Option<Keeper>,
    /// Makes the HTTP settings of the clients with this instance number.
    pub make_settings: Box<dyn Fn(u32) -> Settings>,
    /// The settings made so far; clients of equal instance number share theirs.
    pub made: RefCell<BTreeMap<u32, Rc<Settings>>>,
}

/// Run, number of the client, all its push keys.
pub type Subscribe = dyn Fn(&Rc<Run>, u32, &[Rc<str>]);

/// One server as calendar clients need to know it.
#[derive(Clone, Debug)]
pub struct Pod {
    /// The name of the pod.
    pub name: Rc<str>,
    /// The path of a user's principal, with `%s` for the user (`principalPathTemplate`); None: not configured.
    pub principal_path: Option<Rc<str>>,
    /// Where AMP push is offered: hosts and ports (spec 9.2).
    pub amp: Vec<(String, u16)>,
}

impl Program {
    /// The HTTP settings of a client. They differ by instance only, which the User-Agent may tell.
    pub fn settings(&self, who: &Who) -> Rc<Settings> {
        let mut made = self.made.borrow_mut();
        made.entry(who.instance).or_insert_with(|| Rc::new((self.make_settings)(who.instance))).clone()
    }
}

impl Pod {
    /// The path where this user's principal is expected, if that is configured.
    pub fn principal_of(&self, uid: &str) -> Option<String> {
        let template = self.principal_path.as_deref()?;
        let uid = crate::dav::path::encode_segment(uid);
        Some(crate::dav::path::canonical(&template.replace("%s", &uid)))
    }
}
