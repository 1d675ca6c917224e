//! The variables of a visitor, who keeps them from step to step.

use std::rc::Rc;

use super::script::text::NoValue;
use crate::population::Account;

/// What is always there: of the account of the visitor.
pub const OF_ACCOUNT: [&str; 4] = ["uid", "password", "email", "name"];
/// The one of them that nobody may see.
pub const PASSWORD: &str = "password";

/// What stands for the value of one that nobody may see.
pub const MASK: &str = "***";

/// The most bytes that the values of a visitor have together.
pub const MOST: usize = 2 << 20;

/// The values of a visitor would have more than [`MOST`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the variables of a visitor have no more than {MOST} bytes together")]
pub struct TooMuch;

/// The variables that steps have set. There are few, so that a list is the fastest.
#[derive(Clone, Debug, Default)]
pub struct Own(Vec<One>);

#[derive(Clone, Debug)]
struct One {
    name: Rc<str>,
    /// None: it has values, but none of them was found.
    value: Option<Rc<str>>,
    /// There is a password in it.
    secret: bool,
    /// All values of one with several, of which `value` is the first.
    all: Option<Rc<[Rc<str>]>>,
}

impl One {
    fn bytes(&self) -> usize {
        bytes(self.value.as_ref(), self.all.as_deref())
    }
}

fn bytes(value: Option<&Rc<str>>, all: Option<&[Rc<str>]>) -> usize {
    value.into_iter().chain(all.unwrap_or_default()).map(|value| value.len()).sum()
}

impl Own {
    /// Sets one; `secret`: there is a password in its value.
    ///
    /// # Errors
    /// The values have too many bytes then. It has no value any more.
    pub fn set(&mut self, name: &str, value: Rc<str>, secret: bool) -> Result<(), TooMuch> {
        self.put(name, Some(value), secret, None)
    }

    /// Sets one with several values, or none, beside the one that it has where a text names it, if it has: with it stands
    /// whether there is a password in that.
    ///
    /// # Errors
    /// As [`Own::set`].
    pub fn set_all(
        &mut self,
        name: &str,
        value: Option<(Rc<str>, bool)>,
        all: Rc<[Rc<str>]>,
    ) -> Result<(), TooMuch> {
        let (value, secret) = value.unzip();
        self.put(name, value, secret.unwrap_or(false), Some(all))
    }

    fn put(
        &mut self,
        name: &str,
        value: Option<Rc<str>>,
        secret: bool,
        all: Option<Rc<[Rc<str>]>>,
    ) -> Result<(), TooMuch> {
        let others = self.0.iter().filter(|one| *one.name != *name).map(One::bytes);
        if others.sum::<usize>() + bytes(value.as_ref(), all.as_deref()) > MOST {
            self.forget(name);
            return Err(TooMuch);
        }
        match self.0.iter_mut().find(|one| *one.name == *name) {
            Some(one) => (one.value, one.secret, one.all) = (value, secret, all),
            None => {
                self.0.reserve_exact(1);
                self.0.push(One { name: name.into(), value, secret, all });
            }
        }
        Ok(())
    }

    /// Forgets one: it has no value any more.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|one| *one.name != *name);
    }

    /// Whether one has a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some_and(|one| one.value.is_some())
    }

    /// All values of one; None: it is none with several.
    pub fn all(&self, name: &str) -> Option<&Rc<[Rc<str>]>> {
        self.get(name)?.all.as_ref()
    }

    fn get(&self, name: &str) -> Option<&One> {
        self.0.iter().find(|one| *one.name == *name)
    }
}

/// All that a text may name.
#[derive(Clone, Copy)]
pub struct Variables<'a> {
    pub own: &'a Own,
    pub account: Option<&'a Account>,
    /// Values that nobody may see are masked.
    pub masked: bool,
}

impl Variables<'_> {
    /// The same, without what nobody may see.
    pub fn masked(self) -> Self {
        Variables { masked: true, ..self }
    }

    /// Whether there is a password in the value of a variable: its name says so, or where its value came from.
    pub fn is_secret(&self, name: &str) -> bool {
        name == PASSWORD || self.own.get(name).is_some_and(|one| one.secret)
    }

    /// The value of a variable: one's own, or else one of the account.
    pub fn get(&self, name: &str) -> Result<Rc<str>, NoValue> {
        if self.masked && self.is_secret(name) {
            return Ok(MASK.into());
        }
        if let Some(value) = self.own.get(name).and_then(|one| one.value.as_ref()) {
            return Ok(value.clone());
        }
        let of_account = self.account.and_then(|account| match name {
            "uid" => Some(account.uid.clone()),
            PASSWORD => Some(account.password.reveal()),
            "email" => Some(account.email.clone()),
            "name" => Some(account.common_name.clone()),
            _ => None,
        });
        of_account.ok_or_else(|| NoValue(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bounded_together() {
        let mut own = Own::default();
        let long: Rc<str> = "x".repeat(MOST / 2).into();
        assert_eq!(own.set("a", long.clone(), false), Ok(()));
        assert_eq!(own.set("b", long.clone(), false), Ok(()));
        assert_eq!(own.set("c", "x".into(), false), Err(TooMuch));
        // What it was before must not be taken for what it is.
        assert_eq!(own.set("b", "x".repeat(MOST / 2 + 1).into(), false), Err(TooMuch));
        assert!(own.get("b").is_none() && own.get("c").is_none());
        assert_eq!(own.set("c", long.clone(), false), Ok(()));
        own.forget("c");
        let all: Rc<[Rc<str>]> = ["y".into(), long].into();
        assert_eq!(
            own.set_all("d", Some(("y".into(), false)), all.clone()),
            Err(TooMuch),
            "all of them count"
        );
        own.forget("a");
        assert_eq!(own.set_all("d", Some(("y".into(), true)), all), Ok(()));
        assert_eq!((own.all("d").map(|all| all.len()), own.all("a")), (Some(2), None));
        assert!(Variables { own: &own, account: None, masked: false }.is_secret("d"));
        own.set_all("d", None, [].into()).unwrap();
        assert_eq!((own.all("d").map(|all| all.len()), own.has("d")), (Some(0), false));
        assert!(Variables { own: &own, account: None, masked: false }.get("d").is_err());
    }

    #[test]
    fn what_nobody_may_see_is_masked() {
        let mut own = Own::default();
        own.set("copy", "pw".into(), true).unwrap();
        own.set("plain", "x".into(), false).unwrap();
        let variables = Variables { own: &own, account: None, masked: false };
        let values = |variables: Variables<'_>| ["copy", "plain"].map(|name| variables.get(name).unwrap());
        assert_eq!(values(variables).map(|value| value.to_string()), ["pw", "x"]);
        assert_eq!(values(variables.masked()).map(|value| value.to_string()), ["***", "x"]);
        assert!(variables.is_secret(PASSWORD) && !variables.is_secret("uid"));
        own.set(PASSWORD, "one's own".into(), false).unwrap();
        // As a column of a file: whoever calls it so means that.
        assert!(Variables { own: &own, account: None, masked: false }.is_secret(PASSWORD));
    }
}
