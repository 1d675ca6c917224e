//! The credentials of one user.

use std::fmt;
use std::rc::Rc;

/// The pod of accounts that name none (spec 2).
pub const DEFAULT_POD: &str = "PodA";

/// What is known of one user (spec 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub uid: Rc<str>,
    pub password: Password,
    pub common_name: Rc<str>,
    pub email: Rc<str>,
    /// The server's own identifier; empty where it is not known.
    pub guid: Rc<str>,
    /// The server it lives on: the name of an entry of `servers`; `PodA` when there is but one.
    pub pod: Rc<str>,
}

impl Account {
    /// The name of a field that holds a line break, or another control character.
    pub fn control(&self) -> Option<&'static str> {
        let fields = [("uid", &self.uid), ("name", &self.common_name), ("address", &self.email)];
        let password = self.password.reveal();
        let mut all = fields.into_iter().chain([("password", &password)]);
        all.find(|(_, text)| text.contains(char::is_control)).map(|(name, _)| name)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_password() {
        let shown = format!("{:?}", Password::new("s3cret"));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
