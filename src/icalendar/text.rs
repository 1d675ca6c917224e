//! Escapes: TEXT values (RFC 5545, section 3.3.11) and parameter values (RFC 6868).
use std::borrow::Cow;

/// A TEXT value as it stands in a line to the text that a person reads.
pub fn unescape(value: &str) -> Cow<'_, str> {
    if !value.contains('\\') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// A text to the TEXT value of a line. A carriage return is dropped: a line break is one LF.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', ';', ',', '\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// A parameter value as it stands in a line (without quotes) to its text: `^n`, `^'` and `^^`.
pub fn unescape_param(value: &str) -> Cow<'_, str> {
    if !value.contains('^') {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match (c, chars.peek()) {
            ('^', Some('n')) => Some('\n'),
            ('^', Some('\'')) => Some('"'),
            ('^', Some('^')) => Some('^'),
            _ => None,
        };
        if decoded.is_some() {
            chars.next();
        }
        out.push(decoded.unwrap_or(c));
    }
    Cow::Owned(out)
}

/// A text to a parameter value, in quotes where `:`, `;` or `,` ask for them.
pub fn escape_param(text: &str) -> String {
    let quoted = text.contains([':', ';', ',']);
    let mut out = String::with_capacity(text.len() + 2);
    if quoted {
        out.push('"');
    }
    for c in text.chars() {
        match c {
            '\n' => out.push_str("^n"),
            '"' => out.push_str("^'"),
            '^' => out.push_str("^^"),
            c if c.is_control() && c != '\t' => {}
            other => out.push(other),
        }
    }
    if quoted {
        out.push('"');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_lone_backslash_or_caret_stays() {
        assert_eq!(unescape("a\\"), "a\\");
        assert_eq!(unescape_param("a^b^"), "a^b^");
    }

    proptest! {
        #[test]
        fn escapes_are_undone(text in "[^\\r]*") {
            prop_assert_eq!(unescape(&escape(&text)).into_owned(), text);
        }

        #[test]
        fn param_escapes_are_undone(text in "[a-z^\"\n;,: ]*") {
            let escaped = escape_param(&text);
            prop_assert_eq!(unescape_param(escaped.trim_matches('"')).into_owned(), text);
        }
    }
}
