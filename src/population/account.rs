//! The credentials of one user.

use std::fmt;
use std::rc::Rc;

/// What is known of one user (spec 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub uid: Rc<str>,
    pub password: Password,
    pub common_name: Rc<str>,
    pub email: Rc<str>,
    pub guid: Rc<str>,
    /// The server it lives on: the name of an entry of `servers`; `PodA` when there is but one.
    pub pod: Rc<str>,
}

/// A password: it does not show itself (design, decision 14).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Rc<str>);

impl Password {
    pub fn new(text: impl Into<Rc<str>>) -> Password {
        Password(text.into())
    }

    /// The text, for the wire only.
    pub fn reveal(&self) -> Rc<str> {
        self.0.clone()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(...)")
    }
}
