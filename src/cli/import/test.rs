//! What was made, read again, for tests.

use crate::config::{Diagnostics, Value, read_bytes, render};

/// The value of a property list in which nothing is wrong.
pub fn read(made: &str) -> Value {
    let diags = Diagnostics::new();
    let value = read_bytes("made", made.as_bytes(), &diags).unwrap_or_else(|| panic!("{made}"));
    assert!(diags.is_empty(), "{}", render(&diags));
    value
}

/// The value at a path of keys and indexes: a text as it is, others as they are described in messages.
pub fn at(value: &Value, path: &str) -> String {
    let step = |value: &'_ Value, step: &str| match step.parse::<usize>() {
        Ok(index) => value.as_array().and_then(|all| all.get(index)).cloned(),
        Err(_) => value.get(step).cloned(),
    };
    match path.split('.').try_fold(value.clone(), |value, one| step(&value, one)) {
        Some(value) => value.as_str().map_or_else(|| value.describe(), str::to_owned),
        None => "nothing".to_owned(),
    }
}
