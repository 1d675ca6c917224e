//! The software of an entry of the clients plist, before it knows a server.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::software::{Grounds, WebSoftware};
use crate::client::Profile;
use crate::label::Label;
use crate::transport::{Connector, Target, Trust};

/// The name of the software.
pub const SOFTWARE: &str = "Web";

/// A browser, or another program that speaks HTTP.
pub struct Blueprint {
    pub title: Rc<str>,
}

impl Blueprint {
    /// The labels of the operations of its clients, who live these profiles.
    pub fn operations(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        profiles.iter().flat_map(|profile| profile.operations()).collect()
    }

    /// The same of their requests.
    pub fn requests(&self, profiles: &[Rc<dyn Profile>]) -> BTreeSet<Label> {
        profiles.iter().flat_map(|profile| profile.requests()).collect()
    }

    /// The software on one server.
    pub fn software(&self, target: &Target, trust: Trust, connector: &Rc<Connector>) -> WebSoftware {
        WebSoftware::new(Grounds::new(connector.clone(), target.clone(), trust))
    }
}
