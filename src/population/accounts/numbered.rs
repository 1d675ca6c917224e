//! Accounts from numbered patterns, and the default list.

use std::rc::Rc;

use crate::config::{FromValue, Param, Table};

use crate::population::{Account, DEFAULT_POD, Password};

use super::{Around, Pattern};

/// The most accounts that patterns make.
const MOST: u64 = 10_000_000;

pub(super) const GENERATE_PARAMS: &[Param] = &[
    Param { name: "count", default: "", help: "how many accounts" },
    Param { name: "first", default: "1", help: "the number of the first account" },
    Param { name: "uidPattern", default: "user%d", help: "the name to log in with" },
    Param { name: "passwordPattern", default: "user%d", help: "the password" },
    Param { name: "namePattern", default: "User %d", help: "the name for people" },
    Param { name: "emailPattern", default: "user%d@example.com", help: "the address" },
    Param { name: "guidPattern", default: "user%d", help: "the server's own identifier" },
    Param { name: "podID", default: DEFAULT_POD, help: "the pod of all these accounts" },
];

pub(super) const COUNT_PARAMS: &[Param] = &[
    Param { name: "count", default: "", help: "how many accounts" },
    Param { name: "uid", default: "user%02d", help: "the name to log in with" },
    Param { name: "password", default: "user%02d", help: "the password" },
    Param { name: "commonName", default: "User %02d", help: "the name for people" },
    Param { name: "email", default: "user%02d@example.com", help: "the address" },
];

/// The loader `generateRecords` (spec 2).
pub(super) fn generate(table: &Table<'_>, around: &Around<'_>) -> Option<Vec<Account>> {
    let first = table.or("first", 1);
    let pod = table.or("podID", DEFAULT_POD.to_owned());
    let names = ["uidPattern", "passwordPattern", "namePattern", "emailPattern"];
    numbered(table, around, first, GENERATE_PARAMS, names, Some("guidPattern"), &pod)
}

/// The loader `recordsFromCount`, which names its parameters in its own way (spec 2).
pub(super) fn from_count(table: &Table<'_>, around: &Around<'_>) -> Option<Vec<Account>> {
    numbered(table, around, 1, COUNT_PARAMS, ["uid", "password", "commonName", "email"], None, DEFAULT_POD)
}

/// The list that stands in for a file that is not named: user01 to user99 of the default pod (spec 2).
pub fn default_accounts() -> Vec<Account> {
    let account = |number: u32| Account {
        uid: format!("user{number:02}").into(),
        password: Password::new(format!("user{number:02}")),
        common_name: format!("User {number:02}").into(),
        email: format!("user{number:02}@example.com").into(),
        guid: format!("10000000-0000-0000-0000-{number:012}").into(),
        pod: DEFAULT_POD.into(),
    };
    (1..=99).map(account).collect()
}

/// `names` are the keys of uid, password, common name and email.
fn numbered(
    table: &Table<'_>,
    around: &Around<'_>,
    first: u64,
    params: &[Param],
    names: [&str; 4],
    guid: Option<&str>,
    pod: &str,
) -> Option<Vec<Account>> {
    let count: Option<u64> = table.required("count");
    let patterns = names.map(|name| pattern(table, name, params));
    let guid = guid.map(|name| pattern(table, name, params));
    let [Some(uid), Some(password), Some(name), Some(email)] = patterns else { return None };
    let guid = match guid {
        Some(None) => return None,
        Some(pattern) => pattern,
        None => None,
    };
    let count = count?;
    if count > MOST || first > u64::MAX - MOST {
        table.error_at_key("count", format!("{count} accounts are too many: the most are {MOST}"));
        return None;
    }
    if count > 1 && !uid.has_number() {
        let message = format!("`{}` has no number in it, so all accounts would be the same", names[0]);
        table.error_at_key(names[0], message).help("write %d where the number belongs");
        return None;
    }
    // A pattern without a number makes one account, however many are wanted.
    let count = if uid.has_number() { count.max(around.at_least.into()) } else { count };
    let pod: Rc<str> = pod.into();
    let account = |number| Account {
        uid: uid.fill(number).into(),
        password: Password::new(password.fill(number)),
        common_name: name.fill(number).into(),
        email: email.fill(number).into(),
        guid: guid.as_ref().map(|pattern| pattern.fill(number)).unwrap_or_default().into(),
        pod: pod.clone(),
    };
    Some((first..first + count).map(account).collect())
}

/// The pattern under a key, or its default from the parameter list.
fn pattern(table: &Table<'_>, name: &str, params: &[Param]) -> Option<Pattern> {
    let text = match table.value(name) {
        Some(value) => String::from_value(value, table.diags())?,
        None => params.iter().find(|param| param.name == name)?.default.to_owned(),
    };
    Pattern::parse(&text).map_err(|fault| table.error_at_key(name, fault.to_string())).ok()
}
