//! LDIF (RFC 2849): a person (inetOrgPerson, RFC 2798) for each account, and if it is wanted a group of all of them, to which
//! one message makes every mailbox (mail-web-chat-network, A1 rows 41 and 42).

use std::fmt::Write;
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args as ClapArgs;

use crate::population::Account;

#[derive(Debug, Default, ClapArgs)]
pub struct Tree {
    /// Where the entries belong [default: the domain of the first address, as dc=example,dc=com]
    #[arg(long, value_name = "DN")]
    base: Option<String>,
    /// Add a group of this address which has everybody in it: one message to it reaches all
    #[arg(long, value_name = "ADDRESS")]
    broadcast: Option<String>,
}

/// The entries of the accounts, and of the group.
pub fn text(accounts: &[Rc<Account>], tree: &Tree) -> String {
    let base = tree.base.clone().unwrap_or_else(|| usual(accounts));
    let dn = |account: &Account| match base.trim() {
        "" => format!("uid={}", name(&account.uid)),
        base => format!("uid={},{base}", name(&account.uid)),
    };
    let mut text = String::from("version: 1\n");
    for account in accounts {
        text.push('\n');
        line(&mut text, "dn", &dn(account));
        ["top", "person", "organizationalPerson", "inetOrgPerson"]
            .iter()
            .for_each(|class| line(&mut text, "objectClass", class));
        line(&mut text, "uid", &account.uid);
        // Neither may be empty.
        let common = if account.common_name.trim().is_empty() { &account.uid } else { &account.common_name };
        line(&mut text, "cn", common);
        line(&mut text, "sn", common.split_whitespace().last().unwrap_or(common));
        if !account.email.is_empty() {
            line(&mut text, "mail", &account.email);
        }
        line(&mut text, "userPassword", &account.password.reveal());
    }
    if let Some(address) = &tree.broadcast {
        let group = address.split('@').next().unwrap_or(address);
        text.push('\n');
        let place = if base.trim().is_empty() { String::new() } else { format!(",{}", base.trim()) };
        line(&mut text, "dn", &format!("cn={}{place}", name(group)));
        // A group has no address of its own by its schema (RFC 4519, 3.5).
        ["top", "groupOfNames", "extensibleObject"]
            .iter()
            .for_each(|class| line(&mut text, "objectClass", class));
        line(&mut text, "cn", group);
        line(&mut text, "mail", address);
        accounts.iter().for_each(|account| line(&mut text, "member", &dn(account)));
    }
    text
}

/// The domain of the first address as a name (RFC 2247).
fn usual(accounts: &[Rc<Account>]) -> String {
    let address = accounts.first().map(|account| account.email.clone()).unwrap_or_default();
    let domain = address.rsplit_once('@').map_or("example.com", |(_, domain)| domain);
    let parts: Vec<String> = domain.split('.').map(|part| format!("dc={}", name(part))).collect();
    parts.join(",")
}

/// A value within a name (RFC 4514, 2.4).
fn name(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut escaped = String::new();
    for (index, letter) in value.chars().enumerate() {
        match letter {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' | '=' => escaped.extend(['\\', letter]),
            '#' if index == 0 => escaped.push_str("\\#"),
            ' ' if index == 0 || index == last => escaped.push_str("\\ "),
            '\0' => escaped.push_str("\\00"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A line of an entry: as it is where that is safe (RFC 2849, SAFE-STRING), else in base64.
fn line(text: &mut String, name: &str, value: &str) {
    let safe = value.bytes().all(|byte| byte.is_ascii() && !matches!(byte, 0 | b'\n' | b'\r'))
        && !value.starts_with([' ', ':', '<'])
        && !value.ends_with(' ');
    // Writing to a String cannot fail.
    let _ = match safe {
        true => writeln!(text, "{name}: {value}"),
        false => writeln!(text, "{name}:: {}", STANDARD.encode(value)),
    };
}

#[cfg(test)]
mod tests {
    use super::super::account;
    use super::*;
    use proptest::prelude::*;

    /// The entries, each as its lines: attribute and value.
    fn read(text: &str) -> Vec<Vec<(String, String)>> {
        let one = |line: &str| match line.split_once(":: ") {
            Some((name, value)) if !name.contains(':') => {
                (name.to_owned(), String::from_utf8(STANDARD.decode(value).unwrap()).unwrap())
            }
            _ => {
                let (name, value) = line.split_once(':').unwrap();
                (name.to_owned(), value.trim_start_matches(' ').to_owned())
            }
        };
        text.split("\n\n").skip(1).map(|entry| entry.lines().map(one).collect()).collect()
    }

    fn of<'e>(entry: &'e [(String, String)], name: &str) -> Vec<&'e str> {
        entry.iter().filter(|(one, _)| one == name).map(|(_, value)| value.as_str()).collect()
    }

    #[test]
    fn everybody_is_in_the_group() {
        let all = [account("u1", "p", "User 1", "u1@mail.example.test"), account("u,2", "p", "", "u2@x")];
        let tree = Tree { broadcast: Some("spam@example.test".into()), ..Tree::default() };
        let entries = read(&text(&all, &tree));
        assert_eq!(of(&entries[0], "dn"), ["uid=u1,dc=mail,dc=example,dc=test"]);
        assert_eq!((of(&entries[0], "sn"), of(&entries[1], "cn")), (vec!["1"], vec!["u,2"]));
        assert_eq!(of(&entries[2], "mail"), ["spam@example.test"]);
        let names: Vec<_> = entries[..2].iter().flat_map(|entry| of(entry, "dn")).collect();
        assert_eq!(of(&entries[2], "member"), names);
        assert_eq!(of(&entries[1], "dn"), [r"uid=u\,2,dc=mail,dc=example,dc=test"]);
    }

    #[test]
    fn a_name_of_a_name_is_escaped() {
        assert_eq!(name(r#" #a+b\"c "#), r#"\ #a\+b\\\"c\ "#);
        assert_eq!(name("#a"), r"\#a");
    }

    proptest! {
        #[test]
        fn values_are_what_they_were(uid in "[ -~äß]{1,9}", password in "[ -~\n\r\0ä:<]{0,12}", name in "[ -~é]{0,9}") {
            let entries = read(&text(&[account(&uid, &password, &name, "a@b")], &Tree::default()));
            prop_assert_eq!(of(&entries[0], "uid"), [uid.as_str()]);
            prop_assert_eq!(of(&entries[0], "userPassword"), [password.as_str()]);
        }
    }
}
