//! Texts within Markdown: names and messages come from files and servers.

/// A text that nothing is made of: no link, no tag, no cell of a table, no second line.
pub fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '@' | '!' => plain.extend(['\\', letter]),
            letter if letter.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}

/// A text in a fixed font, also within a table.
pub fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_meaning() {
        assert_eq!(escaped("<script>|*\n"), "&lt;script>\\|\\* ");
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
        assert_eq!((escaped("\u{1b}["), code("a\tb\u{1b}")), (" \\[".to_owned(), "`a b `".to_owned()));
    }
}
