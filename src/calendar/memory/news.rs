//! What an act brought into the memory.

use std::rc::Rc;

/// One change that profiles may react to in [`Profile::notice`](crate::client::Profile::notice).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A resource is new or has changed, and its body was read.
    Changed {
        /// The path of its calendar.
        calendar: Rc<str>,
        /// Its own path.
        href: Rc<str>,
    },
    /// A resource is gone on the server.
    Removed { calendar: Rc<str>, href: Rc<str> },
}
