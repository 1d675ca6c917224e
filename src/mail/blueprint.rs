//! The software of an entry of the clients plist, before it knows a server.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::params::Params;
use super::post::Post;
use super::software::{Grounds, MailSoftware};
use super::wire::Service;
use crate::client::Profile;
use crate::label::Label;
use crate::transport::{Connector, Endpoint, Trust};

/// The name of the software.
pub const SOFTWARE: &str = "Mail";

/// A mail client with its parameters.
pub struct Blueprint {
    pub title: Rc<str>,
    /// What its profiles have unless they say otherwise.
    pub params: Params,
    /// The services that its profiles ask for.
    pub services: BTreeSet<&'static str>,
    /// Whether each of its clients holds a connection open for good.
    pub holds_open: bool,
}

impl Blueprint {
    /// The labels of the operations of its clients, who live these profiles.
    pub fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        profiles.iter().flat_map(|profile| profile.operations()).collect()
    }

    /// The same of their steps.
    pub fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        profiles.iter().flat_map(|profile| profile.requests()).collect()
    }

    /// The software on one server, which has these services.
    pub fn software(
        &self,
        endpoints: &BTreeMap<String, Endpoint>,
        trust: Trust,
        connector: &Rc<Connector>,
        post: &Rc<Post>,
    ) -> MailSoftware {
        let services = Service::all(endpoints, trust, self.params.timeout, connector);
        MailSoftware { grounds: Rc::new(Grounds { services, post: post.clone() }) }
    }
}
