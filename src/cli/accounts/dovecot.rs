//! Dovecot's passwd-file: `user:password:uid:gid:gecos:home:shell:extra`, of which the first two are enough where all mail
//! belongs to one user of the system.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Unwritable;
use crate::population::Account;

/// A line for each account.
pub fn text(accounts: &[Rc<Account>]) -> Result<String, Unwritable> {
    let mut text = String::new();
    for account in accounts {
        if account.uid.contains(':') || account.uid.starts_with('#') || account.uid.contains(char::is_control)
        {
            return Err(Unwritable::new(
                account,
                "name holds what parts fields of a passwd-file, or begins a comment",
            ));
        }
        if let Some(what) = account.control().filter(|what| *what == "password") {
            return Err(Unwritable::new(account, format!("{what} holds a control character")));
        }
        text.push_str(&format!("{}:{}::::::\n", account.uid, secret(&account.password.reveal())));
    }
    Ok(text)
}

/// The password with its scheme. In a field there is no colon, and space around it may be lost: such a one is encoded.
fn secret(password: &str) -> String {
    let plain = !password.is_empty() && !password.contains(':') && password.trim() == password;
    if plain { format!("{{PLAIN}}{password}") } else { format!("{{PLAIN.b64}}{}", STANDARD.encode(password)) }
}

#[cfg(test)]
mod tests {
    use super::super::account;
    use super::*;

    #[test]
    fn a_password_is_one_field() {
        let all = [account("u1", "pw-u1", "U 1", "u1@x"), account("u2@x", "a:b {c} ", "U 2", "u2@x")];
        assert_eq!(text(&all).unwrap(), "u1:{PLAIN}pw-u1::::::\nu2@x:{PLAIN.b64}YTpiIHtjfSA=::::::\n");
        for uid in ["a:b", "#a", "a\nb"] {
            let why = text(&[account(uid, "p", "", "")]).unwrap_err().to_string();
            assert!(why.contains("cannot be written"), "{why}");
        }
    }
}
