//! The variables of a visitor, who keeps them from step to step.

use std::rc::Rc;

use super::script::text::NoValue;
use crate::population::Account;

/// What is always there: of the account of the visitor.
pub const OF_ACCOUNT: [&str; 4] = ["uid", "password", "email", "name"];
/// The one of them that nobody may see.
pub const PASSWORD: &str = "password";

/// The variables that steps have set. There are few, so that a list is the fastest.
#[derive(Clone, Debug, Default)]
pub struct Own(Vec<(Rc<str>, Rc<str>)>);

impl Own {
    pub fn set(&mut self, name: &str, value: Rc<str>) {
        match self.0.iter_mut().find(|(known, _)| **known == *name) {
            Some((_, old)) => *old = value,
            None => {
                self.0.reserve_exact(1);
                self.0.push((name.into(), value));
            }
        }
    }

    /// Forgets one: it has no value any more.
    pub fn forget(&mut self, name: &str) {
        self.0.retain(|(known, _)| **known != *name);
    }

    pub fn get(&self, name: &str) -> Option<&Rc<str>> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }
}

/// All that a text may name.
pub struct Variables<'a> {
    pub own: &'a Own,
    pub account: Option<&'a Account>,
}

impl Variables<'_> {
    /// The value of a variable: one's own, or else one of the account.
    pub fn get(&self, name: &str) -> Result<Rc<str>, NoValue> {
        if let Some(value) = self.own.get(name) {
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
