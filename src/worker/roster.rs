//! The accounts as they are sent.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::population::{Account, Password};
use crate::scenario::Scenario;

/// One account. Whoever does not need the password does not get it (design, decision 14).
#[derive(Clone, Serialize, Deserialize)]
pub struct Record {
    uid: Rc<str>,
    common_name: Rc<str>,
    email: Rc<str>,
    guid: Rc<str>,
    pod: Rc<str>,
    password: Option<Rc<str>>,
}

impl Record {
    pub fn of(account: &Account, own: bool) -> Record {
        Record {
            uid: account.uid.clone(),
            common_name: account.common_name.clone(),
            email: account.email.clone(),
            guid: account.guid.clone(),
            pod: account.pod.clone(),
            password: own.then(|| account.password.reveal()),
        }
    }

    pub fn account(self) -> Account {
        Account {
            uid: self.uid,
            password: Password::new(self.password.unwrap_or_default()),
            common_name: self.common_name,
            email: self.email,
            guid: self.guid,
            pod: self.pod,
        }
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({})", self.uid)
    }
}

/// For each account whether one of the users that `mine` takes uses it.
pub fn own_accounts(scenario: &Scenario, mine: impl Fn(u32) -> bool) -> Vec<bool> {
    let people = &scenario.people;
    let allotment = scenario.allotment();
    let mut own = vec![false; people.accounts.len()];
    for user in (0..people.arrival.users(scenario.seed)).filter(|user| mine(*user)) {
        for index in allotment.part(user) {
            own[index] = true;
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_only_to_whom_it_belongs() {
        let account = Account {
            uid: "user01".into(),
            password: Password::new("s3cret"),
            common_name: "User 01".into(),
            email: "user01@example.com".into(),
            guid: "".into(),
            pod: "PodA".into(),
        };
        let sent = postcard::to_stdvec(&Record::of(&account, false)).unwrap();
        assert!(!String::from_utf8_lossy(&sent).contains("s3cret"));
        let sent = postcard::to_stdvec(&Record::of(&account, true)).unwrap();
        assert_eq!(postcard::from_bytes::<Record>(&sent).unwrap().account(), account);
        assert_eq!(format!("{:?}", Record::of(&account, true)), "Record(user01)");
    }
}
