//! What a client knows of its user's principal and home.

use std::rc::Rc;

use super::Settled;
use crate::icalendar::Addresses;
use crate::population::Account;

/// The facts of a principal (spec 5.3). Each may be absent, and is lived with.
#[derive(Clone, Debug, Default)]
pub struct Principal {
    /// The path of the principal.
    pub url: Option<Rc<str>>,
    /// The paths of the calendar homes, each with a slash at its end; mostly one.
    pub homes: Box<[Rc<str>]>,
    /// The path of the scheduling inbox.
    pub inbox: Option<Rc<str>>,
    /// The path of the scheduling outbox.
    pub outbox: Option<Rc<str>>,
    /// Where notifications lie (CalendarServer).
    pub notifications: Option<Rc<str>>,
    /// Where principals are searched.
    pub collection: Option<Rc<str>>,
    /// Whether they can be searched in the way the program does it.
    pub searchable: bool,
    /// The address that stands for the user in invitations, as `mailto:user01@example.com`.
    pub address: Option<Rc<str>>,
    /// Every address of the user, in any spelling.
    pub me: Addresses,
}

impl Principal {
    /// What the account alone says: the user's mail address.
    pub fn of(account: &Account) -> Principal {
        let mut principal = Principal::default();
        if !account.email.is_empty() {
            principal.me = Addresses::new([&*account.email]);
            principal.address = Some(format!("mailto:{}", account.email).into());
        }
        principal
    }

    /// The first home, to which requests about the home as a whole go.
    pub fn home(&self) -> Option<&Rc<str>> {
        self.homes.first()
    }
}

/// What a client knows of its home as a whole.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// The home's sync-token; None: not known, or the home cannot be synchronised.
    pub token: Option<Box<str>>,
    /// The key of its pushes.
    pub pushkey: Option<Rc<str>>,
    /// Whether its calendars are synchronised by sync-collection (RFC 6578).
    pub sync: bool,
    /// Whether the home itself could be synchronised; None: not tried yet.
    pub sync_works: Option<bool>,
    /// Whether the actions of the first poll have been done.
    pub visited: bool,
    /// What the notification collection was last synchronised to.
    pub notification_token: Option<Box<str>>,
    /// The change token of the notification collection as the home last showed it.
    pub notification_change: Option<Box<str>>,
    /// The listing that was last dealt with to its end.
    pub settled: Option<Settled>,
}
