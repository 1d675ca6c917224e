//! A shell script that puts the accounts into the SASL database that Cyrus asks (`sasl_pwcheck_method: auxprop`,
//! `sasl_auxprop_plugin: sasldb`). Its mailboxes Cyrus makes itself at the first login, with `autocreate_quota`.

use std::rc::Rc;

use super::Unwritable;
use crate::population::Account;

const HEAD: &str = "#!/bin/sh
# Puts the accounts into the SASL database. It is SASLDB, or the usual one of the system; the realm is REALM, or the name
# of this machine (Cyrus has it as `servername`):
#   SASLDB=/etc/sasldb2 REALM=localhost sh THIS
# Cyrus makes the mailboxes at the first login where imapd.conf says `autocreate_quota: 0`.
set -e
one() {
    printf %s \"$2\" | saslpasswd2 -p -c ${SASLDB:+-f \"$SASLDB\"} ${REALM:+-u \"$REALM\"} -- \"$1\"
}
";

/// The script: a line for each account.
pub fn text(accounts: &[Rc<Account>]) -> Result<String, Unwritable> {
    let mut text = HEAD.to_owned();
    for account in accounts {
        if let Some(what) = account.control().filter(|what| matches!(*what, "uid" | "password")) {
            return Err(Unwritable::new(account, format!("{what} holds a control character")));
        }
        text.push_str(&format!("one {} {}\n", quoted(&account.uid), quoted(&account.password.reveal())));
    }
    Ok(text)
}

/// A text that a shell takes for one word, as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::account;
    use super::*;

    #[test]
    fn nothing_of_a_name_or_password_is_a_command() {
        let all = [account("u 1", "a'b$(c)`d`\"\\ ", "", "")];
        let script = text(&all).unwrap();
        assert!(script.ends_with("one 'u 1' 'a'\\''b$(c)`d`\"\\ '\n"), "{script}");
        assert!(text(&[account("a", "b\nrm", "", "")]).is_err());
    }
}
