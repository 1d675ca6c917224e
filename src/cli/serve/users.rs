//! Who has an account at the server.
use crate::config::{At, Diagnostics, Kind, Pair, Value, render};
use crate::embedded::User;
use crate::population::{Account, accounts};
use std::path::Path;

/// The accounts of a file in the form of the loader `recordsFromCSVFile`, or `count` numbered users. The
/// error is ready to be shown.
pub fn load(file: Option<&Path>, count: u32) -> Result<Vec<User>, String> {
    let Some(file) = file else {
        return Ok((1..=count).map(User::numbered).collect());
    };
    let diags = Diagnostics::new();
    let at = At::named("--accounts");
    let text = |text: &str| Value { kind: Kind::String(text.to_owned()), at: at.clone() };
    let dict = |pairs: Vec<(&str, Value)>| {
        let pairs = pairs.into_iter();
        let pairs = pairs.map(|(key, value)| Pair { key: key.to_owned(), key_at: at.clone(), value });
        Value { kind: Kind::Dict(pairs.collect()), at: at.clone() }
    };
    let params = dict(vec![("path", text(&file.display().to_string()))]);
    let wanted = dict(vec![("loader", text("recordsFromCSVFile")), ("params", params)]);
    let loaded = accounts::load(&wanted, Path::new("."), &diags);
    match loaded {
        Some(accounts) if !diags.has_errors() => {
            Ok(accounts.list.iter().enumerate().map(|(n, account)| user(n, account)).collect())
        }
        _ => Err(render(&diags).trim_end().to_owned()),
    }
}

/// An account without a GUID gets one from its place in the list.
fn user(n: usize, account: &Account) -> User {
    let guid = if account.guid.is_empty() {
        format!("20000000-0000-0000-0000-{:012}", n + 1)
    } else {
        account.guid.to_string()
    };
    User {
        uid: account.uid.to_string(),
        password: account.password.reveal().to_string(),
        common_name: account.common_name.to_string(),
        email: account.email.to_string(),
        guid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn accounts_come_from_a_file_or_are_numbered() {
        assert_eq!(load(None, 3).unwrap()[2], User::numbered(3));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "jo,secret,Jo Doe,jo@example.com,,PodA").unwrap();
        let users = load(Some(file.path()), 0).unwrap();
        assert_eq!((users[0].uid.as_str(), users[0].common_name.as_str()), ("jo", "Jo Doe"));
        assert_eq!(users[0].guid, "20000000-0000-0000-0000-000000000001");
        let error = load(Some(Path::new("/nonexistent/accounts.csv")), 0).unwrap_err();
        assert!(error.contains("accounts.csv"), "{error}");
    }
}
