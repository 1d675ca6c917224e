//! What is alike in texts: what servers say of different people and messages.

/// Stands for what is left out.
const OUT: char = '\u{2026}';

/// A word that is at least so long, with a letter after a digit, is a name that was made up: of a message, of a place in a
/// queue, of a machine.
const MADE_UP: usize = 8;

/// The text without what differs from case to case: numbers, what is quoted, addresses, paths, made-up names. The codes of
/// replies stay (`550`, `5.1.1`, `status 404`), since they say what it is about.
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = closing(c, out.chars().next_back()).and_then(|end| after_quoted(rest, c, end)) {
            out.extend([c, OUT]);
            rest = after;
        } else if is_part(c) {
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            put_word(&mut out, &rest[..end]);
            rest = &rest[end..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// What ends a quotation that begins with this letter after that one. An apostrophe within a word begins none.
fn closing(c: char, before: Option<char>) -> Option<char> {
    match c {
        '"' | '`' => Some(c),
        '\u{201c}' => Some('\u{201d}'),
        '<' => Some('>'),
        '\'' if !before.is_some_and(char::is_alphanumeric) => Some(c),
        _ => None,
    }
}

/// What comes after a quotation with which a text begins; the text goes on with its end. None: it does not end.
fn after_quoted(text: &str, begin: char, end: char) -> Option<&str> {
    let inside = &text[begin.len_utf8()..];
    inside.find(end).map(|at| &inside[at + end.len_utf8()..])
}

/// Whether it may stand within a word, an address or a path.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || "@._-+%=:/~$&?".contains(c)
}

fn put_word(out: &mut String, word: &str) {
    let core = word.trim_end_matches(['.', ':', '?', '=']);
    let tail = &word[core.len()..];
    if core.contains('@') || core.contains("://") || core.starts_with('/') {
        out.push(OUT);
    } else if !core.contains(|c: char| c.is_ascii_digit()) || is_code(core, out) {
        out.push_str(core);
    } else if core.len() >= MADE_UP && has_letter_after_digit(core) {
        out.push(OUT);
    } else {
        put_digits(out, core);
    }
    out.push_str(tail);
}

fn has_letter_after_digit(word: &str) -> bool {
    let digit = word.find(|c: char| c.is_ascii_digit());
    digit.is_some_and(|at| word[at..].contains(char::is_alphabetic))
}

/// Whether a word is a code: where a text or what somebody said begins, or after the word `status`.
fn is_code(word: &str, before: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = word.split('.').collect();
    match parts.as_slice() {
        [code] => {
            let before = before.trim_end_matches(' ');
            let begins = before.is_empty() || before.ends_with([':', '-', '(']) || before.ends_with("status");
            code.len() == 3 && digits(code) && begins
        }
        // RFC 3463, section 2.
        [class, rest @ ..] if rest.len() == 2 => {
            matches!(*class, "2" | "4" | "5")
                && rest.iter().all(|part| (1..=3).contains(&part.len()) && digits(part))
        }
        _ => false,
    }
}

/// A word with one sign for each number in it.
fn put_digits(out: &mut String, word: &str) {
    let mut within = false;
    for c in word.chars() {
        let digit = c.is_ascii_digit();
        match (digit, within) {
            (true, true) => {}
            (true, false) => out.push('#'),
            (false, _) => out.push(c),
        }
        within = digit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_from_case_to_case_is_left_out() {
        for (text, masked) in [
            ("550 5.1.1 <user12@example.test>: no such user", "550 5.1.1 <\u{2026}: no such user"),
            (
                "SMTP{submit}: 452 4.2.2 mailbox of user07 is full",
                "SMTP{submit}: 452 4.2.2 mailbox of user# is full",
            ),
            ("GET http://127.0.0.1:8008/calendars/17/: status 404", "GET \u{2026}: status 404"),
            ("/calendars/user01/a.ics is not there", "\u{2026} is not there"),
            ("250 queued as 4F2A1B3C9D", "250 queued as \u{2026}"),
            ("no answer within 30 s, tried 3 times.", "no answer within # s, tried # times."),
            ("cannot open \"Drafts 2\" of 'user 1'", "cannot open \"\u{2026} of '\u{2026}"),
            ("it doesn't say how many, nor isn't it <here", "it doesn't say how many, nor isn't it <here"),
            ("to user@example.test, please", "to \u{2026}, please"),
            ("address 10.0.0.17 has 3 connections", "address #.#.#.# has # connections"),
            ("", ""),
        ] {
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn statuses_and_codes_are_no_chance() {
        assert_ne!(mask("status 404"), mask("status 500"));
        assert_ne!(mask("550 5.1.1 no"), mask("550 5.7.1 no"));
        assert_eq!(mask("waited 404 s"), mask("waited 500 s"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in ".{0,80}") {
            mask(&text);
        }

        #[test]
        fn numbers_make_no_difference(a in 0u32..100_000, b in 0u32..100_000) {
            let text = |n: u32| format!("mailbox {n} of user{n} <m.{n}@example.test> at /mail/{n}: \"{n}\"");
            prop_assert_eq!(mask(&text(a)), mask(&text(b)));
        }
    }
}
