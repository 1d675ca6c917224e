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

/// A sentence: what stands between backticks in it is code, and of all else nothing is made.
pub fn sentence(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('`').collect();
    // A last one without its fellow is a letter.
    let rest = if parts.len().is_multiple_of(2) { parts.pop() } else { None };
    let spoken = |(n, part): (usize, &&str)| match n % 2 {
        1 if part.is_empty() => escaped("``"),
        1 => code(part),
        _ => escaped(part),
    };
    let rest = rest.map(|rest| escaped(&format!("`{rest}")));
    parts.iter().enumerate().map(spoken).chain(rest).collect()
}

/// A text in a fixed font, also within a table.
pub fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|").replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_code_in_a_sentence_stays_code() {
        assert_eq!(sentence("41% of 9 `a_b` *x*"), "41% of 9 `a_b` \\*x\\*");
        assert_eq!(sentence("`a` and `<b>`, ``, `c"), "`a` and `<b>`, \\`\\`, \\`c");
        assert_eq!(
            (sentence("a|b"), sentence(""), sentence("`")),
            ("a\\|b".into(), String::new(), "\\`".into())
        );
    }

    #[test]
    fn names_have_no_meaning() {
        assert_eq!(escaped("<script>|*\n"), "&lt;script>\\|\\* ");
        assert_eq!(code("a`b|c"), "`a'b\\|c`");
        assert_eq!((escaped("\u{1b}["), code("a\tb\u{1b}")), (" \\[".to_owned(), "`a b `".to_owned()));
    }
}
