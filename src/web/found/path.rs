//! What paths in documents and in JSON have in common.

use crate::config::{Diagnostics, FromValue, Value};

/// Where what stands in brackets ends, minding what is in quotes. The text begins after the `[`.
pub fn end_of(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, letter)| {
        match (quote, letter) {
            (None, ']') => return Some(at),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
        None
    })
}

/// What stands between quotes of one kind, if the text is that.
pub fn quoted(text: &str) -> Option<&str> {
    ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// Reads a path of a configuration, by the reader of its kind.
pub fn decode<P>(value: &Value, diags: &Diagnostics, parse: fn(&str) -> Result<P, String>) -> Option<P> {
    let text = String::from_value(value, diags)?;
    let refused = |why| diags.error(&value.at, format!("{text:?} is no path that can be followed: {why}"));
    parse(&text).map_err(refused).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_end_outside_of_quotes() {
        assert_eq!(end_of("a[b]").map(|at| &"a[b]"[..at]), Some("a[b"));
        assert_eq!(end_of("'a]' ] b"), Some(5));
        assert_eq!((end_of("']"), end_of("\"a']\" = 1")), (None, None));
    }

    #[test]
    fn quotes_are_of_one_kind() {
        assert_eq!((quoted("'a'"), quoted("\"a'\"")), (Some("a"), Some("a'")));
        assert_eq!((quoted("'a\""), quoted("'"), quoted("a")), (None, None, None));
    }
}
