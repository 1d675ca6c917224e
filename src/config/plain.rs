//! Text of a file inside a message.

use std::borrow::Cow;

/// The text on one line and without control characters, which a file could use to command a terminal. Line breaks
/// and tabs become spaces.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars().map(|char| if matches!(char, '\n' | '\r' | '\t') { ' ' } else { shown(char) }).collect(),
    )
}

/// What is shown of a character of a file.
pub(super) fn shown(char: char) -> char {
    if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_to_a_terminal_are_not_passed_on() {
        assert_eq!(one_line("a\nb\tc \u{1b}[31m \u{9b}1m"), "a b c \u{fffd}[31m \u{fffd}1m");
    }
}
