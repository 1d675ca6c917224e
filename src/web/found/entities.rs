//! The characters that HTML and XML write in another way.

use std::borrow::Cow;

/// The entities that forms and addresses of pages have in them.
const NAMED: [(&str, char); 6] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}')];
/// The most letters between the two marks.
const LONGEST: usize = 10;

/// The text that is meant. What is no entity stays.
pub fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn character(name: &str) -> Option<char> {
    match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
        None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| *character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_characters() {
        for (text, meant) in [
            ("a&amp;b", "a&b"),
            ("&#65;&#x42;&x;&", "AB&x;&"),
            ("&lt;&quot;&gt;", "<\">"),
            ("&ä;", "&ä;"),
            ("", ""),
        ] {
            assert_eq!(decoded(text), meant);
        }
    }
}
