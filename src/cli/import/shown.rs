//! The file as it is shown in messages: without passwords.

use crate::cli::import::words::mask;

/// What a word about passwords has in it.
const WORD: &str = "pass";

/// The text with what follows every word about passwords masked, as `passwd="x"`, `password=x` in a body, and
/// `name="passwd" value="x"`. Every character has its place as before.
pub fn without_passwords(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(WORD).map(|found| at + found) {
        let end = found
            + WORD.len()
            + lower[found + WORD.len()..]
                .find(|c| !is_of_name(c))
                .unwrap_or(lower.len() - found - WORD.len());
        let secret = secret(text, end);
        let (from, to) = secret.unwrap_or((end, end));
        out.push_str(&text[at..from]);
        out.extend(text[from..to].chars().map(mask));
        at = to;
    }
    out + &text[at..]
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "_-".contains(letter)
}

/// From where to where the secret stands after a word that ends here.
fn secret(text: &str, end: usize) -> Option<(usize, usize)> {
    let rest = &text[end..];
    let bare = rest.trim_start();
    if let Some(value) = bare.strip_prefix('=') {
        return Some(value_at(text, text.len() - value.trim_start().len()));
    }
    // It is the value of an attribute itself, and the secret that of another one of the element.
    let tag = bare.strip_prefix(['"', '\'']).and_then(|tag| tag.split('>').next())?;
    let from = end + (rest.len() - bare.len()) + 1;
    let name = tag.find("value")?;
    let after = tag[name + "value".len()..].trim_start().strip_prefix('=')?.trim_start();
    Some(value_at(text, from + tag.len() - after.len()))
}

/// A value, which may stand in quotes.
fn value_at(text: &str, at: usize) -> (usize, usize) {
    let value = &text[at..];
    match value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) {
        Some(quote) => {
            let length = value[1..].find(quote).unwrap_or(value.len() - 1);
            (at + 1, at + 1 + length)
        }
        None => {
            let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | '>');
            (at, at + value.find(ends).unwrap_or(value.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        for (text, shown) in [
            ("<a userid=\"x\" passwd = 'open sés'/>", "<a userid=\"x\" passwd = '**** *·*'/>"),
            (
                "contents='u=1&amp;user_password=sesame&amp;b=2'",
                "contents='u=1&amp;user_password=******&amp;b=2'",
            ),
            (
                "<default name=\"passwd\" type='t' value=\"glop\" />",
                "<default name=\"passwd\" type='t' value=\"****\" />",
            ),
            ("<a b=\"compass\"/><c value=\"1\"/>", "<a b=\"compass\"/><c value=\"1\"/>"),
            ("pass", "pass"),
            ("passwd=\"x", "passwd=\"*"),
        ] {
            assert_eq!(without_passwords(text), shown);
        }
    }

    proptest! {
        #[test]
        fn every_byte_keeps_its_place(text in "(pass|=|\"|'|value|[ -~ä\n]){0,20}") {
            let shown = without_passwords(&text);
            prop_assert_eq!(shown.len(), text.len());
            prop_assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
        }
    }
}
