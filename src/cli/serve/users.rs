//! Who has an account at the server.
use super::ServeError;
use crate::config::{At, Diagnostics, Kind, Pair, Value, render};
use crate::embedded::User;
use crate::population::{Account, DEFAULT_POD, Password, accounts};
use std::io::BufRead;
use std::path::Path;

/// The accounts of a file in the form of the loader `recordsFromCSVFile`, or `count` numbered users.
pub fn load(file: Option<&Path>, count: u32) -> Result<Vec<User>, ServeError> {
    let Some(file) = file else {
        return Ok((1..=count).map(User::numbered).collect());
    };
    if file == Path::new("-") {
        return from_stdin(std::io::stdin().lock()).map_err(ServeError::Plain);
    }
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
    let around = accounts::Around { beside: Path::new("."), at_least: 0 };
    let loaded = accounts::load(&wanted, around, &diags);
    match loaded {
        Some(accounts) if !diags.has_errors() => {
            Ok(accounts.list.iter().enumerate().map(|(n, account)| User::of(n, account)).collect())
        }
        _ => Err(ServeError::Shown(render(&diags))),
    }
}

/// The accounts of standard input, one a line (uid, password, name, e-mail, GUID), up to an empty line or the end:
/// so that a program that starts this one need not write passwords to a file.
fn from_stdin(mut input: impl BufRead) -> Result<Vec<User>, String> {
    let mut text = String::new();
    loop {
        let before = text.len();
        input.read_line(&mut text).map_err(|error| format!("cannot read the accounts: {error}"))?;
        if text[before..].trim().is_empty() {
            break;
        }
    }
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).into_deserialize();
    let users: Result<Vec<[String; 5]>, csv::Error> = rows.collect();
    let users = users.map_err(|error| format!("cannot read the accounts: {error}"))?;
    let user = |[uid, password, common_name, email, guid]: [String; 5]| Account {
        uid: uid.into(),
        password: Password::new(password),
        common_name: common_name.into(),
        email: email.into(),
        guid: guid.into(),
        pod: DEFAULT_POD.into(),
    };
    Ok(users.into_iter().map(user).enumerate().map(|(n, account)| User::of(n, &account)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn accounts_come_from_standard_input_up_to_an_empty_line() {
        let text = "jo,\"a,b\",Jo Doe,jo@example.com,\nmo,x,Mo,mo@example.com,G\n\nnot,read";
        let users = from_stdin(text.as_bytes()).unwrap();
        assert_eq!((users.len(), users[0].password.as_str(), users[1].guid.as_str()), (2, "a,b", "G"));
        assert_eq!(users[0].guid, "20000000-0000-0000-0000-000000000001");
        assert!(from_stdin("only,two\n".as_bytes()).is_err());
    }

    #[test]
    fn accounts_come_from_a_file_or_are_numbered() {
        assert_eq!(load(None, 3).unwrap()[2], User::numbered(3));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "jo,secret,Jo Doe,jo@example.com,,PodA").unwrap();
        let users = load(Some(file.path()), 0).unwrap();
        assert_eq!((users[0].uid.as_str(), users[0].common_name.as_str()), ("jo", "Jo Doe"));
        assert_eq!(users[0].guid, "20000000-0000-0000-0000-000000000001");
        let error = load(Some(Path::new("/nonexistent/accounts.csv")), 0).unwrap_err();
        let ServeError::Shown(text) = error else { panic!("{error}") };
        assert!(text.contains("accounts.csv"), "{text}");
    }
}
