//! Text with a number in it.

use std::fmt::Write;

use thiserror::Error;

/// The widest field a pattern may ask for.
const WIDEST: usize = 64;

/// A C-style pattern with at most one whole number, as `user%02d` (spec 2): `%d`, `%i` or `%u` with the
/// flags `0`, `-`, `+` and space and a width; `%%` stands for `%`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    before: String,
    number: Option<Field>,
    after: String,
}

/// How the number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Field {
    zeros: bool,
    left: bool,
    sign: Option<char>,
    width: usize,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatternError {
    /// A lonely `%` at the end.
    #[error("the pattern {0:?} ends inside a directive; write %% for a percent sign")]
    Unfinished(String),
    /// Something other than a whole number.
    #[error("the pattern {0:?} has the directive {1:?}; only %d, %02d and the like, and %% are known")]
    Directive(String, String),
    /// A second number.
    #[error("the pattern {0:?} has more than one number")]
    Second(String),
    /// A field wider than `WIDEST`.
    #[error("the pattern {0:?} asks for more than {WIDEST} digits")]
    Wide(String),
}

impl Pattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let mut pattern = Pattern { before: String::new(), number: None, after: String::new() };
        let mut rest = text;
        while let Some(percent) = rest.find('%') {
            pattern.literal(&rest[..percent]);
            let directive = &rest[percent + 1..];
            let length = directive
                .find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | ' '))
                .ok_or_else(|| PatternError::Unfinished(text.to_owned()))?;
            let (options, tail) = directive.split_at(length);
            let conversion = tail.chars().next().unwrap_or_default();
            rest = &tail[conversion.len_utf8()..];
            match conversion {
                '%' if options.is_empty() => pattern.literal("%"),
                'd' | 'i' | 'u' if pattern.number.is_some() => {
                    return Err(PatternError::Second(text.to_owned()));
                }
                'd' | 'i' | 'u' => pattern.number = Some(field(options, text)?),
                _ => return Err(PatternError::Directive(text.to_owned(), format!("%{options}{conversion}"))),
            }
        }
        pattern.literal(rest);
        Ok(pattern)
    }

    /// True when the text differs from number to number.
    pub fn has_number(&self) -> bool {
        self.number.is_some()
    }

    /// The text for one number.
    pub fn fill(&self, number: u64) -> String {
        let mut text = self.before.clone();
        if let Some(field) = self.number {
            field.write(&mut text, number);
        }
        text.push_str(&self.after);
        text
    }

    fn literal(&mut self, text: &str) {
        if self.number.is_some() { self.after.push_str(text) } else { self.before.push_str(text) }
    }
}

impl Field {
    fn write(self, text: &mut String, number: u64) {
        let sign = self.sign.map(String::from).unwrap_or_default();
        let width = self.width;
        // Writing to a string cannot fail.
        let _ = match (self.left, self.zeros) {
            (true, _) => write!(text, "{:<width$}", format!("{sign}{number}")),
            (false, true) => write!(text, "{sign}{number:0>0$}", width.saturating_sub(sign.len())),
            (false, false) => write!(text, "{:>width$}", format!("{sign}{number}")),
        };
    }
}

/// The flags and the width before a conversion; `text` is the whole pattern.
fn field(options: &str, text: &str) -> Result<Field, PatternError> {
    let digits = options.find(|c: char| matches!(c, '1'..='9')).unwrap_or(options.len());
    let (flags, width) = options.split_at(digits);
    let wide = || PatternError::Wide(text.to_owned());
    let width = match width {
        "" => 0,
        width if !width.bytes().all(|digit| digit.is_ascii_digit()) => {
            return Err(PatternError::Directive(text.to_owned(), format!("%{options}d")));
        }
        width => width.parse().ok().filter(|width| *width <= WIDEST).ok_or_else(wide)?,
    };
    let sign = if flags.contains('+') { Some('+') } else { flags.contains(' ').then_some(' ') };
    Ok(Field { zeros: flags.contains('0'), left: flags.contains('-'), sign, width })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(pattern: &str, number: u64) -> Result<String, String> {
        Pattern::parse(pattern).map(|pattern| pattern.fill(number)).map_err(|fault| fault.to_string())
    }

    #[test]
    fn numbers_are_filled_in() {
        for (pattern, expected) in [
            ("user%d", "user7"),
            ("user%02d", "user07"),
            ("USER%03d@example.com", "USER007@example.com"),
            ("100%% %d", "100% 7"),
            ("%3d|", "  7|"),
            ("%-3d|", "7  |"),
            ("%+03d", "+07"),
            ("secret", "secret"),
            ("ä%iö", "ä7ö"),
        ] {
            assert_eq!(fill(pattern, 7), Ok(expected.to_owned()), "{pattern}");
        }
        assert_eq!(fill("%02d", 12345), Ok("12345".to_owned()));
    }

    #[test]
    fn other_directives_are_errors() {
        for (pattern, part) in [
            ("user%", "ends inside a directive"),
            ("user%02", "ends inside a directive"),
            ("user%s", "the directive \"%s\""),
            ("user%.2d", "the directive \"%.\""),
            ("user%5%", "the directive \"%5%\""),
            ("%1-d", "the directive \"%1-d\""),
            ("%d-%d", "more than one number"),
            ("%999d", "more than 64 digits"),
        ] {
            let message = fill(pattern, 1).unwrap_err();
            assert!(message.contains(part), "{pattern}: {message}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[%0-9d ä+-]{0,12}", number: u64) {
            let _ = fill(&text, number);
        }
    }
}
