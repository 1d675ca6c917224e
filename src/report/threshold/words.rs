//! The words of an expression.

use std::ops::Range;

/// A word and where it stands, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    pub text: &'t str,
    pub place: Range<usize>,
    /// It stood in quotes, and so is a label whatever it looks like.
    pub quoted: bool,
}

const RELATIONS: [&str; 4] = ["<=", ">=", "<", ">"];

/// Splits a text at white space and around relations. A part in quotes, single or double, is one word. The error is
/// where a quote has no end.
pub fn words(text: &str) -> Result<Vec<Word<'_>>, Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if matches!(first, '"' | '\'') {
            let end = rest[1..].find(first).ok_or(at..text.len())?;
            words.push(Word { text: &rest[1..=end], place: at..at + end + 2, quoted: true });
            at += end + 2;
        } else {
            let relation = RELATIONS.iter().find(|relation| rest.starts_with(**relation));
            let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'');
            let length = match relation {
                Some(relation) => relation.len(),
                None => rest.find(ends).unwrap_or(rest.len()),
            };
            words.push(Word { text: &rest[..length], place: at..at + length, quoted: false });
            at += length;
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn relations_need_no_blanks() {
        assert_eq!(texts(" lag  p99<=50ms"), ["lag", "p99", "<=", "50ms"]);
        assert_eq!(texts("a<b> c"), ["a", "<", "b", ">", "c"]);
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn quotes_keep_words_together() {
        let found = words("ä 'x y'").unwrap();
        assert_eq!((found[1].text, found[1].place.clone(), found[1].quoted), ("x y", 3..8, true));
        assert_eq!(words("a \"b"), Err(2..4));
        assert_eq!(texts("\"\""), [""]);
    }
}
