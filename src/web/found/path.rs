//! What paths in documents and in JSON have in common: how a configuration says them.

use crate::config::{Diagnostics, FromValue, Value};

/// Reads a path of a configuration, by the reader of its kind; `known` says what that understands.
pub fn decode<P>(
    value: &Value,
    diags: &Diagnostics,
    parse: fn(&str) -> Result<P, String>,
    known: &str,
) -> Option<P> {
    let text = String::from_value(value, diags)?;
    let refused = |why| {
        diags.error(&value.at, format!("{text:?} is no path that can be followed: {why}")).help(known);
    };
    parse(&text).map_err(refused).ok()
}
